"""README.txt of a package says whose network it is, and claims the test only for the one that was tested."""

from pathlib import Path

import pytest

from core.export.images import Source
from core.export.readme import readme
from tests.made.runs import make_run, result_of


@pytest.fixture
def run(store):
    return make_run(store, "finished", epochs=6)


def text_of(run, epoch):
    source = Source("", (), (), "splits.npz", {}, Path(), "")
    return " ".join(readme(run, [], source, False, epoch).split())


def test_the_kept_network_is_the_tested_one(run):
    result = result_of(6, run.history.start["n_validation"], run.history.start["n_test"])
    text = text_of(run, None)
    assert f"network of epoch 6. It gets {result['test_accuracy']:.2%} of {result['n_test']:,} test images" in text
    assert "not tested" not in text


def test_another_epoch_says_what_validation_said_of_it(run):
    text, n = text_of(run, 2), run.history.start["n_validation"]
    assert f"network of epoch 2. It got {1 - 0.7 / 2:.2%} of {n:,} validation images right. It was not tested" in text
    assert "of epoch 6, gets" in text


def test_the_network_before_the_first_step_has_learnt_nothing(run):
    assert "network of epoch 0. It has not learnt anything yet. It was not tested" in text_of(run, 0)
