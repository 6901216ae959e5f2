"""How often the verdict is right on labelled histories: `python -m benchmarks.verdicts [--held-out | WORD]`.

`tests/core/fit/histories/labels.csv` has one label each, written by hand from the meanings in `core/fit/rules.py`
before any rule was tuned on them, and says which third was held out. `bad_recipes/` beside it has runs of the
benchmark of advice (its originals, changes and random changes): labelled and judged once, with the share of the
commonest class that a run knows. When the rules were looked at again, all of these had been seen. `drawn/` has runs of
recipes that came out of a random generator (`benchmarks/drawn_histories.py`), trained and labelled after that; they
showed what to mend, and `drawn_again/` came after it. WORD is bad-recipes, drawn or drawn-again.
"""

import csv
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from benchmarks.histories import FOLDER
from benchmarks.rule_of_thumb import verdict as rule_of_thumb
from core.fit import curves
from core.fit.confidence import weighed
from core.fit.curves import Curves
from core.fit.rules import Finding
from core.fit.verdict import Opinion, verdict

FINDINGS: tuple[Finding, ...] = get_args(Finding)
FURTHER = {word: FOLDER / word.replace("-", "_") for word in ("bad-recipes", "drawn", "drawn-again")}
RATERS = ("rater_a", "or_a", "rater_b", "or_b")
SURE = (0.0, 0.5, 0.75, 0.95, 1.01)  # edges between which verdicts are counted
BEFORE = {"learning": "still_improving", "fitting": "good_fit", "not learning": "not_learning"}  # its words for ours


@dataclass(frozen=True)
class Labelled:
    """A history and its right word.

    said  what two raters said, and where they were in doubt the word that came second; empty where one person labelled
    """

    name: str
    label: Finding
    held_out: bool
    curves: Curves
    said: frozenset[str] = frozenset()


def labelled(folder: Path | None = None) -> list[Labelled]:
    """All of a folder, in the order of its table."""
    folder = folder or FOLDER
    with open(folder / "labels.csv", encoding="utf-8", newline="") as file:
        return [
            Labelled(
                line["name"],
                line["label"],
                line["held_out"] == "yes",
                _read(folder / f"{line['name']}.csv", line),
                frozenset(word for rater in RATERS if (word := line.get(rater))),
            )
            for line in csv.DictReader(file)
        ]


def _read(path: Path, line: dict[str, str]) -> Curves:
    shown = curves.read(path, float(line["label_noise"]))
    return replace(shown, baseline=float(line.get("baseline") or 0))


def now(curves: Curves) -> str:
    """What our rules say of all epochs."""
    found = verdict(curves)
    return found.finding if found else "nothing"


def before(curves: Curves) -> str:
    """What the rule of thumb said that ours took the place of."""
    lines = (list(line) for line in (curves.loss, curves.val_loss, curves.accuracy, curves.val_accuracy))
    said = rule_of_thumb(*lines, curves.n_classes).finding
    return BEFORE.get(said, said)


def confusion(examples: Iterable[Labelled], judge: Callable[[Curves], str]) -> Counter[tuple[str, str]]:
    """(label, verdict) -> how many."""
    return Counter((one.label, judge(one.curves)) for one in examples)


def accuracy(table: Counter[tuple[str, str]], label: str = "") -> float:
    """The share that is right, of all or of those with one label."""
    asked = {pair: n for pair, n in table.items() if label in ("", pair[0])}
    return sum(n for (is_, said), n in asked.items() if is_ == said) / sum(asked.values())


@dataclass(frozen=True)
class Told:
    """What a viewer of a whole training was told.

    changes  how often another finding, or none, took the place of one that had been said
    right    the epoch from which on the right word stood, None where it did not at the end
    """

    changes: int
    right: int | None


def told(one: Labelled) -> Told:
    """What is said live after each epoch, and the last word at the end."""
    opinion, words = Opinion(), []
    for epochs in range(1, one.curves.epochs + 1):
        said = opinion.hear(one.curves.until(epochs))
        words.append(said.finding if said else None)
    words.append(now(one.curves))  # the last word, once the training has ended
    changes = sum(a is not None and a != b for a, b in itertools.pairwise(words))
    wrong = [epoch for epoch, word in enumerate(words, 1) if word != one.label]
    right = min(max(wrong, default=0) + 1, one.curves.epochs) if words[-1] == one.label else None
    return Told(changes, right)


def doubted(examples: Iterable[Labelled]) -> None:
    """How far the verdict does as the raters do, where there were two."""
    rated = [one for one in examples if one.said]
    sure = [one for one in rated if len(one.said) == 1]
    if rated:
        print(f"of those that nobody doubted: {sum(now(one.curves) == one.label for one in sure)} of {len(sure)}")
        print(f"a word that a rater named: {sum(now(one.curves) in one.said for one in rated)} of {len(rated)}")


def weighed_up(examples: Sequence[Labelled]) -> None:
    """How many are right of those that the verdict is so sure of."""
    told = [(one, weighed(verdict(one.curves), one.curves)) for one in examples]
    for low, high in itertools.pairwise(SURE):
        here = [(one, said) for one, said in told if said and low <= said.confidence < high]
        right = sum(said.finding == one.label for one, said in here)
        second = sum(said.otherwise == one.label for one, said in here)
        print(f"confidence {low:.2f} to {min(high, 1):.2f}: {right} of {len(here)} right, {second} by the second guess")


def main(arguments: list[str]) -> None:
    """Tells of those that may be tuned on, each mistake by name; of those held out only when asked, and no names."""
    word = arguments[0] if arguments else ""
    if word not in ("", "--held-out", *FURTHER):
        sys.exit(f"{word} is none of --held-out, {', '.join(FURTHER)}")
    examples = labelled(FURTHER.get(word))
    held_out = bool(word)
    asked = [one for one in examples if one.held_out == held_out]
    for words, judge in (("now", now), ("before", before)):
        table = confusion(asked, judge)
        print(f"{words}: {accuracy(table):.3f} of {len(asked)}")
        for label in sorted({one.label for one in asked}, key=FINDINGS.index):
            row = {said: n for (is_, said), n in table.items() if is_ == label}
            print(f"  {label:17}{accuracy(table, label):.2f}", row)
    doubted(asked)
    weighed_up(asked)
    if not held_out:
        for one in asked:
            if now(one.curves) != one.label:
                print("  wrong:", one.name, one.label, weighed(verdict(one.curves), one.curves))
    heard = [told(one) for one in examples]
    print("changes of mind a run:", round(sum(one.changes for one in heard) / len(heard), 2))
    late = [one.right for one in heard if one.right is not None]
    print("right from epoch (median):", sorted(late)[len(late) // 2])


if __name__ == "__main__":
    main(sys.argv[1:])
