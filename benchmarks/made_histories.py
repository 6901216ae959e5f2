"""Curves that real runs rarely show, from formulas: `python -m benchmarks.histories --made`.

They lie beside the real ones (`benchmarks.histories`). Each is made so that the meaning of one word fits it, and that
word is its label, whatever a rule says.
"""

import math

import numpy as np

from benchmarks.pen import Lines, Pen, Size, made

MANY, SOME, FIFTY, FEW = Size(4000, 2000, 10), Size(800, 300, 10), Size(300, 50, 5), Size(20, 8, 4)


# Diverged


@made("diverged", MANY, 6)
def no_number_at_once(pen: Pen) -> Lines:
    loss = np.array([2.2, 5.1, math.nan, math.nan, math.nan, math.nan])
    return pen.history(loss, loss * 1.1, np.full(6, 0.1), np.full(6, 0.1))


@made("diverged", MANY, 20)
def no_number_after_a_good_beginning(pen: Pen) -> Lines:
    loss = pen.fall(0.3, 4)
    loss[14:] = math.nan
    return pen.history(loss, loss + 0.1, np.full(20, 0.8), np.full(20, 0.78))


@made("diverged", MANY, 15)
def up_and_away(pen: Pen) -> Lines:
    loss = pen.start * np.exp(0.45 * pen.time)
    return pen.history(loss, loss * 1.05, np.full(15, 0.1), np.full(15, 0.1))


@made("diverged", SOME, 25, 0.05)
def up_to_another_height(pen: Pen) -> Lines:
    loss = np.where(pen.time < 6, pen.fall(0.9, 5), 14.0)
    return pen.history(loss, loss * 1.02, np.where(pen.time < 6, 0.6, 0.11), np.where(pen.time < 6, 0.58, 0.1))


@made("diverged", MANY, 30)
def up_after_long(pen: Pen) -> Lines:
    loss = np.where(pen.time < 24, pen.fall(0.4, 6), 9.0 + pen.time)
    return pen.history(loss, loss * 1.1, np.where(pen.time < 24, 0.85, 0.2), np.where(pen.time < 24, 0.82, 0.2))


@made("diverged", SOME, 12)
def infinite_on_validation(pen: Pen) -> Lines:
    loss, val_loss = pen.start + pen.time, pen.start * 4.0**pen.time
    val_loss[9:] = math.inf
    return pen.history(loss, val_loss, np.full(12, 0.12), np.full(12, 0.1))


# Not learning


@made("not_learning", MANY, 20, 0.0002)
def dead(pen: Pen) -> Lines:
    level = np.full(20, pen.start)
    return pen.history(level, level, np.full(20, 0.1003), np.full(20, 0.0985))


@made("not_learning", Size(500, 200, 5), 15, 0.004)
def dead_on_two_hundred(pen: Pen) -> Lines:
    level = np.full(15, pen.start)
    jitter = np.round(0.2 + pen.random.normal(0, 0.01, 15), 3)
    return pen.history(level, level, jitter, np.round(jitter + 0.01, 3))


@made("not_learning", SOME, 18, 0.003)
def one_class_only_after_a_first_step(pen: Pen) -> Lines:
    level = pen.start + 0.5 * np.exp(-pen.time)
    return pen.history(level, level, np.full(18, 0.103), np.full(18, 0.11))


@made("not_learning", MANY, 20, 0.02)
def a_restless_nothing(pen: Pen) -> Lines:
    level = np.full(20, pen.start * 1.02)
    return pen.history(level, level, 0.1 + pen.random.normal(0, 0.004, 20), 0.1 + pen.random.normal(0, 0.005, 20))


# Underfitting


@made("underfitting", MANY, 30)
def level_and_low(pen: Pen) -> Lines:
    loss = pen.fall(1.1, 3)
    return pen.history(loss, loss + 0.03)


@made("underfitting", Size(2000, 150, 7), 40, 0.015)
def level_and_low_with_few_to_validate(pen: Pen) -> Lines:
    loss = pen.fall(1.2, 4)
    return pen.history(loss, loss + 0.05)


@made("underfitting", MANY, 25, 0.015)
def restrained(pen: Pen) -> Lines:
    """Strong dropout: in inference mode a little better on validation than on training."""
    loss = pen.fall(0.9, 4)
    return pen.history(loss, loss - 0.03)


@made("underfitting", MANY, 30)
def level_with_a_spike_at_the_end(pen: Pen) -> Lines:
    loss = pen.fall(1.0, 3)
    loss[-1] *= 1.4
    return pen.history(loss, loss + 0.04)


# Still improving


@made("still_improving", MANY, 20)
def slowly_down(pen: Pen) -> Lines:
    loss = pen.fall(0.2, 15)
    return pen.history(loss, loss + 0.05)


@made("still_improving", SOME, 20)
def down_with_a_wide_gap(pen: Pen) -> Lines:
    return pen.history(pen.fall(0.02, 4), pen.fall(0.7, 14))


@made("still_improving", MANY, 24)
def down_again_after_the_rate_was_halved(pen: Pen) -> Lines:
    loss = np.where(pen.time < 18, pen.fall(0.8, 3), 0.8 - 0.05 * (pen.time - 17))
    return pen.history(loss, loss + 0.1)


@made("still_improving", MANY, 16)
def down_with_a_spike(pen: Pen) -> Lines:
    loss = pen.fall(0.1, 12)
    val_loss = loss + 0.08
    val_loss[-1] *= 1.35
    return pen.history(loss, val_loss)


@made("still_improving", SOME, 40)
def down_after_a_second_descent(pen: Pen) -> Lines:
    val_loss = pen.fall(0.9, 3) + 0.5 * np.exp(-(((pen.time - 14) / 5) ** 2)) - 0.018 * np.maximum(pen.time - 16, 0)
    return pen.history(pen.fall(0.02, 8), val_loss)


# A good fit


@made("good_fit", MANY, 30)
def level_and_high(pen: Pen) -> Lines:
    loss = pen.fall(0.06, 3)
    return pen.history(loss, loss + 0.03)


@made("good_fit", SOME, 40)
def a_gap_that_costs_nothing(pen: Pen) -> Lines:
    return pen.history(pen.fall(0.01, 3), pen.fall(0.35, 3))


@made("good_fit", MANY, 25)
def a_spike_in_the_last_epoch(pen: Pen) -> Lines:
    loss = pen.fall(0.08, 3)
    val_loss = loss + 0.05
    val_loss[-1] *= 2
    return pen.history(loss, val_loss)


@made("good_fit", MANY, 25)
def a_spike_in_the_middle(pen: Pen) -> Lines:
    loss = pen.fall(0.05, 3)
    val_loss = loss + 0.04
    val_loss[12] *= 6
    return pen.history(loss, val_loss)


@made("good_fit", Size(300, 50, 3), 30, 0.03)
def level_on_fifty(pen: Pen) -> Lines:
    loss = pen.fall(0.05, 3)
    return pen.history(loss, loss + 0.04)


@made("good_fit", MANY, 40)
def lost_and_back(pen: Pen) -> Lines:
    loss = np.where(np.abs(pen.time - 8) < 2, 8.0, pen.fall(0.07, 5))
    return pen.history(loss, loss + 0.03)


# Overfitting


@made("overfitting", SOME, 40)
def down_and_up(pen: Pen) -> Lines:
    return pen.history(pen.fall(0.01, 6), pen.fall(0.7, 4) + pen.rise(12, 0.02))


@made("overfitting", MANY, 40)
def surer_of_its_mistakes(pen: Pen) -> Lines:
    val_loss = pen.fall(0.5, 4) + pen.rise(10, 0.03)
    accuracy = pen.accuracy(pen.fall(0.5, 6), pen.size.validation)  # goes on rising a little
    return pen.history(pen.fall(0.005, 6), val_loss, None, accuracy)


@made("overfitting", MANY, 40)
def only_training_goes_on(pen: Pen) -> Lines:
    return pen.history(pen.fall(0.02, 16), pen.fall(0.9, 4))


@made("overfitting", Size(600, 200, 7), 50, 0.03)
def up_with_noise(pen: Pen) -> Lines:
    return pen.history(pen.fall(0.02, 8), pen.fall(1.0, 4) + pen.rise(10, 0.03))


@made("overfitting", SOME, 25)
def up_soon_and_far(pen: Pen) -> Lines:
    return pen.history(pen.fall(0.003, 2), pen.fall(0.9, 1.5) + pen.rise(3, 0.12))


# Memorising noise


@made("memorising_noise", MANY, 50, label_noise=0.4)
def two_fifths_wrong(pen: Pen) -> Lines:
    return _noisy(pen, 0.4, 8, 0.02)


@made("memorising_noise", MANY, 40, label_noise=0.2)
def a_fifth_wrong(pen: Pen) -> Lines:
    return _noisy(pen, 0.2, 6, 0.015)


@made("memorising_noise", SOME, 60, label_noise=0.6)
def three_fifths_wrong(pen: Pen) -> Lines:
    return _noisy(pen, 0.6, 10, 0.03)


@made("memorising_noise", SOME, 30, label_noise=0.3)
def a_third_wrong_and_soon(pen: Pen) -> Lines:
    return _noisy(pen, 0.3, 4, 0.04)


@made("good_fit", MANY, 25, label_noise=0.3)
def a_third_wrong_and_not_learnt(pen: Pen) -> Lines:
    """Training fits what is right and no more; validation stays level: noise alone is no verdict."""
    right = 1 - 0.3
    accuracy = right * (1 - np.exp(-(pen.time + 1) / 2)) - 0.02
    val_accuracy = 0.96 * (1 - np.exp(-(pen.time + 1) / 2))
    return pen.history(pen.fall(1.15, 2), pen.fall(0.45, 2), accuracy, val_accuracy)


def _noisy(pen: Pen, share: float, speed: float, slope: float) -> Lines:
    """Right labels first, within a few epochs; then the wrong ones, which validation pays for."""
    right = 1 - share
    learnt = 1 - np.exp(-(pen.time + 1) / 2)
    memorised = 1 - np.exp(-np.maximum(pen.time - 4, 0) / speed)
    accuracy = right * learnt + (1 - right) * memorised * 0.97
    val_loss = pen.fall(0.5 + share, 2) + pen.rise(5, slope)
    val_accuracy = (0.95 - 0.3 * share * memorised) * learnt
    loss = pen.fall(0.03, speed + 3)
    return pen.history(loss, val_loss, np.round(accuracy, 4), np.round(val_accuracy, 4))


# Too few images


@made("too_few_images", FEW, 20, 0.05)
def eight_to_validate(pen: Pen) -> Lines:
    return pen.history(pen.fall(0.05, 5), pen.fall(0.6, 5))


@made("too_few_images", Size(40, 12, 3), 30, 0.05)
def twelve_that_rise(pen: Pen) -> Lines:
    """One image more or less right is all that the curve shows."""
    return pen.history(pen.fall(0.05, 5), pen.fall(0.5, 4) + pen.rise(15, 0.004))


@made("too_few_images", Size(60, 15, 5), 25, 0.04)
def fifteen_and_low(pen: Pen) -> Lines:
    return pen.history(pen.fall(0.9, 3), pen.fall(1.0, 3))


@made("too_few_images", Size(15, 10, 4), 15, 0.03)
def ten_at_chance(pen: Pen) -> Lines:
    level = np.full(15, pen.start)
    return pen.history(level, level)


@made("too_few_images", Size(24, 6, 3), 20, 0.03)
def six_all_right(pen: Pen) -> Lines:
    loss = pen.fall(0.05, 3)
    return pen.history(loss, loss + 0.05, None, np.minimum(1, np.round((pen.time + 1) / 6, 2)))
