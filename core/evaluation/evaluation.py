"""What a run's network answered to the images of one split, read back from the files of the run.

The tables and curves made of it are in `confusion`, `scores`, `curves`, `calibration` and `mistakes`.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from core.errors import RunError
from core.evaluation.intervals import wilson
from core.files import read_arrays
from core.runs import checkpoints
from core.runs.run import ACTIVE, Run

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
LEAST = np.finfo(np.float32).tiny  # 1.2e-38: below it float32 has no probability left to take the logarithm of
ROUNDING = 1e-3  # by which float32 may leave 0..1


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Labels and answers of n images, in the same order.

    labels         (n,) int64 in 0..classes-1; for training images as they were learnt, label noise included
    probabilities  (n, classes) float32, each row adds up to 1
    rows           (n,) int64, the row of each image in the dataset: `training.prepare.pictures` shows it as stored,
                   without the noise that a recipe may put on training images
    classes        their names, index = label
    dataset        the name of the dataset that gives them
    """

    labels: np.ndarray
    probabilities: np.ndarray
    rows: np.ndarray
    classes: tuple[str, ...]
    dataset: str = ""

    @property
    def n(self) -> int:
        return len(self.labels)

    @cached_property
    def predicted(self) -> np.ndarray:
        """The likeliest class of each image, (n,) int64; of equally likely ones the first."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def confidence(self) -> np.ndarray:
        """The probability of the likeliest class, (n,) float32."""
        return self.probabilities.max(axis=1)

    @cached_property
    def true_probability(self) -> np.ndarray:
        """The probability given to the true class, (n,) float32."""
        return self.probabilities[np.arange(self.n), self.labels]

    @cached_property
    def losses(self) -> np.ndarray:
        """Cross-entropy of each image, (n,) float64 in 0..87.4: minus the logarithm of `true_probability`.

        Keras reads the logits behind the softmax and so does not clip at its epsilon of 1e-7 (`_get_logits` in its
        TensorFlow backend): clipped there, a confident mistake would count 16.1 however confident it was.
        """
        return np.abs(np.log(np.clip(self.true_probability.astype(np.float64), LEAST, 1)))  # of -0.0, too

    @property
    def hits(self) -> int:
        """How many were answered rightly."""
        return int(np.count_nonzero(self.predicted == self.labels))

    @property
    def accuracy(self) -> float:
        """Share of right answers in 0..1; NaN where there is no image."""
        return self.hits / self.n if self.n else float("nan")

    @property
    def loss(self) -> float:
        """Mean cross-entropy, as the worker recorded it; NaN where there is no image."""
        return float(self.losses.mean()) if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the accuracy (Wilson)."""
        return wilson(self.hits, self.n)


def read(run: Run, split: Split) -> Evaluation:
    """The answers of a run's kept network to one split; of a run that goes on, those of when it was last stopped.

    Raises RunError where there are none, or where they are damaged.
    """
    answers, rows = _stored(run, "evaluation.npz"), _stored(run, "images.npz")
    if f"{split}_labels" not in answers or f"{split}_probabilities" not in answers or split not in rows:
        raise _missing(run, split)
    arrays = answers[f"{split}_labels"], answers[f"{split}_probabilities"], rows[split]
    classes: Any = run.history.start.get("classes")
    if not _fit(*arrays, classes):
        raise RunError(
            "The {split} answers of run {run} do not fit its images or its classes: a file is damaged or older than "
            "this version of Fitscope. Train its recipe again as a new run.",
            run=run.id,
            split=split,
        )
    labels, probabilities, numbers = arrays
    return Evaluation(
        labels.astype(np.int64, copy=False),
        probabilities.astype(np.float32, copy=False),
        numbers.astype(np.int64, copy=False),
        tuple(classes),
        run.config.dataset,
    )


def after_epoch(run: Run, epoch: int, kept: Evaluation) -> Evaluation:
    """The answers after a kept epoch to the validation images that were scored then; raises RunError.

    kept  the kept network's answers to all of them
    """
    answers, everyone = checkpoints.answers(run.checkpoints, epoch), np.arange(kept.n)
    scored = everyone if answers is not None and len(answers) == kept.n else (run.images or {}).get("scored", everyone)
    if answers is None or answers.shape != (len(scored), len(kept.classes)) or not np.isin(scored, everyone).all():
        raise RunError("The answers of epoch {epoch} were not kept or are damaged. Choose another epoch.", epoch=epoch)
    return replace(kept, labels=kept.labels[scored], probabilities=answers, rows=kept.rows[scored])


def _stored(run: Run, file: str) -> dict[str, np.ndarray]:
    """The arrays of one of the run's files; raises RunError when there is none, with the reason."""
    arrays = read_arrays(run.folder / file)
    if arrays is not None:
        return arrays
    if (run.folder / file).exists():
        raise RunError("{file} of run {run} is damaged. Train its recipe again as a new run.", file=file, run=run.id)
    state = run.state
    if state in ACTIVE:
        raise RunError(
            "Run {run} is {state}: its network is tested when the training ends. Wait for that, or stop it.",
            run=run.id,
            state=state,
        )
    raise RunError(
        "Run {run} is {state} and its network was never tested. Train its recipe again as a new run, and let it end.",
        run=run.id,
        state=state,
    )


def _missing(run: Run, split: str) -> RunError:
    """Training images are asked last, when the result has been told already."""
    if split == "train" and run.process_alive:
        return RunError(
            "The network of run {run} is being asked about its training images. Try again in a few seconds.",
            run=run.id,
        )
    return RunError(
        "Run {run} has no answers for split {split}: it ended before, or was trained by an older version of "
        "Fitscope. Choose another split, or train its recipe again as a new run.",
        run=run.id,
        split=split,
    )


def _fit(labels: np.ndarray, probabilities: np.ndarray, rows: np.ndarray, classes: Any) -> bool:
    """Whether the three belong to the same images, and every number is one that a worker writes."""
    if not (isinstance(classes, list) and classes and all(isinstance(name, str) for name in classes)):
        return False
    n = labels.size
    shaped = labels.shape == rows.shape == (n,) and probabilities.shape == (n, len(classes))
    typed = labels.dtype.kind in "iu" and rows.dtype.kind in "iu" and probabilities.dtype.kind == "f"
    return bool(
        shaped
        and typed
        and ((labels >= 0) & (labels < len(classes))).all()
        and (rows >= 0).all()
        and ((probabilities >= -ROUNDING) & (probabilities <= 1 + ROUNDING)).all()  # NaN is neither
    )
