"""What was expected of a run before it began stands beside what it took."""

import json

import pytest

from core.experiments.expected import foretold as foretell
from core.recipe.config import TrainingConfig
from core.runs import foretold
from core.runs.foretold import Foretold
from tests.made.runs import make_run


def test_what_was_expected_is_kept_with_the_run(store):
    expected = Foretold(12.5, predicted=True, at_most=False)
    run = store.create(TrainingConfig(), expected=expected)
    assert foretold.of(run) == expected
    assert foretold.of(store.create(TrainingConfig())) is None


@pytest.mark.parametrize(
    "content", ["", "[1]", '{"seconds": "soon", "predicted": true, "at_most": true}', '{"seconds": 1}']
)
def test_a_file_that_says_something_else_counts_as_nothing(store, content):
    run = store.create(TrainingConfig())
    (run.folder / foretold.FILE).write_text(content, "utf-8")
    assert foretold.of(run) is None


def test_a_run_took_as_long_as_from_its_worker_to_its_test(store):
    run = make_run(store, "finished")
    status = json.loads((run.folder / "status.json").read_text("utf-8"))
    began = run.attempts[0]["at"]
    (run.folder / "status.json").write_text(json.dumps({**status, "since": began + 17}), "utf-8")
    assert foretold.took(store.get(run.id)) == pytest.approx(17)
    known = foretell(store, run.config)  # the next of its kind
    assert known == Foretold(pytest.approx(17, abs=1), predicted=False, at_most=False)


@pytest.mark.parametrize("state", ["queued", "running", "stopped", "failed"])
def test_one_that_did_not_go_to_its_end_in_one_go_says_nothing(store, state):
    assert foretold.took(make_run(store, state)) is None


def test_of_images_that_are_not_there_nothing_is_foretold(store, own_data_folder):
    assert foretell(store, TrainingConfig(dataset="cifar10")) is None
