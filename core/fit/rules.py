"""What kind of fit two curves show: the rules, in the order in which they are asked; sentences are the dashboard's.

Two sources: a gap between training and validation alone is no overfitting (Valdenegro-Toro & Sabatelli, PMLR 207,
2023), and networks learn what is right before they learn wrong labels by heart (Arpit et al., ICML 2017). What is
noise and what a trend stands in `core/fit/seen.py`.

Losses are cross-entropies: a network that names every class alike has that of ln(classes).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from core.fit.curves import Curves
from core.fit.seen import Seen

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

MEANINGS: dict[Finding, str] = {
    "not_learning": "not above always naming the commonest class, and both losses are level",
    "diverged": "a loss is no number, or far above where it began and not coming back",
    "underfitting": "both losses are level, and the training images themselves are badly known",
    "still_improving": "validation loss still falls beyond noise at the end, whatever the gap",
    "good_fit": "validation is level at its best, and training is high; a gap that costs nothing changes nothing",
    "overfitting": "validation has stopped improving, or gets worse, while training goes on, and they are apart",
    "memorising_noise": "training fits more of the given labels than are right, and validation pays for it",
    "too_few_images": "so few images that none of these can be told from another",
}

PAYS = 0.03  # share by which validation loss stands above its best where it has turned
HIGH = 0.85  # of the training images that could be known, known: above, training is high
LOST = 5.0  # times the loss of a network that names every class alike
BACK = 0.3  # of its first loss, below which a training that began far above is on its way back
VAGUE = 0.24  # width of the interval of a validation accuracy, above which a level says little
FEW = 25  # validation images, below which a curve is made of single images
NEAR = 0.99  # of the loss of a network that names every class alike: as good as none learnt
LOW = 0.5  # of the training images that could be known, known: below, what is learnt cannot be by heart
APART = 0.05  # of accuracy, by which training is ahead where validation has only stopped improving: less costs nothing
GOES_ON = 0.02  # share of the validation loss by which training still falls where it goes on
FAST = 0.05  # the same share where validation has been level for a few epochs only
AGES = 8  # epochs without a new lowest that are long also where a training has hundreds
UNEQUAL = 1.25  # times its fair share that the commonest class may have where nobody says how common it is


@dataclass(frozen=True)
class Verdict:
    """A finding and why.

    rule        the name of the rule that says so
    epochs      the first and the last epoch that it looked at
    evidence    its numbers by name: losses, accuracies in 0..1, epochs
    confidence  0..1 once it was weighed (`core/fit/confidence.py`), 0 before
    otherwise   the next best finding, where another is possible
    """

    finding: Finding
    rule: str
    epochs: tuple[int, int]
    evidence: dict[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    otherwise: Finding | None = None


def lost(curves: Curves) -> Verdict:
    """Of curves with a loss that is no number."""
    at = int((~np.isfinite([curves.loss, curves.val_loss])).any(axis=0).argmax()) + 1
    return Verdict("diverged", "loss_is_no_number", (at, at), {"epoch": at})


def diverged(seen: Seen) -> Verdict | None:
    untrained = math.log(seen.curves.n_classes)
    comes_back = seen.fall > seen.noise or seen.end_loss < BACK * seen.curves.loss[0]
    if seen.end_loss <= LOST * untrained or comes_back:
        return None
    numbers = {"loss": seen.end_loss, "untrained": untrained}
    return Verdict("diverged", "loss_far_above", seen.last, numbers)


def memorising(seen: Seen) -> Verdict | None:
    low, _high = seen.train_interval
    if not seen.curves.label_noise or low <= seen.right:
        return None
    if not pays(seen):
        return _beside_level(seen)
    numbers = {"accuracy": seen.accuracy, "right": seen.right, "rise": seen.rise, "noise": seen.val_noise}
    return Verdict("memorising_noise", "more_than_the_right_labels", seen.since_best, numbers)


def _beside_level(seen: Seen) -> Verdict | None:
    """Wrong labels are fitted, and validation, far below, no longer gets better."""
    if improving(seen) or seen.gap <= seen.gap_noise:
        return None
    numbers = {"accuracy": seen.accuracy, "right": seen.right, "gap": seen.gap, "gap_noise": seen.gap_noise}
    return Verdict("memorising_noise", "wrong_labels_beside_a_level_validation", seen.last, numbers)


def not_learning(seen: Seen) -> Verdict | None:
    baseline = seen.curves.baseline or min(1.0, UNEQUAL / seen.curves.n_classes)
    above = max(seen.val_interval[0], seen.train_interval[0]) > baseline
    untrained = seen.end_loss > NEAR * math.log(seen.curves.n_classes)
    level = seen.fall <= seen.noise or seen.val_fall <= seen.val_noise
    if above or not (level or untrained):
        return None
    numbers = {"accuracy": seen.accuracy, "val_accuracy": seen.val_accuracy, "baseline": baseline}
    return Verdict("not_learning", "no_better_than_the_commonest_class", seen.last, numbers)


def overfitting(seen: Seen) -> Verdict | None:
    standard_error = seen.end_val_loss / math.sqrt(seen.curves.n_validation)  # of a mean of about exponential losses
    apart = seen.gap > seen.gap_noise or seen.end_val_loss - seen.end_loss > 2 * standard_error
    if not (pays(seen) and seen.goes_on and apart):
        return None
    rule = "validation_rises" if seen.fallen > 0 else "surer_of_its_mistakes"
    numbers = {"rise": seen.rise, "noise": seen.val_noise, "gap": seen.gap, "gap_noise": seen.gap_noise}
    return Verdict("overfitting", rule, seen.since_best, numbers)


def harmful(seen: Seen) -> Verdict | None:
    """Training has learnt something, and on images it has not seen that is worse than to have learnt nothing."""
    untrained = math.log(seen.curves.n_classes)
    error = 2 * seen.end_val_loss / math.sqrt(seen.curves.n_validation)
    learnt = seen.end_loss < min(untrained, seen.end_val_loss - error) and seen.gap > seen.gap_noise
    if not learnt or seen.end_val_loss <= untrained + error:
        return None
    numbers = {"val_loss": seen.end_val_loss, "untrained": untrained, "gap": seen.gap, "gap_noise": seen.gap_noise}
    return Verdict("overfitting", "worse_than_untrained", seen.last, numbers)


def stopped(seen: Seen) -> Verdict | None:
    """Validation has not improved for long, or no longer does while training falls fast all the same."""
    since, low = seen.epochs - 1 - seen.best, seen.accuracy < LOW * seen.right
    long = since >= max(4, min(seen.epochs // 5, AGES)) and seen.fall > GOES_ON * seen.end_val_loss
    fast = not improving(seen) and seen.fall > FAST * seen.end_val_loss
    if low or seen.fall <= seen.noise or not (long or fast) or seen.gap <= max(2 * seen.gap_noise, APART):
        return None
    numbers = {"epochs": since if long else seen.window, "gap": seen.gap, "gap_noise": seen.gap_noise}
    epochs = seen.since_best if long else seen.last
    return Verdict("overfitting", "only_training_goes_on", epochs, numbers)


def too_few(seen: Seen) -> Verdict | None:
    low, high = seen.val_interval
    if high - low <= VAGUE and seen.curves.n_validation >= FEW:
        return None
    n = seen.curves.n_validation
    numbers = {"val_accuracy": seen.val_accuracy, "low": low, "high": high, "n_validation": n}
    return Verdict("too_few_images", "the_interval_holds_everything", seen.last, numbers)


def improving(seen: Seen) -> Verdict | None:
    """Validation loss still falls; or it jumps about too much to tell, and validation accuracy still rises."""
    if seen.falls:
        numbers = {"fall": seen.val_fall, "noise": seen.val_noise, "epochs": seen.window}
        return Verdict("still_improving", "validation_falls", seen.last, numbers)
    if seen.falls_jaggedly:
        first = seen.epochs - seen.long + 1
        numbers = {"fall": seen.long_fall, "epochs": seen.long}
        return Verdict("still_improving", "validation_falls_jaggedly", (first, seen.epochs), numbers)
    if seen.climb > seen.climb_noise and not seen.rises:
        numbers = {"climb": seen.climb, "climb_noise": seen.climb_noise, "epochs": seen.window}
        return Verdict("still_improving", "validation_accuracy_climbs", seen.last, numbers)
    return None


def underfitting(seen: Seen) -> Verdict | None:
    """Asked after `improving`: validation no longer gets better, and training itself is low."""
    high = HIGH * seen.right
    if seen.accuracy >= high:
        return None
    numbers = {"accuracy": seen.accuracy, "high": high}
    return Verdict("underfitting", "level_and_low", seen.last, numbers)


def good(seen: Seen) -> Verdict:
    """What is left: validation no longer improves and has not got worse, and training is high."""
    numbers = {"val_accuracy": seen.val_accuracy, "accuracy": seen.accuracy, "rise": seen.rise, "noise": seen.val_noise}
    return Verdict("good_fit", "validation_at_its_best", seen.last, numbers)


RULES: tuple[Callable[[Seen], Verdict | None], ...] = (
    diverged,
    too_few,
    memorising,
    not_learning,
    overfitting,
    harmful,
    stopped,
    improving,
    underfitting,
    good,
)


def fitted(curves: Curves) -> Verdict:
    """Of a classical learner, fitted in one go: nothing rises or falls, so its two scores are compared."""
    seen = Seen(curves)
    rules = (too_few, not_learning, ahead, underfitting, good)
    verdict = next(found for rule in rules if (found := rule(seen)))
    return replace(verdict, rule=AT_ONCE.get(verdict.rule, verdict.rule), epochs=(1, 1))


def ahead(seen: Seen) -> Verdict | None:
    """The most of what validation lacks is what training has ahead of it, and that is beyond noise."""
    missed = seen.right - seen.accuracy
    if seen.gap <= max(2 * seen.gap_noise, APART, missed):
        return None
    numbers = {"accuracy": seen.accuracy, "val_accuracy": seen.val_accuracy, "gap_noise": seen.gap_noise}
    return Verdict("overfitting", "training_is_ahead", seen.last, numbers)


AT_ONCE = {"level_and_low": "training_is_low", "validation_at_its_best": "both_are_high"}
"""Rules that speak of a time that does not go by for a classical learner, as they are named there."""


def pays(seen: Seen) -> bool:
    """Whether validation has got worse than it was, beyond noise: its loss has risen, or its accuracy fallen."""
    risen = seen.rises and seen.rise > PAYS * float(seen.val_loss[seen.best])
    return risen or seen.fallen > 0
