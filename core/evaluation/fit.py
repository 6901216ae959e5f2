"""What kind of fit two curves show: one of eight findings, with the rule that says so, its epochs and its numbers.

The words mean (sentences are the dashboard's):

- not learning: not above always naming the commonest class, beyond the interval of the accuracy; both losses level.
- diverged: a loss that is no number, or far above where it began and not coming back.
- underfitting: both losses level, and the training images themselves badly known.
- still improving: validation loss still falls beyond noise at the end, whatever the gap.
- good fit: validation level at its best within noise, training high; a gap that costs nothing does not change that.
- overfitting: validation has stopped improving, or rises, while training goes on, and the gap is beyond noise. A gap
  alone is none (Valdenegro-Toro & Sabatelli, PMLR 207, 2023).
- memorising noise: with labels known to be wrong, training fits more of the given ones than the right share of them
  allows, and validation pays for it. Networks learn what is right first (Arpit et al., ICML 2017).
- too few images: so few that none of these can be told from another.

What is noise: validation images are the same after each epoch, so a curve's own jitter from one epoch to the next is
what a change has to exceed, besides a small share of the value. What is said about levels has the interval of Wilson
(1927) of as many images as were scored. A single spike is smoothed away by a running median of three.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from core.evaluation.intervals import wilson

Finding = Literal[
    "not_learning",
    "diverged",
    "underfitting",
    "still_improving",
    "good_fit",
    "overfitting",
    "memorising_noise",
    "too_few_images",
]

FIRST = 3  # epochs before anything but a divergence is said
JITTERS = 2.5  # that a change has to exceed
LEAST_CHANGE = 0.01  # and this share of the loss's fall since the beginning
PAYS = 0.03  # share by which validation loss stands above its best where it has turned
HIGH = 0.85  # of the training images that could be known, known: above, training is high
LOST = 2.0  # times the loss of the first epoch
VAGUE = 0.1  # half the interval of a validation accuracy, above which a level says little
MEMORY = 12  # epochs that jitter is measured over


@dataclass(frozen=True)
class Curves:
    """A training so far: one value an epoch, in inference mode, and what is known of the recipe.

    n_train       training images that were scored
    n_validation  validation images that were scored
    baseline      the share of the commonest class among the validation images; 1 / n_classes where it is not known
    label_noise   the share of the training labels that were replaced at random
    """

    loss: Sequence[float]
    val_loss: Sequence[float]
    accuracy: Sequence[float]
    val_accuracy: Sequence[float]
    n_train: int
    n_validation: int
    n_classes: int
    baseline: float | None = None
    label_noise: float = 0.0

    def until(self, epochs: int) -> "Curves":
        parts = (self.loss, self.val_loss, self.accuracy, self.val_accuracy)
        facts = (self.n_train, self.n_validation, self.n_classes, self.baseline, self.label_noise)
        return Curves(*(part[:epochs] for part in parts), *facts)


@dataclass(frozen=True)
class Verdict:
    """finding; the rule's name; the first and the last epoch that it looked at; its numbers; how sure, 0..1."""

    finding: Finding
    rule: str
    epochs: tuple[int, int]
    evidence: dict[str, float] = field(default_factory=dict)
    confidence: float = 0.5


def verdict(curves: Curves) -> Verdict | None:
    """The finding on all epochs so far, each judged for itself; None where it is too early to say."""
    seen = _Seen.of(curves)
    if seen is None:
        return _lost(curves)
    return next(found for rule in RULES if (found := rule(curves, seen)))


def live(curves: Curves) -> Verdict | None:
    """The same as a viewer is told it while a training goes on: another finding has to come up `HELD` times in a row.

    What was said first stays until then, with the numbers of the newest epoch that found it.
    """
    said: Verdict | None = None
    other: list[Verdict] = []
    for epochs in range(1, len(curves.loss) + 1):
        new = verdict(curves.until(epochs))
        if new is None:
            continue
        if new.finding == "diverged" or (said and new.finding == said.finding):
            said, other = new, []
            continue
        other = [*other, new] if other and other[-1].finding == new.finding else [new]
        if len(other) >= HELD:
            said, other = new, []
    return said


HELD = 2


@dataclass(frozen=True)
class _Seen:
    """What the rules look at. Losses are smoothed; `end` is the median of the last three, `best` an index."""

    loss: np.ndarray
    val_loss: np.ndarray
    best: int
    end_loss: float
    end_val_loss: float
    noise: float
    val_noise: float
    accuracy: float
    val_accuracy: float
    window: int

    @classmethod
    def of(cls, curves: Curves) -> "_Seen | None":
        values = [*curves.loss, *curves.val_loss]
        if len(curves.loss) < FIRST or not np.isfinite(values).all():
            return None
        loss, val_loss = smooth(curves.loss), smooth(curves.val_loss)
        return cls(
            loss,
            val_loss,
            int(val_loss.argmin()),
            float(np.median(curves.loss[-3:])),
            float(np.median(curves.val_loss[-3:])),
            noise(curves.loss),
            noise(curves.val_loss),
            float(np.mean(curves.accuracy[-3:])),
            float(np.mean(curves.val_accuracy[-3:])),
            min(max(3, len(loss) // 3), 10),
        )

    @property
    def rise(self) -> float:
        return self.end_val_loss - float(self.val_loss[self.best])

    def fall(self, values: np.ndarray) -> float:
        """By how much a curve fell over the window at its end, along the straight line that fits it best."""
        part = values[-self.window :]
        return float(-np.polyfit(np.arange(len(part)), part, 1)[0] * (len(part) - 1))


def smooth(values: Sequence[float]) -> np.ndarray:
    """A running median of three; the ends are as they are, or their neighbour where they stick out beyond it."""
    array = np.asarray(values, float)
    if len(array) < 3:
        return array
    inner = np.median([array[:-2], array[1:-1], array[2:]], axis=0)
    return np.concatenate([[max(array[0], inner[0])], inner, [np.median([array[-1], inner[-1], array[-2]])]])


def noise(values: Sequence[float]) -> float:
    """What a change of a loss has to exceed: its jitter of late, and a small share of all it has fallen."""
    array = np.asarray(values[-MEMORY:], float)
    jitter = 1.4826 * float(np.median(np.abs(np.diff(array, 2)))) / math.sqrt(6) if len(array) > 2 else 0.0
    return max(JITTERS * jitter, LEAST_CHANGE * (max(values) - min(values)), 1e-4)


# The rules, in the order in which they are asked


def _lost(curves: Curves) -> Verdict | None:
    values = np.array([curves.loss, curves.val_loss])
    if np.isfinite(values).all():
        return None
    at = int((~np.isfinite(values)).any(axis=0).argmax()) + 1
    return Verdict("diverged", "loss_is_no_number", (at, at), {}, 1.0)


def _diverged(curves: Curves, seen: _Seen) -> Verdict | None:
    untrained = math.log(curves.n_classes)  # the loss of naming every class alike
    began = min(curves.loss[0], untrained)
    back = seen.fall(seen.loss) > seen.noise
    if seen.end_loss <= LOST * max(began, untrained) or back:
        return None
    numbers = {"loss": seen.end_loss, "untrained": untrained}
    return Verdict("diverged", "loss_far_above", _last(seen), numbers, _sure(seen.end_loss / (LOST * untrained) - 1))


def _memorising(curves: Curves, seen: _Seen) -> Verdict | None:
    if not curves.label_noise:
        return None
    allowed = _right(curves)
    low, _high = _interval(seen.accuracy, curves.n_train)
    if low <= allowed or not _pays(seen):
        return None
    numbers = {"accuracy": seen.accuracy, "allowed": allowed, "rise": seen.rise}
    return Verdict(
        "memorising_noise", "more_than_the_right_labels", _since(seen), numbers, _sure((low - allowed) / 0.1)
    )


def _not_learning(curves: Curves, seen: _Seen) -> Verdict | None:
    baseline = curves.baseline or 1 / curves.n_classes
    low, _high = _interval(seen.val_accuracy, curves.n_validation)
    known, _high = _interval(seen.accuracy, curves.n_train)
    if low > baseline or known > baseline or seen.fall(seen.loss) > seen.noise:
        return None
    numbers = {"accuracy": seen.accuracy, "val_accuracy": seen.val_accuracy, "baseline": baseline}
    return Verdict(
        "not_learning", "no_better_than_the_commonest_class", _last(seen), numbers, _sure(len(seen.loss) / 5)
    )


def _overfitting(curves: Curves, seen: _Seen) -> Verdict | None:
    goes_on = float(seen.loss[seen.best]) - seen.end_loss > seen.noise
    gap, beyond = seen.accuracy - seen.val_accuracy, _gap_noise(curves, seen)
    apart = gap > beyond or seen.end_val_loss - seen.end_loss > 2 * seen.end_val_loss / math.sqrt(curves.n_validation)
    if not (_pays(seen) and goes_on and apart):
        return None
    if gap < 2 * beyond and _vague(curves, seen):
        return None
    best = float(np.max(smooth(curves.val_accuracy)))
    holds = best - seen.val_accuracy <= math.sqrt(best * (1 - best) / curves.n_validation)
    rule = "surer_of_its_mistakes" if holds else "validation_rises"
    numbers = {"rise": seen.rise, "noise": seen.val_noise, "gap": gap, "gap_noise": beyond}
    return Verdict("overfitting", rule, _since(seen), numbers, _sure(seen.rise / max(seen.val_noise, 1e-9) - 1))


def _stopped(curves: Curves, seen: _Seen) -> Verdict | None:
    """Validation has not improved for long, and training goes on all the same."""
    since = len(seen.loss) - 1 - seen.best
    gap, beyond = seen.accuracy - seen.val_accuracy, _gap_noise(curves, seen)
    falls = seen.fall(seen.loss) > max(seen.noise, 0.02 * seen.end_val_loss)
    if since < max(4, len(seen.loss) // 5) or not falls or gap <= 2 * beyond or _vague(curves, seen):
        return None
    numbers = {"epochs": since, "gap": gap, "gap_noise": beyond}
    return Verdict("overfitting", "only_training_goes_on", _since(seen), numbers, _sure(gap / beyond - 2))


def _too_few(curves: Curves, seen: _Seen) -> Verdict | None:
    low, high = _interval(seen.val_accuracy, curves.n_validation)
    if not _vague(curves, seen):
        return None
    numbers = {"val_accuracy": seen.val_accuracy, "low": low, "high": high, "n_validation": curves.n_validation}
    return Verdict(
        "too_few_images", "the_interval_holds_everything", _last(seen), numbers, _sure((high - low) / VAGUE - 2)
    )


def _improving(_curves: Curves, seen: _Seen) -> Verdict | None:
    fall = seen.fall(seen.val_loss)
    if fall <= max(seen.val_noise, 0.01 * seen.end_val_loss):
        return None
    numbers = {"fall": fall, "noise": seen.val_noise, "epochs": seen.window}
    return Verdict("still_improving", "validation_falls", _last(seen), numbers, _sure(fall / seen.val_noise - 1))


def _underfitting(curves: Curves, seen: _Seen) -> Verdict | None:
    high = HIGH * _right(curves)
    if seen.accuracy >= high or seen.fall(seen.loss) > max(seen.noise, 0.02 * seen.end_loss):
        return None
    numbers = {"accuracy": seen.accuracy, "high": high}
    return Verdict(
        "underfitting", "training_is_level_and_low", _last(seen), numbers, _sure((high - seen.accuracy) / 0.1)
    )


def _good(curves: Curves, seen: _Seen) -> Verdict | None:
    if seen.accuracy < HIGH * _right(curves):
        return None
    numbers = {"accuracy": seen.accuracy, "val_accuracy": seen.val_accuracy, "rise": seen.rise, "noise": seen.val_noise}
    return Verdict("good_fit", "validation_at_its_best", _last(seen), numbers, _sure(len(seen.loss) / 5))


def _else(_curves: Curves, seen: _Seen) -> Verdict:
    return Verdict("still_improving", "training_falls", _last(seen), {"fall": seen.fall(seen.loss)}, 0.4)


RULES = (
    _diverged,
    _memorising,
    _not_learning,
    _overfitting,
    _stopped,
    _too_few,
    _improving,
    _underfitting,
    _good,
    _else,
)


def _right(curves: Curves) -> float:
    """The share of the given labels that can be right without learning wrong ones by heart."""
    return 1 - curves.label_noise * (1 - 1 / curves.n_classes)


def _pays(seen: _Seen) -> bool:
    """Whether validation loss has risen from its best, for at least two epochs."""
    return seen.best < len(seen.val_loss) - 2 and seen.rise > max(
        seen.val_noise, PAYS * float(seen.val_loss[seen.best])
    )


def _gap_noise(curves: Curves, seen: _Seen) -> float:
    """Two standard errors of the difference between two accuracies."""
    parts = ((seen.accuracy, curves.n_train), (seen.val_accuracy, curves.n_validation))
    return 2 * math.sqrt(sum(max(share * (1 - share), 1 / n) / n for share, n in parts))


def _interval(share: float, n: int) -> tuple[float, float]:
    return wilson(round(share * n), n)


def _vague(curves: Curves, seen: _Seen) -> bool:
    low, high = _interval(seen.val_accuracy, curves.n_validation)
    return (high - low) / 2 > VAGUE


def _last(seen: _Seen) -> tuple[int, int]:
    return len(seen.loss) - seen.window + 1, len(seen.loss)


def _since(seen: _Seen) -> tuple[int, int]:
    return seen.best + 1, len(seen.loss)


def _sure(margin: float) -> float:
    """0.5 at the edge of a rule, towards 1 beyond it."""
    return round(1 - 0.5 * math.exp(-max(margin, 0.0)), 2)
