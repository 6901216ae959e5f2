"""What two curves say, in one of a few findings. The rules are here; the sentences are the dashboard's.

A rule of thumb, not a proof: the tolerances are wide enough that a curve's jitter does not change the finding.
"""

from dataclasses import dataclass
from typing import Literal

Finding = Literal["early", "learning", "underfitting", "fitting", "overfitting", "not learning"]

FEW = 3  # epochs before anything is said
RISE = 0.05  # share by which validation loss must have risen above its best to count as turned
GAP = 0.05  # of accuracy between training and validation that counts as apart
LOW = 0.85  # training accuracy below which a network that stopped improving has not learnt its images
SLOW = 0.01  # share of the loss gained over the last third below which training has levelled off


@dataclass(frozen=True)
class Verdict:
    """`since` is the epoch of lowest validation loss; `gap` is training minus validation accuracy at the end."""

    finding: Finding
    since: int
    gap: float


def verdict(
    loss: list[float], val_loss: list[float], accuracy: list[float], val_accuracy: list[float], classes: int
) -> Verdict:
    """The finding for curves of one value per epoch, in inference mode; `classes` sets what chance would reach."""
    if len(val_loss) < FEW:
        return Verdict("early", len(val_loss), 0.0)
    lowest = min(range(len(val_loss)), key=val_loss.__getitem__)
    gap = accuracy[-1] - val_accuracy[-1]
    return Verdict(_finding(loss, val_loss, accuracy, lowest, gap, classes), lowest + 1, gap)


def _finding(
    loss: list[float], val_loss: list[float], accuracy: list[float], lowest: int, gap: float, classes: int
) -> Finding:
    turned = val_loss[-1] > val_loss[lowest] * (1 + RISE) and loss[-1] < loss[lowest]
    if turned and (gap > GAP / 2 or accuracy[-1] > LOW):
        return "overfitting"
    if accuracy[-1] < 1.5 / classes:
        return "not learning"
    level = _levelled_off(loss)
    if accuracy[-1] < LOW and gap < 3 * GAP:
        return "underfitting" if level else "learning"
    if gap > GAP:
        return "overfitting"
    return "fitting" if level or accuracy[-1] >= LOW else "learning"


def _levelled_off(loss: list[float]) -> bool:
    """Has the loss gained less than a little over the last third?"""
    before = loss[-max(2, len(loss) // 3)]
    return loss[-1] > before * (1 - SLOW * max(1, len(loss) // 3))
