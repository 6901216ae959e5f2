"""What was said before a run: kept, read back without trust, and its error worked out by hand."""

import json

import numpy as np
import pytest

from core.errors import StorageError
from core.recipe.config import TrainingConfig
from core.runs import prediction as predictions
from core.runs.prediction import Prediction, curve_error

SAID = Prediction(((1, 0.1), (5, 0.5), (9, 0.9)), turns_at=7, test_accuracy=0.95, lesson="fits", choice=0, words="so?")


@pytest.fixture
def run(store):
    return store.create(TrainingConfig())


def test_what_was_said_comes_back(run):
    assert predictions.of(run) is None
    predictions.save(run, SAID)
    assert predictions.of(run) == SAID


def test_a_run_is_made_with_what_was_said_or_not_at_all(store, monkeypatch):
    assert predictions.of(store.create(TrainingConfig(), prediction=SAID)) == SAID

    def full(*_given):
        raise StorageError("The disk is full.")

    monkeypatch.setattr(predictions, "save", full)
    with pytest.raises(StorageError):
        store.create(TrainingConfig(), prediction=SAID)
    assert len(store.all()) == 1


@pytest.mark.parametrize(
    ("stored", "known"),
    [
        ("[]", None),
        ("{", None),
        ("{}", None),
        ('{"turns_at": -1, "test_accuracy": 1.5, "choice": true, "curve": 3, "words": 4, "lesson": null}', None),
        (
            '{"curve": [[1, 0.5], [2], ["a", 1], [3, 7], [4, 0.25]], "turns_at": 2}',
            Prediction(((1, 0.5), (4, 0.25)), 2),
        ),
        ('{"curve": [[9, 0.5], [1, 0.25]]}', Prediction(((1, 0.25), (9, 0.5)))),
    ],
)
def test_what_does_not_fit_counts_as_not_said(run, stored, known):
    (run.folder / predictions.FILE).write_text(stored, "utf-8")
    assert predictions.of(run) == known


def test_the_error_of_a_curve_is_the_mean_distance_where_both_are_known():
    said = Prediction(((2, 0.2), (4, 0.6)))
    epochs, truth = [1, 2, 3, 4, 5], [0.9, 0.3, 0.4, 0.5, 0.9]
    np.testing.assert_allclose(said.at(epochs), [np.nan, 0.2, 0.4, 0.6, np.nan])
    assert curve_error(said, epochs, truth) == pytest.approx((0.1 + 0.0 + 0.1) / 3)


def test_without_a_common_epoch_there_is_no_error():
    assert curve_error(Prediction(), [1, 2], [0.5, 0.5]) is None
    assert curve_error(Prediction(((8, 0.5), (9, 0.5))), [1, 2], [0.5, 0.5]) is None


def test_it_is_written_as_plain_numbers(run):
    predictions.save(run, SAID)
    assert json.loads((run.folder / predictions.FILE).read_text("utf-8"))["curve"] == [[1, 0.1], [5, 0.5], [9, 0.9]]
