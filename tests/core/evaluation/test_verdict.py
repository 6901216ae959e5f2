"""The findings about curves: on curves drawn to be what they are called."""

import numpy as np
import pytest

from core.evaluation.verdict import verdict

EPOCHS = np.arange(1, 31)


def falling(start, end, speed):
    return (end + (start - end) * np.exp(-EPOCHS / speed)).tolist()


def curves(kind):
    """loss, val_loss, accuracy, val_accuracy of thirty epochs."""
    match kind:
        case "overfitting":
            turned = (1.2 * np.exp(-EPOCHS / 4) + 0.4 + 0.03 * EPOCHS).tolist()
            return falling(2.3, 0.01, 5), turned, falling(0.1, 1.0, 5), falling(0.1, 0.7, 4)
        case "fitting":
            return falling(2.3, 0.1, 5), falling(2.3, 0.13, 5), falling(0.1, 0.97, 5), falling(0.1, 0.96, 5)
        case "underfitting":
            return falling(2.3, 1.2, 3), falling(2.3, 1.22, 3), falling(0.1, 0.55, 3), falling(0.1, 0.54, 3)
        case "learning":
            steady = (2.3 - 0.04 * EPOCHS).tolist()
            return steady, steady, (0.1 + 0.02 * EPOCHS).tolist(), (0.1 + 0.019 * EPOCHS).tolist()
    return [2.3026] * 30, [2.3026] * 30, [0.1] * 30, [0.1] * 30


@pytest.mark.parametrize("kind", ["overfitting", "fitting", "underfitting", "learning", "not learning"])
def test_a_drawn_curve_is_called_what_it_is(kind):
    assert verdict(*curves(kind), classes=10).finding == kind


def test_nothing_is_said_of_two_epochs():
    assert verdict([2, 1], [2, 1], [0.1, 0.2], [0.1, 0.2], classes=10).finding == "early"


def test_a_little_jitter_does_not_change_the_finding():
    rng = np.random.default_rng(0)
    for kind in ("overfitting", "fitting", "underfitting"):
        noisy = [(np.array(curve) * (1 + rng.normal(0, 0.004, 30))).tolist() for curve in curves(kind)]
        assert verdict(*noisy, classes=10).finding == kind


def test_since_is_the_epoch_of_lowest_validation_loss():
    loss, val_loss, accuracy, val_accuracy = curves("overfitting")
    assert verdict(loss, val_loss, accuracy, val_accuracy, 10).since == int(np.argmin(val_loss)) + 1
