"""The verdict on curves that are drawn to be what they are called, and what a viewer is told meanwhile."""

import math
from dataclasses import replace

import numpy as np
import pytest

from core.fit.curves import Curves
from core.fit.seen import fall, noise, smooth
from core.fit.verdict import Opinion, live, verdict

EPOCHS = np.arange(1, 31)
CHANCE = [0.1] * 30


def falling(start, end, speed):
    return (end + (start - end) * np.exp(-EPOCHS / speed)).tolist()


def curves(kind, n=2000):
    """Thirty epochs."""
    match kind:
        case "overfitting":
            turned = (1.2 * np.exp(-EPOCHS / 4) + 0.4 + 0.03 * EPOCHS).tolist()
            lines = falling(2.3, 0.01, 5), turned, falling(0.1, 1.0, 5), falling(0.1, 0.7, 4)
        case "good_fit":
            lines = falling(2.3, 0.1, 3), falling(2.3, 0.13, 3), falling(0.1, 0.97, 3), falling(0.1, 0.96, 3)
        case "underfitting":
            lines = falling(2.3, 1.2, 3), falling(2.3, 1.22, 3), falling(0.1, 0.55, 3), falling(0.1, 0.54, 3)
        case "still_improving":
            steady, rising = (2.3 - 0.04 * EPOCHS).tolist(), (0.1 + 0.02 * EPOCHS).tolist()
            lines = steady, steady, rising, rising
        case "not_learning":
            lines = [2.3026] * 30, [2.3026] * 30, CHANCE, CHANCE
        case "diverged":
            away = (2.3 * 1.4**EPOCHS).tolist()
            lines = away, away, CHANCE, CHANCE
    return Curves(*lines, n_train=n, n_validation=n, n_classes=10)


KINDS = ["overfitting", "good_fit", "underfitting", "still_improving", "not_learning", "diverged"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawn_curve_is_called_what_it_is(kind):
    found = verdict(curves(kind))
    assert found.finding == kind
    first, last = found.epochs
    assert 1 <= first <= last <= 30
    assert all(math.isfinite(number) for number in found.evidence.values())


@pytest.mark.parametrize("kind", KINDS)
def test_on_ten_validation_images_nothing_can_be_told(kind):
    shown = replace(curves(kind), n_train=20, n_validation=10)
    if kind != "diverged":
        assert verdict(shown).finding == "too_few_images"


def test_nothing_is_said_of_two_epochs():
    assert verdict(curves("good_fit").until(2)) is None


def test_a_loss_that_is_no_number_is_named_with_its_epoch():
    good = curves("good_fit")
    found = verdict(replace(good, loss=[*good.loss[:4], math.nan, *good.loss[5:]]))
    assert (found.finding, found.epochs) == ("diverged", (5, 5))


def test_wrong_labels_learnt_by_heart_are_told_from_overfitting():
    shown = curves("overfitting")
    assert verdict(replace(shown, label_noise=0.4)).finding == "memorising_noise"
    held_back = [min(share, 0.58) for share in shown.accuracy]  # no more than the right labels
    assert verdict(replace(shown, label_noise=0.4, accuracy=held_back)).finding != "memorising_noise"


def test_the_commonest_class_is_the_baseline():
    level = [0.9] * 30
    shown = Curves([0.35] * 30, [0.35] * 30, level, level, n_train=500, n_validation=500, n_classes=2, baseline=0.9)
    assert verdict(shown).finding == "not_learning"
    assert verdict(replace(shown, baseline=0.5)).finding == "good_fit"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("epoch", [-1, -2, 15])
def test_one_spike_changes_nothing(kind, epoch):
    shown = curves(kind)
    spiked = list(shown.val_loss)
    spiked[epoch] *= 1.5
    assert verdict(replace(shown, val_loss=spiked)).finding == kind


def test_a_little_jitter_changes_nothing():
    rng = np.random.default_rng(0)
    for kind in ("overfitting", "good_fit", "underfitting", "still_improving"):
        shown = curves(kind)
        jittered = [(np.array(line) * (1 + rng.normal(0, 0.004, 30))).tolist() for line in (shown.loss, shown.val_loss)]
        assert verdict(replace(shown, loss=jittered[0], val_loss=jittered[1])).finding == kind


def test_what_does_harm_is_overfitting_though_validation_never_was_better():
    """Validation loss jumps about 2.6; a network that names ten classes alike has ln 10 = 2.303."""
    jumping = (2.6 + 0.15 * (-1.0) ** EPOCHS).tolist()
    by_heart = Curves(falling(2.6, 1.9, 20), jumping, falling(0.1, 0.35, 20), CHANCE, 2000, 2000, 10)
    found = verdict(by_heart)
    assert (found.finding, found.rule) == ("overfitting", "worse_than_untrained")
    assert found.evidence["untrained"] == pytest.approx(math.log(10))
    both_bad = replace(by_heart, loss=jumping, accuracy=CHANCE)
    assert verdict(both_bad).finding == "not_learning"


def test_wrong_labels_by_heart_are_no_good_fit_though_validation_is_level():
    """Of forty training labels in a hundred that are wrong most are fitted, and validation has stopped at 0.45."""
    lines = falling(2.3, 0.3, 3), falling(2.3, 1.8, 3), falling(0.1, 0.98, 3), falling(0.1, 0.45, 3)
    noisy = Curves(*lines, 500, 2000, 10, label_noise=0.4)
    assert verdict(noisy).rule == "wrong_labels_beside_a_level_validation"
    assert verdict(Curves(*lines, 500, 2000, 10)).finding != "memorising_noise"


def test_a_loss_on_its_way_back_from_far_above_has_not_diverged():
    """From 200 to 60 within thirty epochs, slowly at the end; it began as far above."""
    jumps = 8 * np.sin(2.0 * EPOCHS)
    back = (60 + 140 * np.exp(-EPOCHS / 2) + jumps).tolist()
    shown = Curves(back, back, CHANCE, CHANCE, 2000, 2000, 10)
    assert back[-1] < 0.35 * 200
    assert verdict(replace(shown, loss=[250, *back[1:]])).finding != "diverged"
    assert verdict(replace(shown, loss=[60, *back[1:]])).finding == "diverged"


def test_training_that_falls_fast_beside_a_level_validation_overfits_though_the_lowest_was_just_now():
    steady = (1.8 - 0.025 * EPOCHS).tolist()
    level = np.where(EPOCHS < 12, 1.8 - 0.015 * EPOCHS, 1.62 + 0.004 * (-1.0) ** EPOCHS)
    level[-3:] -= 0.01
    accuracy, val_accuracy = (0.3 + 0.011 * EPOCHS).tolist(), np.minimum(0.3 + 0.01 * EPOCHS, 0.4).tolist()
    found = verdict(Curves(steady, level.tolist(), accuracy, val_accuracy, 2000, 2000, 7))
    assert (found.finding, found.rule) == ("overfitting", "only_training_goes_on")


def test_a_jagged_curve_that_falls_through_most_of_the_training_still_improves():
    """It jumps by 0.2 up and down, and falls by 0.02 an epoch: over ten epochs that is hidden, over eighteen not."""
    jagged = np.array([0.2, 0, -0.2, 0])[EPOCHS % 4]
    loss, accuracy = (2.3 - 0.02 * EPOCHS + jagged).tolist(), (0.3 - jagged / 5).tolist()
    falls = Curves(loss, loss, accuracy, accuracy, 2000, 2000, 10)
    assert verdict(falls).rule == "validation_falls_jaggedly"
    level = np.where(EPOCHS > 15, 2.3 - 0.02 * 15 + jagged, loss).tolist()
    assert verdict(replace(falls, loss=level, val_loss=level)).finding == "underfitting"


def test_since_when_it_overfits_is_the_epoch_of_the_lowest_validation_loss():
    shown = curves("overfitting")
    assert verdict(shown).epochs == (int(np.argmin(shown.val_loss)) + 1, 30)


def test_smoothing_noise_and_trends_by_hand():
    assert smooth([3.0, 1.0, 2.0, 9.0, 2.0]).tolist() == [3.0, 2.0, 2.0, 2.0, 2.0]
    assert noise([1.0, 1.0, 1.0, 1.0]) == 1e-4  # never nothing
    assert noise([2.0, 1.5, 1.0, 0.5]) == pytest.approx(0.015)  # a straight line has no jitter: a share of its fall
    jumping = [1.0, 1.1] * 6
    assert noise(jumping) == pytest.approx(2.0 * 1.4826 * 0.4 / math.sqrt(20))  # of third differences of 0.4
    assert fall(np.array([4.0, 3.0, 2.0])) == pytest.approx(2.0)
    assert fall(np.array([1.0, 1.0, 4.0])) == pytest.approx(-3.0)


def test_while_a_training_improves_nothing_is_said_and_then_what_holds():
    assert live(curves("still_improving")) is None
    assert live(curves("overfitting")).finding == "overfitting"


def test_an_opinion_hears_each_epoch_once_and_says_the_same():
    shown, opinion = curves("overfitting"), Opinion()
    for epochs in range(1, 31):
        assert opinion.hear(shown.until(epochs)) == live(shown.until(epochs))
    assert opinion.hear(shown.until(12)) == live(shown)  # a reader who is behind


def test_a_finding_does_not_go_for_one_epoch_that_looks_otherwise():
    shown, opinion = curves("good_fit"), Opinion()
    opinion.hear(shown)
    odd = replace(
        shown,
        val_loss=[*shown.val_loss, 0.3],
        **{name: [*getattr(shown, name), getattr(shown, name)[-1]] for name in ("loss", "accuracy", "val_accuracy")},
    )
    assert opinion.hear(odd).finding == "good_fit"


def test_a_fall_that_is_over_is_none_that_goes_on():
    """Of a run with a hundred images: most of twenty epochs show a fall, and the last six do not."""
    val_loss = (2.28, 2.22, 2.15, 2.04, 1.88, 1.66, 1.41, 1.17, 0.99, 0.79, 0.68, 0.63, 0.54, 0.5, 0.45, 0.44, 0.47)
    val_loss += (0.43, 0.45, 0.44)
    loss = (2.27, 2.21, 2.13, 1.99, 1.8, 1.56, 1.27, 0.99, 0.76, 0.57, 0.42, 0.33, 0.24, 0.18, 0.14, 0.12, 0.11)
    loss += (0.06, 0.05, 0.04)
    known = tuple(min(1.0, 1.06 - value / 2.4) for value in loss)
    held = tuple(1.04 - value / 2.6 for value in val_loss)
    assert verdict(Curves(loss, val_loss, known, held, 100, 287, 10)).finding == "overfitting"


def test_down_from_a_hump_is_no_more_than_back():
    hump = 0.42 + 1.8 * np.exp(-EPOCHS / 3) + 0.1 * np.exp(-(((EPOCHS - 24) / 4) ** 2))
    by_heart = tuple((2.3 * np.exp(-EPOCHS / 4)).tolist())
    known, held = falling(0.1, 1.0, 4), falling(0.1, 0.88, 4)
    shown = Curves(by_heart, tuple(hump.tolist()), tuple(known), tuple(held), 100, 287, 10)
    assert verdict(shown).finding != "still_improving"


def test_in_a_long_training_eight_epochs_without_a_new_lowest_are_long():
    epochs = np.arange(1, 201)
    val_loss = 1.13 + 1.2 * np.exp(-epochs / 60) + 0.06 * np.maximum(epochs - 185, 0) / 30
    loss = 2.3 * np.exp(-epochs / 100)
    known, held = np.minimum(1, epochs / 150), 0.68 * np.minimum(1, epochs / 110)
    lines = (tuple(line.tolist()) for line in (loss, val_loss, known, held))
    assert verdict(Curves(*lines, 20, 287, 10)).finding == "overfitting"
