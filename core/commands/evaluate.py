"""The commands `python -m core evaluate RUN` and `diary RUN`: the numbers of the Mistakes page."""

import argparse
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from core.commands.output import as_json, table
from core.errors import RunError
from core.evaluation import evaluation
from core.evaluation.calibration import calibration_error
from core.evaluation.confusion import Confused, confusion, most_confused
from core.evaluation.evaluation import SPLITS, Evaluation
from core.evaluation.memorisation import KINDS, Kind, Memorised, images, learning, memorised
from core.evaluation.scores import Average, ClassScore, TopK, macro, per_class, top_k, weighted
from core.runs import diary as diaries
from core.runs.diary import Diary
from core.runs.store import RunStore

TOP = (1, 2, 3, 5)  # answers allowed; only fewer than there are classes say anything
PAIRS = 3  # of confused classes, told in words


def add_to(command: Any) -> None:
    """Adds the command to the parser; `command` makes one of a function and a name."""
    one = command(evaluate, "evaluate")
    one.add_argument("run", metavar="RUN", help="the id of a run, or latest")
    one.add_argument("--split", choices=SPLITS, default="test", help="which images; test where it is left out")
    one.add_argument("--json", action="store_true", help="one JSON object")
    other = command(diary, "diary")
    other.add_argument("run", metavar="RUN", help="the id of a run, or latest")
    other.add_argument("--json", action="store_true", help="one JSON object, with every image")


def evaluate(chosen: argparse.Namespace) -> int:
    """Prints what a run's network gets right and wrong, class by class."""
    run = RunStore().get(chosen.run)
    answers = evaluation.read(run, chosen.split)
    if chosen.json:
        facts = {"run_id": run.id, "split": chosen.split, **numbers(answers)}
        print(as_json(facts))
    else:
        print(f"run {run.id}, {chosen.split} images")
        print("\n".join(_lines(answers)))
    return 0


def diary(chosen: argparse.Namespace) -> int:
    """Prints which training images a run never learnt, forgot or learnt late, and which changed labels by heart."""
    run = RunStore().get(chosen.run)
    found = diaries.read(run)
    if found is None or not found.epochs:
        raise RunError(
            "Run {run} has no diary of its training images: it is a baseline, or no epoch of it is complete, or an "
            "earlier version of Fitscope trained it. Train its recipe again as a new run.",
            run=run.id,
        )
    shares, of = memorised(found), {kind: images(found, kind) for kind in KINDS}
    if chosen.json:
        print(as_json(_without_nan({"run_id": run.id, **_of_the_diary(found, shares, of)})))
        return 0
    print(f"run {run.id}, {found.n:,} training images, {shares.n_changed:,} of them with a changed label")
    table(_by_epoch(shares, _percent), in_json=False)
    print(f"never learnt: {len(of['never']):,}, forgotten: {len(of['forgotten']):,}, learnt late: {len(of['late']):,}")
    if shares.n_changed:
        by_heart = int(found.right[-1, found.changed].sum())
        print(f"wrong labels known by heart at the end: {by_heart:,} of {shares.n_changed:,}")
    return 0


def _by_epoch(shares: Memorised, written: Callable[[float], Any]) -> list[dict[str, Any]]:
    columns = {"right_labels": shares.kept, "by_heart": shares.by_heart, "true_labels": shares.true}
    known = {name: column for name, column in columns.items() if name == "right_labels" or shares.n_changed}
    return [
        {"epoch": at + 1, **{name: written(float(column[at])) for name, column in known.items()}}
        for at in range(len(shares.kept))
    ]


def _of_the_diary(found: Diary, shares: Memorised, of: dict[Kind, np.ndarray]) -> dict[str, Any]:
    """As JSON can hold it: images by their row in the dataset, and of each when it was learnt."""
    seen = learning(found.right)
    each = zip(found.rows, found.labels, found.true, seen.first, seen.learnt, seen.forgotten, strict=True)
    names = ("row", "label", "true", "first", "learnt", "forgotten")
    return {
        "n": found.n,
        "n_changed": shares.n_changed,
        "epochs": _by_epoch(shares, float),
        **{kind: found.rows[those].tolist() for kind, those in of.items()},
        "images": [dict(zip(names, map(int, one), strict=True)) for one in each],
    }


def numbers(evaluation: Evaluation) -> dict[str, Any]:
    """Everything as JSON can hold it; what is not defined (0 images) is None."""
    scores = per_class(evaluation)
    facts = {
        "accuracy": evaluation.accuracy,
        "loss": evaluation.loss,
        "n": evaluation.n,
        "interval": evaluation.interval,
        "per_class": [_as_row(score) for score in scores],
        "confusion": confusion(evaluation).tolist(),
        "macro": vars(macro(scores)),
        "weighted": vars(weighted(scores)),
        "top_k": [vars(one) for one in _top(evaluation)],
        "calibration_error": calibration_error(evaluation),
    }
    return _without_nan(facts)


def _as_row(score: ClassScore) -> dict[str, Any]:
    values = dict(vars(score))
    return {"class": values.pop("name"), **values}


def _top(evaluation: Evaluation) -> list[TopK]:
    return [top_k(evaluation, k) for k in TOP if k == 1 or k < len(evaluation.classes)]


def _without_nan(value: Any) -> Any:
    match value:
        case dict():
            return {name: _without_nan(one) for name, one in value.items()}
        case list() | tuple():
            return [_without_nan(one) for one in value]
        case float() if math.isnan(value):
            return None
    return value


def _lines(evaluation: Evaluation) -> list[str]:
    """The same as a table and sentences."""
    scores = per_class(evaluation)
    low, high = evaluation.interval
    accuracy = f"accuracy {_percent(evaluation.accuracy)} (95 % interval {_percent(low)} to {_percent(high)})"
    further = ", ".join(f"top {one.k}: {_percent(one.accuracy)}" for one in _top(evaluation)[1:])
    return [
        f"{accuracy}, loss {evaluation.loss:.4f}, {evaluation.hits:,} of {evaluation.n:,} right",
        *([further] if further else []),
        f"calibration error {_percent(calibration_error(evaluation))}",
        "",
        *_table(scores, evaluation),
        "",
        *(_in_words(pair, evaluation) for pair in most_confused(evaluation, PAIRS)),
    ]


def _table(scores: tuple[ClassScore, ...], evaluation: Evaluation) -> list[str]:
    """One line per class, undefined shares as a dash, then the averages."""
    rows = [["class", "precision", "recall", "F1", "support"]]
    for score in scores:
        precision = _percent(score.precision) if score.predicted else "–"
        recall = _percent(score.recall) if score.support else "–"
        rows.append([score.name, precision, recall, _percent(score.f1), f"{score.support:,}"])
    for name, average in (("macro average", macro(scores)), ("weighted average", weighted(scores))):
        rows.append([name, *_as_percents(average), f"{evaluation.n:,}"])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]


def _as_percents(average: Average) -> list[str]:
    return [_percent(average.precision), _percent(average.recall), _percent(average.f1)]


def _in_words(pair: Confused, evaluation: Evaluation) -> str:
    images, were = ("image", "was") if pair.n == 1 else ("images", "were")
    true, predicted = evaluation.classes[pair.true], evaluation.classes[pair.predicted]
    return f"{pair.n:,} {images} of “{true}” {were} taken for “{predicted}” ({_percent(pair.share)} of “{true}”)"


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.1f} %"
