"""`python -m core lessons`: lists the lessons, and says by its exit code whether they show what they promise."""

import json

import pytest

from core.__main__ import main
from core.commands import lessons as command
from core.data import cache
from core.data.catalogue import dataset
from core.lessons.lesson import Lesson, lessons
from core.lessons.promise import Beats, Reaches

TINY = {"dataset": "digits", "architecture": "softmax", "train_images": 200}


def lesson(name, *promises, **changes):
    settings = {**TINY, "learning_rate": 0.01, "epochs": 5, **changes}
    return Lesson("Tiny", "Tiny.", settings, "still_improving", ({"epochs": 1},), promises=promises, name=name)


@pytest.fixture
def known(monkeypatch):
    """Lets the command know these lessons only."""
    return lambda *made: monkeypatch.setattr(command, "lessons", lambda: {one.name: one for one in made})


def checked(capsys, *words):
    code = main(["lessons", "--check", "--json", *words])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_all_are_listed_with_their_runs(capsys):
    assert main(["lessons", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == list(lessons())
    assert rows["fits"] == {**rows["fits"], "topic": "fit", "runs": 1, "dataset": "digits", "available": True}
    assert all(row["runs"] == len(lessons()[name].recipes) for name, row in rows.items())


def test_one_is_listed_by_its_name_and_an_unknown_one_refused(capsys):
    assert main(["lessons", "fits"]) == 0
    assert "It fits" in capsys.readouterr().out
    assert main(["lessons", "sleeps"]) == 2
    assert "lesson=sleeps is unknown" in capsys.readouterr().err


def test_a_lesson_whose_images_are_absent_is_skipped_with_the_reason(known, monkeypatch, capsys):
    monkeypatch.setattr(cache, "available", lambda _dataset: False)
    known(lesson("tiny"))
    code, [told] = checked(capsys)
    assert (code, told["kept"], told["reason"]) == (0, None, "not on this machine: digits")
    assert main(["lessons", "--check", "tiny"]) == 0
    assert capsys.readouterr().out == "tiny seed 0: skipped in 0.0 s (not on this machine: digits)\n"


@pytest.mark.slow
def test_several_at_a_time_are_told_in_their_order(own_data_folder, capsys):
    absent = [name for name, lesson in lessons().items() if dataset(lesson.recipe.dataset).files]
    code, told = checked(capsys, *reversed(absent), "--seeds", "2", "--jobs", "2")
    assert code == 0
    asked = [(name, seed) for name in reversed(absent) for seed in (0, 1)]
    assert [(one["lesson"], one["seed"]) for one in told] == asked
    assert all(one["kept"] is None and "not on this machine" in one["reason"] for one in told)


@pytest.mark.slow
def test_a_lesson_that_keeps_its_promises_ends_well(known, capsys):
    known(lesson("tiny", Beats("A", "B", "loss"), Reaches("A", "val_accuracy", at_least=0.3)))
    code, told = checked(capsys, "--seeds", "2")
    assert (code, [one["seed"] for one in told], [one["kept"] for one in told]) == (0, [0, 1], [True, True]), told
    says = [promise["says"] for promise in told[0]["promises"]]
    assert says[0] == "A: the verdict is still_improving"
    assert len(says) == 3


@pytest.mark.slow
def test_a_broken_promise_is_told_and_ends_with_1(known, capsys):
    known(lesson("tiny", Reaches("B", "val_accuracy", at_least=0.99)))
    assert main(["lessons", "--check"]) == 1
    head, kept, broken = capsys.readouterr().out.splitlines()
    assert head.startswith("tiny seed 0: BROKEN in ")
    assert kept == "  + A: the verdict is still_improving"
    assert broken.startswith("  - B has ")
