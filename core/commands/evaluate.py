"""The command `python -m core evaluate RUN`: the numbers of the Mistakes page, for programs and for people."""

import argparse
import math
from typing import Any

from core.commands.output import as_json
from core.evaluation import evaluation
from core.evaluation.calibration import calibration_error
from core.evaluation.confusion import Confused, confusion, most_confused
from core.evaluation.evaluation import SPLITS, Evaluation
from core.evaluation.scores import Average, ClassScore, TopK, macro, per_class, top_k, weighted
from core.runs.store import RunStore

TOP = (1, 2, 3, 5)  # answers allowed; only fewer than there are classes say anything
PAIRS = 3  # of confused classes, told in words


def add_to(command: Any) -> None:
    """Adds the command to the parser; `command` makes one of a function and a name."""
    one = command(evaluate, "evaluate")
    one.add_argument("run", metavar="RUN", help="the id of a run, or latest")
    one.add_argument("--split", choices=SPLITS, default="test", help="which images; test where it is left out")
    one.add_argument("--json", action="store_true", help="one JSON object")


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
