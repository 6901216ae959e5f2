"""A promise is asked of made runs, and answers what can be worked out by hand: kept here, broken there."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.errors import RunError
from core.files import write_whole
from core.lessons import promise
from core.lessons.promise import Answer, Beats, Flatters, Loses, Reaches, Shows
from core.recipe.config import TrainingConfig
from core.runs.run import EVALUATION
from tests.made.runs import answer_wrongly, make_run

SPLITS = ("train", "validation", "test")
ONE_OF_TWO = TrainingConfig(epochs=12, classes=("3", "8"))


@pytest.fixture
def runs(store):
    """A has every second validation image wrong, B one in twenty."""
    made = [make_run(store, "finished", answered=SPLITS) for _ in range(2)]
    for run, every in zip(made, (2, 20), strict=True):
        answer_wrongly(run, every)
    return made


def answer_with(run, split, wrong):
    """Lets a run take the images at those places for the next class, and all others for what they are."""
    with np.load(run.folder / EVALUATION) as file:
        arrays = dict(file)
    labels = arrays[f"{split}_labels"]
    probabilities = np.eye(int(labels.max()) + 1, dtype=np.float32)[labels]
    probabilities[wrong] = np.roll(probabilities[wrong], 1, axis=1)
    arrays[f"{split}_probabilities"] = probabilities
    write_whole(run.folder / EVALUATION, lambda file: np.savez(file, **arrays))
    return labels


def test_shows_reads_the_curves_of_its_run(runs):
    """The made losses fall by a half, a third, a quarter … to the end: 2.1 / epoch is still improving."""
    answer = Shows("B", ("still_improving",)).ask(runs)
    assert answer == Answer(True, "{run}: the verdict is {finding}", {"run": "B", "finding": "still_improving"})
    assert Shows("A", ("good_fit", "still_improving")).ask(runs).kept
    assert not Shows("A", ("good_fit", "overfitting")).ask(runs).kept


def test_a_run_without_an_epoch_shows_nothing(store):
    answer = Shows("A", ("good_fit",)).ask([make_run(store, "starting")])
    assert (answer.kept, answer.values["finding"]) == (False, "")


@pytest.mark.parametrize("by", ["accuracy", "loss"])
def test_the_better_run_beats_the_worse_and_not_the_other_way(runs, by):
    assert Beats("B", "A", by).ask(runs).kept
    assert not Beats("A", "B", by).ask(runs).kept
    assert not Beats("A", "A", by).ask(runs).kept


def test_beats_tells_both_numbers(runs):
    """287 images: 144 of them at 0, 2, 4 …, 15 at 0, 20, 40 …; sure ones cost -ln 0.91, mistaken ones -ln 0.01."""
    values = Beats("B", "A").ask(runs).values
    assert values == {
        "better": "B",
        "worse": "A",
        "better_accuracy": pytest.approx(272 / 287),
        "worse_accuracy": pytest.approx(143 / 287),
        "n": 287,
    }
    losses = Beats("B", "A", "loss").ask(runs).values
    right, wrong = -np.log(0.91), -np.log(0.01)
    assert losses["better_loss"] == pytest.approx((272 * right + 15 * wrong) / 287, rel=1e-4)
    assert losses["worse_loss"] == pytest.approx((143 * right + 144 * wrong) / 287, rel=1e-4)


@pytest.mark.parametrize(("more", "kept"), [(5, False), (6, True)])
def test_a_lead_that_a_coin_might_give_is_none(runs, more, kept):
    """McNemar: five images that only one run has right come that way in 2 of 32 cases, six in 2 of 64."""
    a, b = runs
    answer_with(a, "validation", np.arange(more))
    answer_with(b, "validation", [])
    assert Beats("B", "A").ask(runs).kept is kept


@pytest.mark.parametrize(("measure", "hits", "n"), [("train_accuracy", 1022, 1150), ("test_accuracy", 320, 360)])
def test_reaches_counts_the_images_of_its_split(runs, measure, hits, n):
    """Of the made answers one in nine is wrong, from the first on."""
    answer = Reaches("A", measure, at_least=0.8).ask(runs)
    assert (answer.kept, answer.values) == (True, {"run": "A", "share": pytest.approx(hits / n), "n": n})
    assert not Reaches("A", measure, at_least=0.9).ask(runs).kept
    assert not Reaches("A", measure, at_most=0.85).ask(runs).kept


def test_reaches_asks_about_validation_and_holds_both_bounds(runs):
    assert Reaches("A", "val_accuracy", at_most=143 / 287).ask(runs).kept
    assert Reaches("B", "val_accuracy", at_least=0.9, at_most=0.95).ask(runs).kept
    assert not Reaches("B", "val_accuracy", at_least=0.95).ask(runs).kept


def test_the_least_recall_is_of_the_class_that_is_found_most_rarely(store):
    run = make_run(store, "finished", ONE_OF_TWO, answered=SPLITS)
    labels = answer_with(run, "validation", [])
    eights = np.flatnonzero(labels == 1)
    answer_with(run, "validation", eights[: len(eights) // 2])
    answer = Reaches("A", "least_recall", at_most=0.6).ask([run])
    half = 1 - len(eights) // 2 / len(eights)
    assert (answer.kept, answer.values["share"], answer.values["n"]) == (True, pytest.approx(half), len(eights))
    assert not Reaches("A", "least_recall", at_least=0.6).ask([run]).kept


def test_a_test_flatters_where_its_interval_lies_above_that_of_validation(runs):
    """320 of 360 in the test, at least 0.852 of all; validation 143 of 287 (A), and 272 of 287, at most 0.968 (B)."""
    answer = Flatters("A").ask(runs)
    values = {"run": "A", "test": pytest.approx(320 / 360), "validation": pytest.approx(143 / 287), "n": 287}
    assert (answer.kept, answer.values) == (True, values)
    assert not Flatters("B").ask(runs).kept


def test_a_test_that_is_better_within_chance_does_not_flatter(runs):
    """242 of 287 are 0.843, at most 0.881: the test's 0.889 is above, but may be 0.852."""
    answer_with(runs[0], "validation", np.arange(45))
    assert not Flatters("A").ask(runs).kept
    answer_with(runs[0], "validation", np.arange(75))  # 212 of 287: at most 0.786
    assert Flatters("A").ask(runs).kept


class Left:
    """Stands in for a network: it looks at the left half of a picture, and sees a 3 where it is brighter."""

    def probabilities(self, images):
        bright = images[:, :, : images.shape[2] // 2].mean(axis=(1, 2, 3)) > images.mean(axis=(1, 2, 3))
        return np.stack([bright, ~bright], axis=1).astype(np.float32)


def test_loses_asks_the_network_about_the_changed_images(store, monkeypatch):
    """A picture that is moved to the right by half of its width has nothing left on the left: it is always an 8."""
    run = make_run(store, "finished", ONE_OF_TWO, answered=SPLITS)
    labels = answer_with(run, "test", [])
    monkeypatch.setattr(promise, "loaded", lambda _run: SimpleNamespace(network=Left()))
    monkeypatch.setattr(
        promise.prepare, "pictures", lambda _data, _recipe, rows: np.where(_lit_left(labels), 200, 0).astype(np.uint8)
    )
    answer = Loses("A", "shift", 50, at_most=0.6).ask([run])
    eights = float(np.mean(labels == 1))
    assert answer.values == {"run": "A", "before": 1.0, "share": pytest.approx(eights), "n": len(labels)}
    assert answer.kept
    assert not Loses("A", "shift", 50, at_most=0.4).ask([run]).kept
    assert not Loses("A", "shift", 0, at_most=0.9).ask([run]).kept  # nothing is changed: all are right


def _lit_left(labels):
    """(n, 8, 8, 1): the inner left of each 3 and the inner right of each 8; the border is dark."""
    lit = np.zeros((len(labels), 8, 8, 1), bool)
    lit[labels == 0, 2:6, 1:3] = True
    lit[labels == 1, 2:6, 5:7] = True
    return lit


def test_a_run_without_answers_is_an_error_and_no_broken_promise(store):
    waiting = [make_run(store, "running")]
    for asked in (Reaches("A", "val_accuracy"), Beats("A", "A"), Loses("A", "shift", 20, 0.5)):
        with pytest.raises(RunError):
            asked.ask(waiting)


def test_an_answer_reads_as_a_sentence():
    said = str(
        Answer(True, "{run} has {share} of its training images right (n = {n})", {"run": "A", "share": 2 / 3, "n": 9})
    )
    assert said == "A has 0.667 of its training images right (n = 9)"
