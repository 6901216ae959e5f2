"""The command `python -m core batch RUN PATH`: a network asked about a whole folder or zip of pictures."""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from core.commands.bar import json_options, telling
from core.commands.output import as_json
from core.commands.predict import ready
from core.data import drafts
from core.data.reading.decode import Refused
from core.errors import as_words
from core.evaluation import batch
from core.evaluation.batch import Batch
from core.evaluation.confusion import most_confused
from core.files import must_exist, write_arrays, write_json, write_whole, writing_to
from core.network.predict import loaded
from core.people import acting
from core.pictures.preprocessing import Switches
from core.processes.interruption import settle
from core.runs.store import RunStore

LISTED = 20  # refused files on the screen; --json lists all
PAIRS = 3  # of confused classes, told in words
SWITCHES = ("polarity", "centre", "stroke")


def add_to(command: Any) -> None:
    """Adds the command to the parser; `command` makes one of a function and a name."""
    one = command(classify, "batch")
    one.add_argument("run", metavar="RUN", help="the id of a run, or latest")
    one.add_argument("path", type=Path, metavar="PATH", help="a folder or a zip of pictures, in class folders or not")
    one.add_argument("--csv", type=Path, metavar="FILE", help="writes a table with every probability")
    one.add_argument("--off", choices=SWITCHES, action="append", default=[], help="leave that of drawings as it is")
    one.add_argument("--epoch", type=int, metavar="N", help="the network after that epoch, of those that were kept")
    one.add_argument("--face", action="store_true", help="ask about the largest face of each picture")
    one.add_argument("--to", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)  # everything, for the dashboard
    json_options(one)


def classify(chosen: argparse.Namespace) -> int:
    """Asks a run's network about many pictures; where they lie in class folders, prints how often it is right."""
    acting.check_reach(chosen.path, drafts.brought())
    must_exist(chosen.path)
    run = RunStore().get(chosen.run)
    network = loaded(run, ready(run, chosen.epoch))
    switches = Switches(**{name: name not in chosen.off for name in SWITCHES})
    with telling(chosen) as progress:
        result = batch.classify(chosen.path, network, switches, progress, chosen.face)
    settle()
    if chosen.csv:
        write_whole(chosen.csv, lambda file: file.write(batch.as_csv(result).encode()))
    if chosen.to:
        save(result, chosen.to)
    if chosen.lines:
        print(json.dumps({"result": {"n": len(result.names)}}), flush=True)
    elif chosen.json:
        print(as_json(_told(result)))
    else:
        print("\n".join(_lines(result)))
    return 0


def save(batch: Batch, folder: Path) -> None:
    """Writes a batch where `load` finds it; raises StorageError."""
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
    places = sorted(batch.shown)
    arrays = {"probabilities": batch.probabilities, "truths": batch.truths, "places": np.array(places, np.int64)}
    arrays["shown"] = np.stack([batch.shown[place] for place in places])
    write_arrays(folder / "batch.npz", arrays)
    refused = [[name, reason.template, as_words(reason.values)] for name, reason in batch.refused]
    facts = {"names": batch.names, "classes": batch.classes, "refused": refused, "unknown": batch.unknown}
    facts["dataset"] = batch.dataset
    write_json(folder / "batch.json", facts)


def load(folder: Path) -> Batch:
    """What `save` wrote; raises OSError, ValueError, KeyError where it is gone or damaged."""
    facts = json.loads((folder / "batch.json").read_text("utf-8"))
    with np.load(folder / "batch.npz") as arrays:
        shown = dict(zip(arrays["places"].tolist(), arrays["shown"], strict=True))
        probabilities, truths = arrays["probabilities"], arrays["truths"]
    refused = tuple((name, Refused(template, **values)) for name, template, values in facts["refused"])
    names, classes = tuple(facts["names"]), tuple(facts["classes"])
    return Batch(names, probabilities, truths, classes, shown, refused, facts["unknown"], facts["dataset"])


def _told(result: Batch) -> dict[str, Any]:
    right = result.evaluation
    return {
        "n": len(result.names),
        "accuracy": right.accuracy if right else None,
        "interval": right.interval if right else None,
        "n_labelled": right.n if right else 0,
        "n_without_face": result.faceless,
        "pictures": list(batch.table(result)),
        "refused": [{"file": name, "reason": str(reason)} for name, reason in result.refused],
        "unknown_folders": result.unknown,
    }


def _lines(result: Batch) -> list[str]:
    width = max(map(len, result.names))
    lines = [f"{row['file']:{width}}  {row['answer']}  {row['probability']:.1%}" for row in batch.table(result)]
    right = result.evaluation
    if right:
        low, high = right.interval
        share = f"{right.accuracy:.1%} of {right.n:,} pictures in class folders right"
        lines.append(f"{share} (95 % interval {low:.1%} to {high:.1%})")
        for one in most_confused(right, PAIRS):
            lines.append(f"  {result.classes[one.true]} taken for {result.classes[one.predicted]}: {one.n}")
    if result.faceless:
        lines.append(f"pictures in which no face was found, counted neither as right nor as wrong: {result.faceless}")
    lines += [f"folder {name} is no class of this network: {n} pictures" for name, n in result.unknown.items()]
    lines += [f"{name}: {reason}" for name, reason in result.refused[:LISTED]]
    if len(result.refused) > LISTED:
        lines.append(f"… and {len(result.refused) - LISTED} more files were refused")
    return lines
