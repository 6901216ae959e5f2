"""The answers to every image by the network that had not learnt from it, from the runs of a cross-validation."""

from collections.abc import Sequence

from core.evaluation.evaluation import Evaluation, read
from core.evaluation.label_errors import together
from core.experiments.kind import Result


def out_of_fold(results: Sequence[Result]) -> Evaluation | None:
    """Of the folds that have ended; None before the first. Raises RunError where answers are gone or damaged."""
    return together([read(one.run, "validation") for _at, one in results]) if results else None
