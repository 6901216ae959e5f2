"""Every lesson is whole: valid recipes, a question with its answers, both languages; three of them are trained."""

import dataclasses
import re
import time

import pytest

from core.data.catalogue import dataset
from core.fit.curves import LINES, Curves
from core.fit.rules import MEANINGS
from core.fit.verdict import verdict
from core.lessons.lesson import TEXTS, TOPICS, lessons
from core.lessons.promise import LETTERS
from core.recipe.config import SETTINGS
from core.runs.reports import EpochDone, Started

SECONDS = 60  # of calculation, which is half a minute on 2 cores, Keras already imported
TRAINED = ("fits", "overfits", "underfits")  # here; `make lessons` trains them all, over several seeds
RUN = re.compile(r"\b[B-Z]\b(?=[\s,.;:?)]|$)")  # A is a word of English too; L2 and l', d' are no runs

every = pytest.mark.parametrize("name", list(lessons()))


def test_there_are_lessons_for_each_thing_that_can_happen_and_on_each_topic():
    assert {"underfitting", "good_fit", "overfitting"} <= {lesson.expectation for lesson in lessons().values()}
    assert {lesson.topic for lesson in lessons().values()} == set(TOPICS)
    assert len(lessons()) >= 15
    assert set(TRAINED) <= set(lessons())


def test_most_lessons_need_no_download():
    asked = [{recipe.dataset for recipe in lesson.recipes} for lesson in lessons().values()]
    assert sum(not any(dataset(name).files for name in names) for names in asked) >= 13


@every
def test_its_recipes_are_valid_and_no_two_are_alike(name):
    recipes = lessons()[name].recipes
    assert len(set(map(repr, recipes))) == len(recipes) <= len(LETTERS)
    assert len({(recipe.seed, recipe.validation_fraction) for recipe in recipes}) == 1  # so that they can be compared


@every
def test_it_promises_something_about_runs_that_it_has(name):
    lesson = lessons()[name]
    letters = {
        letter
        for promise in lesson.promised
        for field in dataclasses.fields(promise)
        if field.name in ("run", "better", "worse")
        for letter in getattr(promise, field.name)
    }
    assert letters <= set(letters_of(lesson))
    assert set(lesson.promised[0].findings) <= set(MEANINGS)
    assert not lesson.twins or lesson.promises  # a twin shows something beside A
    assert 0 < lesson.seconds <= 60


@every
def test_its_levers_are_settings_and_move_what_its_twins_change(name):
    lesson = lessons()[name]
    assert set(lesson.levers) <= set(SETTINGS)
    changed = {setting for twin in lesson.twins for setting in twin}
    assert not lesson.levers or changed <= set(lesson.levers)


@every
def test_its_question_has_answers_of_which_one_is_right(name):
    lesson = lessons()[name]
    if not lesson.question:
        assert not lesson.choices
        return
    assert lesson.question.endswith("?")
    assert 2 <= len(lesson.choices) <= 4
    assert len(set(lesson.choices)) == len(lesson.choices)
    assert lesson.right in range(len(lesson.choices))
    assert lesson.answer


@every
def test_its_texts_are_plain_and_name_no_run_that_it_has_not(name):
    lesson = lessons()[name]
    for text in [*said(lesson), *(word for words in lesson.translations.values() for word in words.values())]:
        assert "!" not in text, text
        assert "\N{EM DASH}" not in text, text
        assert set(RUN.findall(text)) <= set(letters_of(lesson)), text


@every
def test_what_it_says_is_translated(name):
    """A lesson that is dropped in may bring less; it is then shown in English, and `make words` tells what lacks."""
    lesson = lessons()[name]
    if not lesson.question:
        return
    from dashboard.words import of_plugins  # late: only lessons of ours need it

    assert not [text for text in said(lesson) if text not in of_plugins("fr")]


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAINED)
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
            assert accuracy[-1] < 0.5
            assert abs(accuracy[-1] - val_accuracy[-1]) < 0.15  # half of what is lacking on the training images
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


def letters_of(lesson):
    return LETTERS[: len(lesson.recipes)]


def said(lesson):
    """All English that a learner or teacher reads of it."""
    return [text for text in (*(getattr(lesson, field) for field in TEXTS), *lesson.choices) if text]
