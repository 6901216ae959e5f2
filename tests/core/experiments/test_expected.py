"""How long an experiment will take: by earlier runs here, and by a short calibration where there are none."""

import json

import pytest

from core.errors import SettingError
from core.experiments.expected import EPOCH_SECONDS, RUN_SECONDS, calibrate, expected
from core.experiments.kind import Cell, kinds
from core.recipe.config import TrainingConfig
from core.training import scored
from core.training.layers import Layer, Plan
from core.training.worker import calibrated
from tests.made.runs import make_run

EPOCH = 2.0  # seconds
N_TRAIN, N_VALIDATION = 1150, 287


def slowly(store, **settings):
    """A finished run whose epochs took two seconds each, and that took five more besides."""
    run = make_run(store, "finished", TrainingConfig(epochs=6, **settings))
    lines = [json.loads(line) for line in (run.folder / "events.jsonl").read_text("utf-8").splitlines()]
    for line in lines:
        if line["event"] == "epoch":
            line["at"] = 1000 + EPOCH * line["epoch"]
    (run.folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    status = json.loads((run.folder / "status.json").read_text("utf-8"))
    began = run.attempts[0]["at"]
    (run.folder / "status.json").write_text(json.dumps({**status, "since": began + 5 + 6 * EPOCH}), "utf-8")
    return run


def cells(**settings):
    return [Cell({}, TrainingConfig(**settings))]


def test_by_earlier_runs_of_the_same_network(store):
    slowly(store)
    found = expected(store, cells(epochs=10) * 3)
    assert found.seconds == pytest.approx(3 * (5 + 10 * EPOCH))
    assert (found.runs, found.predicted, found.at_most) == (3, False, False)
    assert expected(store, cells(epochs=10) * 4, at_once=lambda _recipe: 2).seconds == pytest.approx(
        2 * (5 + 10 * EPOCH)
    )


def test_fewer_images_take_less_and_scoring_a_third(store):
    slowly(store)
    work = N_TRAIN + sum(scored.sizes(N_TRAIN, N_VALIDATION)) / 3
    fewer = 100 + sum(scored.sizes(100, N_VALIDATION)) / 3
    found = expected(store, cells(epochs=1, train_images=100)).seconds
    assert found == pytest.approx(5 + EPOCH_SECONDS + (EPOCH - EPOCH_SECONDS) * fewer / work)


def test_where_a_run_may_stop_early_it_is_the_most(store):
    slowly(store)
    assert expected(store, cells(early_stopping_patience=3)).at_most


def test_of_a_network_that_was_never_trained_here_nothing_is_known(store):
    slowly(store, batch_size=16)
    found = expected(store, cells())
    assert found.seconds is None
    assert found.predicted


def described(multiply_adds=1000, parameters=0, shape=(1,)):
    """What a worker says of a network of one layer."""
    layer = Layer("dense", "Dense", shape, parameters, multiply_adds)
    return {"plan": Plan((layer,), parameters, parameters, multiply_adds).as_dict()}


def answering(asked, speeds):
    """A worker that says how large and how fast networks are, by their filters."""

    def ask(question):
        asked.append(question)
        if "describe" in question:
            return described(multiply_adds=1000 * question["describe"]["settings"]["filter_multiplier"])
        return {"seconds": speeds[question["calibrate"]["filter_multiplier"]]}

    return ask


def test_the_smallest_and_the_largest_network_are_timed_and_the_others_lie_between(store):
    asked = []
    several = [Cell({}, TrainingConfig(filter_multiplier=width, epochs=1)) for width in (0.25, 1.0, 4.0)]
    calibrate(store, several, answering(asked, {0.25: 0.001, 4.0: 0.016}))
    assert [one["calibrate"]["filter_multiplier"] for one in asked if "calibrate" in one] == [0.25, 4.0]
    work = N_TRAIN + sum(scored.sizes(N_TRAIN, N_VALIDATION)) / 3
    for width, one in zip((0.25, 1.0, 4.0), several, strict=True):
        found = expected(store, [one])
        assert found.seconds == pytest.approx(RUN_SECONDS + EPOCH_SECONDS + 0.004 * width * work)
        assert found.predicted


def test_small_batches_take_longer_for_each_image_and_the_others_lie_between(store):
    speeds = {16: 0.001 + 0.032 / 16, 128: 0.001 + 0.032 / 128}

    def ask(question):
        if "describe" in question:
            return described(multiply_adds=1000)
        return {"seconds": speeds[question["calibrate"]["batch_size"]]}

    several = [Cell({}, TrainingConfig(batch_size=size, epochs=1)) for size in (16, 32, 128)]
    calibrate(store, several, ask)
    work = N_TRAIN + sum(scored.sizes(N_TRAIN, N_VALIDATION)) / 3
    between = expected(store, several[1:2]).seconds - RUN_SECONDS - EPOCH_SECONDS
    assert between == pytest.approx((0.001 + 0.032 / 32) * work)


@pytest.mark.parametrize("growing", ["filter_multiplier", "batch_size"])
def test_the_memory_of_those_between_goes_by_the_numbers_that_a_step_holds(store, growing):
    """500 MB each, 4 bytes for each of 4 numbers a weight and of 2 a place of a layer and image."""

    def weights(width):
        return int(1e6 * (width or 1))

    def ask(question):
        recipe = question.get("describe", {}).get("settings") or question["calibrate"]
        width = recipe.get("filter_multiplier") or 1
        if "describe" in question:
            return described(multiply_adds=int(1e6 * width), parameters=weights(width), shape=(20, 20, 10))
        held = 4 * weights(width) + 2 * recipe["batch_size"] * 4000
        return {"seconds": 0.001, "memory": 500_000_000 + 4 * held}

    values = {"filter_multiplier": (0.25, 1.0, 4.0), "batch_size": (16, 64, 1024)}[growing]
    several = [Cell({}, TrainingConfig(**{growing: value}, epochs=1)) for value in values]
    calibrate(store, several, ask)
    batch = 64 if growing == "batch_size" else TrainingConfig().batch_size
    by_hand = 500_000_000 + 16 * weights(1.0) + 8 * batch * 4000
    assert expected(store, several[1:2]).memory == pytest.approx(by_hand, rel=1e-3)


def test_what_was_measured_counts_more_than_what_was_predicted(store):
    calibrate(store, cells(), answering([], {None: 1.0}))
    slowly(store)
    found = expected(store, cells(epochs=10))
    assert found.seconds == pytest.approx(5 + 10 * EPOCH)
    assert not found.predicted
    asked = []
    calibrate(store, cells(), answering(asked, {}))
    assert asked == []  # it is known


def test_a_network_that_cannot_be_built_is_told_and_nothing_is_kept(store):
    refusal = SettingError("Too deep for {n} pixels; choose fewer blocks.", n=8).as_json()
    with pytest.raises(SettingError, match="Too deep for 8 pixels"):
        calibrate(store, cells(), lambda _question: refusal)
    assert expected(store, cells()).seconds is None


def test_a_file_of_paces_that_is_damaged_counts_as_none(store):
    calibrate(store, cells(), answering([], {None: 1.0}))
    (store.folder / ".paces.json").write_text('{"a": "b"', "utf-8")
    assert expected(store, cells()).seconds is None


def test_every_question_can_be_estimated_before_its_start(store):
    slowly(store)
    for kind in kinds().values():
        made = kind.cells(TrainingConfig(), {})
        if expected(store, made).seconds is None:
            calibrate(store, made, answering([], dict.fromkeys((None, 0.25, 1.0, 4.0), 0.001)))
        cheaper = kind.cells(TrainingConfig(), kind.cheaper)
        assert 0 < expected(store, cheaper).seconds < expected(store, made).seconds


@pytest.mark.slow
def test_a_larger_network_is_timed_as_slower():
    small, large = (TrainingConfig(filter_multiplier=width).as_dict() for width in (0.25, 4.0))
    assert 0 < calibrated(small)["seconds"] < calibrated(large)["seconds"]


@pytest.mark.slow
def test_a_network_that_cannot_be_built_answers_with_the_reason():
    assert "error" in calibrated(TrainingConfig(architecture="cnn_three_blocks").as_dict())  # digits are 8×8
