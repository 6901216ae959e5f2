"""More curves from formulas, for judging rules that stand: none was looked at while they were tuned."""

import numpy as np

from benchmarks.made_histories import FIFTY, MANY, SOME
from benchmarks.pen import Lines, Pen, Size, made


@made("overfitting", Size(200, 100, 4), 60, jitter=0.02)
def slowly_up_on_a_hundred(pen: Pen) -> Lines:
    return pen.history(pen.fall(0.01, 8), pen.fall(0.6, 5) + pen.rise(15, 0.015))


@made("still_improving", MANY, 30)
def level_for_long_and_then_down(pen: Pen) -> Lines:
    loss = np.where(pen.time < 20, pen.fall(1.3, 3), 1.3 - 0.06 * (pen.time - 19))
    return pen.history(loss, loss + 0.05)


@made("good_fit", SOME, 60)
def level_after_a_second_descent(pen: Pen) -> Lines:
    val_loss = pen.fall(0.25, 3) + 0.6 * np.exp(-(((pen.time - 12) / 4) ** 2))
    return pen.history(pen.fall(0.01, 5), val_loss)


@made("diverged", MANY, 20)
def away_in_the_last_epochs(pen: Pen) -> Lines:
    loss = np.where(pen.time < 16, pen.fall(0.5, 4), 20.0 * (pen.time - 14))
    right = np.where(pen.time < 16, 0.84, 0.1)
    return pen.history(loss, loss * 1.05, right, right)


@made("memorising_noise", SOME, 80, label_noise=0.5)
def half_wrong_and_slowly(pen: Pen) -> Lines:
    memorised = 1 - np.exp(-np.maximum(pen.time - 6, 0) / 25)
    learnt = 1 - np.exp(-(pen.time + 1) / 3)
    accuracy, val_accuracy = (0.5 + 0.45 * memorised) * learnt, (0.93 - 0.2 * memorised) * learnt
    return pen.history(
        pen.fall(0.2, 30), pen.fall(0.9, 3) + pen.rise(8, 0.012), np.round(accuracy, 4), np.round(val_accuracy, 4)
    )


@made("underfitting", FIFTY, 30, jitter=0.02)
def level_and_low_on_fifty(pen: Pen) -> Lines:
    loss = pen.fall(1.1, 3)
    return pen.history(loss, loss + 0.04)
