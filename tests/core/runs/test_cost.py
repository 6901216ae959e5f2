"""What was expected of a run before it began stands beside what it took, and what it used."""

import json
from pathlib import Path

import pytest

from core.experiments.expected import foretold as foretell
from core.recipe.config import TrainingConfig
from core.runs import cost
from core.runs.cost import Foretold, Used
from core.runs.history import History
from tests.made.runs import make_run


def test_what_was_expected_is_kept_with_the_run(store):
    expected = Foretold(12.5, predicted=True, at_most=False)
    run = store.create(TrainingConfig(), expected=expected)
    assert cost.foretold(run) == expected
    assert cost.foretold(store.create(TrainingConfig())) is None


@pytest.mark.parametrize(
    "content", ["", "[1]", '{"seconds": "soon", "predicted": true, "at_most": true}', '{"seconds": 1}']
)
def test_a_file_that_says_something_else_counts_as_nothing(store, content):
    run = store.create(TrainingConfig())
    (run.folder / cost.FILE).write_text(content, "utf-8")
    assert cost.foretold(run) is None


def test_a_run_took_as_long_as_from_its_worker_to_its_test(store):
    run = make_run(store, "finished")
    status = json.loads((run.folder / "status.json").read_text("utf-8"))
    began = run.attempts[0]["at"]
    (run.folder / "status.json").write_text(json.dumps({**status, "since": began + 17}), "utf-8")
    assert cost.took(store.get(run.id)) == pytest.approx(17)
    known = foretell(store, run.config)  # the next of its kind
    assert known == Foretold(pytest.approx(17, abs=1), predicted=False, at_most=False)


@pytest.mark.parametrize("state", ["queued", "running", "stopped", "failed"])
def test_one_that_did_not_go_to_its_end_in_one_go_says_nothing(store, state):
    assert cost.took(make_run(store, state)) is None


def test_of_images_that_are_not_there_nothing_is_foretold(store, own_data_folder):
    assert foretell(store, TrainingConfig(dataset="cifar10")) is None


def history(*told, seconds=(1.0, 3.0)):
    """Epochs that tell what they used."""
    epochs = [
        {"epoch": at, "seconds": long, **one} for at, (long, one) in enumerate(zip(seconds, told, strict=True), 1)
    ]
    return History(Path("nowhere"), epochs=epochs)


def used(cores, memory, **more):
    return {"used": {"cores": cores, "memory": memory, **more}}


def test_what_was_used_is_put_together():
    """(1·2 + 3·1) / 4 cores; the most memory; all energy."""
    more = {"gpu_joules": 2.5}
    both = history(used(2, 300, joules=5.5, gpu_memory=7, **more), used(1.0, 500, joules=1.5, gpu_memory=None, **more))
    assert cost.used(both) == Used(cores=1.25, memory=500, gpu_memory=7, joules=7.0, gpu_joules=5.0)
    assert cost.used(both, last=1) == Used(cores=1.0, memory=500, gpu_memory=None, joules=1.5, gpu_joules=2.5)


def test_energy_of_some_epochs_is_not_that_of_all():
    assert cost.used(history(used(1, 1, joules=2.0), used(1, 1))).joules is None


@pytest.mark.parametrize("other", [{}, {"used": 3}, {"used": {}}, used("many", 3), used(1, None)])
def test_epochs_that_do_not_tell_count_as_none(other):
    assert cost.used(history(other, other)) is None
    assert cost.used(history(other, used(1, 200))) == Used(1.0, 200)
    assert cost.used(History(Path("nowhere"))) is None
