"""The epoch loop, against Keras and scikit-learn, and against itself when it is interrupted."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from core.errors import DataError, SettingError
from core.recipe.config import TrainingConfig
from core.runs.reports import EpochDone, Preparing, Started, StepsDone
from tests.made import by_name

pytestmark = pytest.mark.slow  # imports TensorFlow

SMALL = TrainingConfig(epochs=3, train_images=200, seed=4)


@pytest.fixture(scope="module")
def training():
    import core.training.loop

    return core.training.loop


def run(training, config, last=None, best=None, stop_after=None):
    """Trains, collecting every report; asks to stop once `stop_after` epochs are complete."""
    reports = []
    done = lambda: stop_after is not None and sum(isinstance(r, EpochDone) for r in reports) >= stop_after  # noqa: E731
    snapshots = {}

    def report(one):
        reports.append(one)
        if isinstance(one, EpochDone):
            snapshots["last"] = one.snapshot()
            if one.best:
                snapshots["best"] = snapshots["last"]

    trained = training.train(config, report, done, last, best)
    return trained, reports, snapshots


def epochs(reports):
    """What the curves are drawn from, without the wall-clock times."""
    return [
        (r.epoch, r.loss, r.accuracy, r.val_loss, r.val_accuracy, r.learning_rate, r.best, r.said.tobytes())
        for r in reports
        if isinstance(r, EpochDone)
    ]


def weights(model):
    return [np.array(variable.numpy()) for variable in model.variables]


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "rmsprop"])
def test_every_optimizer_learns(training, name):
    rate = 0.05 if name == "sgd" else 0.005
    _trained, reports, _ = run(training, TrainingConfig(optimizer=name, learning_rate=rate, epochs=4, train_images=400))
    curve = epochs(reports)
    assert curve[-1][1] < 0.9 * curve[0][1]


def test_scores_are_those_of_the_network_in_inference_mode(training):
    """Heavy dropout would distort a running average; 287 validation images are not a multiple of any batch."""
    config = TrainingConfig(epochs=2, dropout=0.9, restore_best_weights=False, train_images=250)  # all are scored
    trained, reports, _ = run(training, config)
    _epoch, loss, accuracy, val_loss, val_accuracy, *_rest = epochs(reports)[-1]
    for split, told_loss, told_accuracy in (
        (trained.splits.train, loss, accuracy),
        (trained.splits.validation, val_loss, val_accuracy),
    ):
        probabilities = trained.model.predict(split.images / np.float32(255), batch_size=64, verbose=0)
        assert told_accuracy == pytest.approx(accuracy_score(split.labels, probabilities.argmax(1)), abs=1e-9)
        expected = log_loss(split.labels, probabilities.astype(np.float64), labels=range(10))
        assert told_loss == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    "config",
    [
        TrainingConfig(epochs=6, train_images=300, early_stopping_patience=3, reduce_lr_patience=1, learning_rate=0.02),
        TrainingConfig(architecture="cnn_batchnorm", image_size=12, epochs=4, train_images=128, optimizer="adamw"),
        TrainingConfig(architecture="mlp_dropout", epochs=5, train_images=300, optimizer="rmsprop", batch_size=50),
        TrainingConfig(
            epochs=4,
            train_images=200,
            label_noise=0.2,
            augmentation=True,
            shear=0.1,
            flip="both",
            contrast=0.3,
            augmentation_noise=0.1,
            random_erasing=0.2,
        ),
        TrainingConfig(epochs=5, train_images=300, schedule="one_cycle", warmup_epochs=1, optimizer="sgd", l1=1e-4),
        TrainingConfig(
            epochs=5,
            train_images=300,
            schedule="cosine",
            learning_rate=0.05,
            reduce_lr_patience=1,
            reduce_lr_monitor="loss",
            reduce_lr_factor=0.3,
        ),
    ],
    ids=["patience", "batch norm", "dropout", "augmentation", "one cycle", "cosine and plateau"],
)
def test_a_resumed_run_equals_the_uninterrupted_one_bit_for_bit(training, config):
    straight, reports, _ = run(training, config)
    _, first, snapshots = run(training, config, stop_after=2)
    again = {name: dict(snapshot) for name, snapshot in snapshots.items()}
    resumed, rest, _ = run(training, config, again["last"], again["best"])
    assert epochs(first) + epochs(rest) == epochs(reports)
    assert (resumed.epoch, resumed.last_epoch) == (straight.epoch, straight.last_epoch)
    for one, other in zip(weights(resumed.model), weights(straight.model), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_snapshot_survives_the_file_it_is_written_to(training, tmp_path):
    _, _, snapshots = run(training, SMALL, stop_after=1)
    np.savez(tmp_path / "last.npz", **snapshots["last"])
    with np.load(tmp_path / "last.npz", allow_pickle=False) as file:
        read = {name: file[name] for name in file.files}
    assert json.loads(str(read["progress"]))["epoch"] == 1
    for name, value in snapshots["last"].items():
        np.testing.assert_array_equal(read[name], value)


def test_stop_ends_within_the_epoch_and_keeps_the_last_complete_one(training):
    config = TrainingConfig(epochs=50, train_images=400, restore_best_weights=False)
    reports, calls = [], []

    def should_stop():
        calls.append(1)
        return len([r for r in reports if isinstance(r, EpochDone)]) == 2 and isinstance(reports[-1], StepsDone)

    trained = training.train(config, reports.append, should_stop)
    assert trained.stopped
    assert trained.last_epoch == 2
    straight, _, _ = run(training, TrainingConfig(epochs=2, train_images=400, restore_best_weights=False))
    for one, other in zip(weights(trained.model), weights(straight.model), strict=True):
        np.testing.assert_array_equal(one, other)


def test_early_stopping_ends_the_run_and_the_best_epoch_is_kept(training):
    config = TrainingConfig(
        train_images=60, epochs=80, learning_rate=0.02, filter_multiplier=4.0, dropout=0.0, early_stopping_patience=4
    )
    trained, reports, _ = run(training, config)
    curve = epochs(reports)
    lowest = min(curve, key=lambda row: row[3])
    assert trained.last_epoch == lowest[0] + 4 < 80
    assert trained.epoch == lowest[0]
    probabilities = trained.model.predict(trained.splits.validation.images / np.float32(255), verbose=0)
    assert lowest[4] == pytest.approx(accuracy_score(trained.splits.validation.labels, probabilities.argmax(1)))


def test_data_that_stay_on_disk_train_the_same(training, monkeypatch):
    import core.training.steps

    resident, _, _ = run(training, SMALL)
    monkeypatch.setattr(core.training.steps, "RESIDENT_BYTES", 0)
    gathered, _, _ = run(training, SMALL)
    for one, other in zip(weights(resident.model), weights(gathered.model), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_number_of_steps_in_a_call_does_not_change_the_result(training, monkeypatch):
    usual, _, _ = run(training, SMALL)
    monkeypatch.setattr("core.training.pace.POINT_SECONDS", 1e-9)
    single, reports, _ = run(training, SMALL)
    assert {len(r.loss) for r in reports if isinstance(r, StepsDone)} == {1}
    for one, other in zip(weights(usual.model), weights(single.model), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("seconds_per_step", [1e-5, 1e-3, 0.05])
def test_a_call_never_lasts_long(training, monkeypatch, seconds_per_step):
    """A stop is looked for several times a second, however fast or slow the steps are."""
    clock = [0.0]
    monkeypatch.setattr("core.training.pace.time.perf_counter", lambda: clock[0])
    pace, lasted = training.Pace(), []

    def call(rows):
        clock[0] += len(rows) * seconds_per_step
        lasted.append(len(rows) * seconds_per_step)
        return ()

    for rows in pace.calls(np.arange(64 * 20_000), 64):
        pace.timed(call, rows)
        if len(lasted) > 200:
            break
    assert max(lasted) <= max(0.1, seconds_per_step)
    assert pace.steps_per_call == 1 or pace.steps_per_call * seconds_per_step >= 0.04  # no shorter than need be


def test_mixed_precision_is_refused_on_a_cpu(training):
    from core.training.device import device

    if device().kind != "cpu":
        pytest.skip("there is a GPU here, where mixed precision is allowed")
    with pytest.raises(SettingError, match="needs a GPU"):
        run(training, TrainingConfig(mixed_precision=True))


def test_an_impossible_network_is_a_setting_error(training):
    with pytest.raises(SettingError):
        run(training, TrainingConfig(architecture="cnn_three_blocks"))  # digits are 8×8


def test_what_is_reported_first_describes_the_run(training):
    _, reports, _ = run(training, SMALL)
    started = next(r for r in reports if isinstance(r, Started))
    assert all(isinstance(r, Preparing) for r in reports[: reports.index(started)])
    assert (started.n_train, started.n_validation, started.n_test, started.n_classes) == (200, 287, 360, 10)
    assert started.steps_per_epoch == 4
    steps = [r for r in reports if isinstance(r, StepsDone)]
    assert max(r.step for r in steps) == 4


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_run_and_another_seed_another(training, seed):
    config = TrainingConfig(epochs=2, train_images=100, seed=seed)
    one, _, _ = run(training, config)
    other, _, _ = run(training, config)
    different, _, _ = run(training, TrainingConfig(epochs=2, train_images=100, seed=seed + 7))
    np.testing.assert_array_equal(weights(one.model)[0], weights(other.model)[0])
    assert not np.array_equal(weights(one.model)[0], weights(different.model)[0])


def test_augmentation_changes_what_is_learnt_and_not_what_is_scored(training):
    plain, augmented = replace(SMALL, epochs=1), replace(SMALL, epochs=1, augmentation=True, rotation=30.0)
    first, second = run(training, plain), run(training, augmented)
    assert any((a != b).any() for a, b in zip(weights(first[0].model), weights(second[0].model), strict=True))
    assert len(second[0].model.layers) == len(first[0].model.layers)
    assert not any("random" in variable.path for variable in second[0].model.variables)
    scorer = second[0].asked.scorer()
    once = training.evaluate(scorer, second[0].splits.test)
    again = training.evaluate(scorer, second[0].splits.test)
    np.testing.assert_array_equal(once[2], again[2])


def test_resume_refuses_other_images_than_it_began_with(training):
    _trained, _reports, snapshots = run(training, SMALL, stop_after=1)
    progress = json.loads(str(snapshots["last"]["progress"]))
    other = {**snapshots["last"], "progress": np.array(json.dumps({**progress, "dataset_version": "0123456789ab"}))}
    with pytest.raises(DataError, match="began with version 0123456789ab of digits"):
        run(training, SMALL, last=other)


def test_the_run_remembers_which_labels_were_changed(training):
    trained, reports, _snapshots = run(training, replace(SMALL, epochs=1, label_noise=0.4))
    (started,) = [one for one in reports if isinstance(one, Started)]
    assert len(started.images["changed"]) == len(started.images["was"]) == 80
    published = by_name.load("digits")
    true = np.concatenate([published.train.labels, published.test.labels])[started.images["train"]]
    np.testing.assert_array_equal(np.flatnonzero(trained.splits.train.labels != true), started.images["changed"])
    np.testing.assert_array_equal(trained.splits.true_labels, true)


def test_a_run_on_some_classes_answers_for_these_only(training):
    trained, reports, _snapshots = run(training, replace(SMALL, epochs=1, classes=("3", "8"), train_images=60))
    (started,) = [one for one in reports if isinstance(one, Started)]
    assert (started.n_classes, started.classes) == (2, ("3", "8"))
    assert trained.model.output_shape == (None, 2)
