"""Every lesson trains to what it promises, within the time of a lesson."""

import time

import pytest

from core.fit.curves import LINES, Curves
from core.fit.verdict import verdict
from core.lessons.lesson import lessons
from core.runs.reports import EpochDone, Started

SECONDS = 60  # of calculation, which is half a minute on 2 cores, Keras already imported


def test_there_is_a_lesson_for_each_thing_that_can_happen():
    assert {"underfitting", "good_fit", "overfitting"} <= {lesson.expectation for lesson in lessons().values()}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(lessons()))
def test_a_lesson_shows_what_it_promises(name):
    from core.training.loop import train

    lesson = lessons()[name]
    reports = []
    began = time.process_time()
    train(lesson.recipe, reports.append, lambda: False)
    seconds = time.process_time() - began
    done = [report for report in reports if isinstance(report, EpochDone)]
    start = next(report for report in reports if isinstance(report, Started))
    loss, val_loss, accuracy, val_accuracy = ([getattr(epoch, name) for epoch in done] for name in LINES)
    counts = start.n_scored, start.n_validation, start.n_classes, lesson.recipe.label_noise, start.baseline
    found = verdict(Curves(loss, val_loss, accuracy, val_accuracy, *counts))
    assert found.finding == lesson.expectation, found
    assert seconds < SECONDS
    match lesson.expectation:  # once more in numbers, without the verdict's rules
        case "underfitting":
            assert accuracy[-1] < 0.8
            assert abs(accuracy[-1] - val_accuracy[-1]) < 0.05
        case "good_fit":
            assert val_accuracy[-1] > 0.95
            assert abs(accuracy[-1] - val_accuracy[-1]) < 0.03
        case "overfitting":
            assert accuracy[-1] - val_accuracy[-1] > 0.1
            assert val_loss[-1] > 1.1 * min(val_loss)
            assert loss[-1] < min(loss[: len(loss) // 2])


@pytest.mark.slow
def test_the_default_recipe_is_good_in_ten_seconds():
    from core.recipe.config import TrainingConfig
    from core.training.loop import train

    reports = []
    began = time.process_time()
    train(TrainingConfig(), reports.append, lambda: False)
    assert time.process_time() - began < 20  # of calculation, on 2 cores
    assert max(report.val_accuracy for report in reports if isinstance(report, EpochDone)) >= 0.95
