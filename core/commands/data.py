"""The commands about data: `python -m core import PATH --name NAME` and `python -m core check DATASET`."""

import argparse
import json
from pathlib import Path
from typing import Any

from core.commands.bar import json_options, telling
from core.data import cache, catalogue, drafts, imported, versions
from core.data.dataset import Dataset, Splits
from core.files import must_exist
from core.folders import COMMAND
from core.people import acting
from core.processes.interruption import settle
from core.scratch import scratch

LISTED = 20  # refused files on the screen; --json lists all

ANSWERS = {  # to what files do not say; each import prints those that matter, with the answers there are
    "split": "given, none, or which folder is which split: A=train,B=test",
    "level": "which folders are the classes: 1 for the outermost",
    "encoding": "how the names in an old zip are written: cp850, cp866, gbk, cp932 …",
    "labels": "of loose pictures: name-before-mark, name-before-dot, name-before-number, one-class or none",
    "header": "yes or no: whether the first line of a table names its columns",
    "label-column": "the column of a table that holds the labels",
    "white": "the number that is white in pictures of more than 8 bits: 255, 1023, 4095 …",
    "masks": "leave-out or keep: masks that lie beside the pictures they belong to",
    "set": "which of several sets of IDX files is read",
    "turn": "yes or no: pictures in tables and arrays lie on their side, as EMNIST's do",
    "invert": "yes or no: dark and bright change places in tables and arrays",
    "keep-case": "yes or no: whether classes whose names differ only in capitals stay apart",
}


def add_to(command: Any) -> None:
    """Adds both commands to the parser; `command` makes one of a function and a name."""
    one = command(import_images, "import")
    one.add_argument("path", type=Path, metavar="PATH", help="a folder or zip of class folders, IDX, .npz or .csv")
    one.add_argument("--name", default="", help="what to call the dataset; the name of the file where it is left out")
    one.add_argument("--into", default="", metavar="DATASET", help="adds the pictures to an imported dataset instead")
    one.add_argument("--size", type=int, default=0, help="pixels a side, 8 to 128; 0 finds a fitting one (default)")
    one.add_argument("--fit", choices=("pad", "crop"), default="pad", help="how a picture becomes a square")
    one.add_argument("--colour", choices=("auto", "grey", "rgb"), default="auto", help="grey or in colour")
    one.add_argument("--test-fraction", type=float, default=0.2, help="share of the test set where none is given")
    one.add_argument("--seed", type=int, default=0, help="start of the random choice of test images")
    one.add_argument("--look", action="store_true", help="only print what would be read; nothing is imported")
    one.add_argument(
        "--yes", action="store_true", help="take the likeliest reading where files can be read in several ways"
    )
    for option, words in ANSWERS.items():
        one.add_argument(f"--{option}", metavar="ANSWER", help=words)
    json_options(one)
    one = command(check, "check")
    one.add_argument("dataset", metavar="DATASET", help=f"the name of a dataset, as listed by: {COMMAND} datasets")
    one.add_argument("--remove", action="store_true", help="make a version without extra copies and blank pictures")
    json_options(one)


def import_images(chosen: argparse.Namespace) -> int:
    """Makes a dataset of your own pictures; prints how many of each class, and each refused file with its reason."""
    from core.data.reading.importing import read  # late: other commands need no readers of files

    acting.check_reach(chosen.path, drafts.brought())
    must_exist(chosen.path)
    if chosen.look:
        return _look(chosen)
    target = _target(chosen)
    with scratch() as place, telling(chosen) as progress:
        understood = read(
            chosen.path,
            size=target.shape[0] if target else chosen.size,
            fit=chosen.fit,
            colour=("grey" if target.shape[2] == 1 else "rgb") if target else chosen.colour,
            test_fraction=chosen.test_fraction,
            seed=chosen.seed,
            given=_given(chosen),
            likeliest=chosen.yes,
            adding=target.classes if target else (),
            white=target.white if target else None,
            scratch=place,
            progress=progress,
        )
        if target:
            name = chosen.into
            imported.extend(
                name, understood.splits, understood.classes, understood.sources, progress, white=understood.white
            )
        else:
            title = chosen.name or chosen.path.stem
            more = {"fit": chosen.fit, "white": understood.white}
            name = imported.create(title, understood.splits, understood.classes, understood.sources, progress, **more)
    refused = [{"file": one.file, "reason": one.reason, **vars(one)} for one in understood.refused]
    if not (chosen.json or chosen.lines):
        _print_questions(understood.understanding)
    _print_import(name, understood.splits, understood.classes, refused, chosen)
    return 0


def _given(chosen: argparse.Namespace) -> dict[str, str]:
    answers = {option: getattr(chosen, option.replace("-", "_")) for option in ANSWERS}
    return {option: answer for option, answer in answers.items() if answer is not None}


def _look(chosen: argparse.Namespace) -> int:
    """Prints what an import would read; exit code 2 where a person has to say something first."""
    from core.data.reading.looking import look  # late, as above

    target = _target(chosen)
    with scratch() as place, telling(chosen) as progress:
        understood = look(
            chosen.path,
            given=_given(chosen),
            adding=target.classes if target else (),
            white=target.white if target else None,
            scratch=place,
            progress=progress,
        )
    facts = understood.as_dict()
    if chosen.json or chosen.lines:
        print(json.dumps({"result": facts} if chosen.lines else facts, ensure_ascii=False), flush=True)
        return 0
    for split, by_class in understood.counts.items():
        print(f"{split or 'pictures'}: " + ", ".join(f"{name} {n:,}" for name, n in by_class.items()))
    _print_questions(understood)
    _print_refused(facts["refused"])
    return 2 if any(question.unanswered for question in understood.questions) and not chosen.yes else 0


def _print_questions(understood: Any) -> None:
    """What was guessed, each answer with its option and a star at the one that was taken, and what looks odd."""
    for question in understood.questions:
        if question.aside and not question.given:
            continue  # --help lists it
        print(question.template + (" Please say." if question.unanswered else ""))
        for choice in question.choices:
            mark = "*" if choice.value == question.answer else " "
            print(f"  {mark} --{question.option} {choice.value.ljust(10)} {choice}")
    for note in understood.notes:
        print(note)


def check(chosen: argparse.Namespace) -> int:
    """Looks for copies, copies across training and test, blank pictures and unequal classes."""
    from core.data import editing, problems  # late, as above

    dataset = catalogue.dataset(chosen.dataset)
    with telling(chosen) as progress:
        splits = cache.load(dataset, version=versions.original(dataset), progress=progress)
        report = problems.check(splits, progress)
    settle()
    editing.save_report(dataset, report)
    out = [row for one in editing.open_findings(dataset, report) for row in problems.extras(one)]
    if chosen.remove and out:
        editing.leave_out(dataset, out)
    facts = {"dataset": dataset.name, "version": versions.current(dataset), **report.as_dict()}
    if chosen.json:
        print(json.dumps(facts))
    elif chosen.lines:  # the page reads the report where it was saved
        print(json.dumps({"result": {"dataset": dataset.name}}), flush=True)
    else:
        _print_report(dataset, report)
        if chosen.remove:
            print(f"{len(set(out)):,} pictures left out; the newest version is {facts['version']}")
    return 0


def _print_report(dataset: Dataset, report: Any) -> None:
    kinds = [finding.kind for finding in report.findings]
    print(f"{dataset.name}: {report.n:,} pictures looked at")
    for kind, words in KINDS.items():
        print(f"  {kinds.count(kind):6,} {words}")
    balance, classes = report.imbalance, dataset.classes
    print(
        f"  the largest class has {balance.ratio:.1f} times the pictures of the smallest; always answering "
        f"“{classes[balance.majority]}” is right for {balance.baseline:.1%} of {balance.n:,} test images"
    )


KINDS = {
    "leak": "groups of copies across training, validation and test",
    "exact": "groups of equal pictures",
    "near": "groups of nearly equal pictures",
    "blank": "blank pictures",
}


def _target(chosen: argparse.Namespace) -> Dataset | None:
    """The dataset that pictures are added to; checks the name of a new one before any work is done."""
    if not chosen.into:
        imported.check_title(chosen.name or chosen.path.stem)
        return None
    return imported.known(chosen.into)


def _print_import(
    name: str, splits: Splits, classes: tuple[str, ...], refused: list[dict], chosen: argparse.Namespace
) -> None:
    counts = {
        split: {one: int((part.labels == label).sum()) for label, one in enumerate(classes)}
        for split, part in splits.items()
    }
    spec = catalogue.dataset(name)
    facts = {
        "dataset": name,
        "title": spec.title,
        "shape": spec.shape,
        "version": spec.version,
        "counts": counts,
        "refused": refused,
    }
    if chosen.json or chosen.lines:
        print(json.dumps({"result": facts} if chosen.lines else facts, ensure_ascii=False, default=str), flush=True)
        return
    width = max(map(len, classes))
    print(f"{spec.title} ({name}), {spec.shape[0]}×{spec.shape[1]}, {'grey' if spec.shape[2] == 1 else 'colour'}")
    for label in classes:
        numbers = ", ".join(f"{split} {by_label[label]:,}" for split, by_label in counts.items())
        print(f"  {label.ljust(width)}  {numbers}")
    _print_refused(refused)
    print(f"Train on it with: {COMMAND} train --set dataset={name}")


def _print_refused(refused: list[dict]) -> None:
    if refused:
        print(f"{len(refused):,} refused:")
    for one in refused[:LISTED]:
        print(f"  {one['file']}: {one['reason']}")
    if len(refused) > LISTED:
        print(f"  … and {len(refused) - LISTED:,} more; --json lists them all")
