"""A run that begins with an epoch of another: its first weights are those that were kept."""

from dataclasses import replace

import numpy as np
import pytest

from core.backbones import branch
from core.errors import SettingError
from core.export import begun_from
from core.recipe.config import TrainingConfig
from core.runs import checkpoints
from core.runs.reports import StepsDone
from core.runs.store import RunStore
from tests.made.workers import train_here

RECIPE = TrainingConfig(epochs=3, train_images=200, dropout=0.5, restore_best_weights=False)
NOBODY = "20260101-000000-nobody"


@pytest.fixture(scope="module")
def parent(tmp_path_factory):
    """A run of three epochs, and its store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITSCOPE_RUNS", str(tmp_path_factory.mktemp("runs")))
        store = RunStore()
        run = store.create(RECIPE, queue=False)
        assert train_here(run) == 0
        yield store, run


def branched(store, run, epoch, listener=None, **changes):
    config = replace(RECIPE, begin_from=branch.text(run, epoch), **changes)
    made = store.create(config, queue=False)
    return made, train_here(made, listener)


@pytest.mark.slow
@pytest.mark.parametrize("epoch", [0, 2])
def test_it_begins_with_the_weights_of_that_epoch(parent, epoch):
    store, run = parent
    made, code = branched(store, run, epoch, epochs=1, learning_rate=1e-6)
    assert code == 0
    begun, kept = (checkpoints.read(one.checkpoints, at) for one, at in ((made, 0), (run, epoch)))
    for one, other in zip(begun, kept, strict=True):
        np.testing.assert_array_equal(one, other)
    if epoch:  # steps so short change hardly anything: it scores as the other did then
        assert made.history.epochs[0]["val_loss"] == pytest.approx(run.history.epochs[epoch - 1]["val_loss"], abs=1e-3)


@pytest.mark.slow
def test_an_interrupted_one_goes_on_without_the_run_it_began_from(parent, tmp_path):
    store, run = parent
    stopped = []

    def stop(report):
        if isinstance(report, StepsDone) and report.epoch == 2 and not stopped:
            stopped.append(True)
            made.ask_to_stop()

    made = store.create(replace(RECIPE, begin_from=branch.text(run, 1)), queue=False)
    assert train_here(made, stop) == 0
    run.folder.rename(tmp_path / "away")
    made.go_on_here()
    assert train_here(made) == 0
    (tmp_path / "away").rename(run.folder)
    assert (made.state, len(made.history.epochs)) == ("finished", 3)


@pytest.mark.slow
def test_the_script_begins_with_the_same_weights(parent, tmp_path):
    import keras

    store, run = parent
    made, _code = branched(store, run, 2, epochs=1)
    weights = begun_from.arrays(made, None)
    np.savez(tmp_path / begun_from.FILE, **weights)
    from core.training.loop import build

    model = build(made.config, (8, 8, 1), 10)
    exec(begun_from.code(made.config, model), {"HERE": tmp_path, "np": np, "keras": keras, "model": model})
    for one, other in zip(model.variables, checkpoints.read(run.checkpoints, 2), strict=True):
        np.testing.assert_array_equal(one.numpy(), other)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("named", "changes", "reason"),
    [
        (f"{NOBODY}:1", {}, "no run called"),
        ("{run}:7", {}, "was not kept; choose one of: 0, 1, 2, 3"),
        ("{run}:2", {"filter_multiplier": 2.0}, "other layers"),
        ("{run}:2", {"architecture": "mlp_dropout"}, "other layers"),
        ("{run}:2", {"classes": ("1", "2")}, "other layers"),
    ],
)
def test_what_cannot_be_begun_from_is_said_with_what_to_do(parent, named, changes, reason):
    from core.training.loop import train

    _store, run = parent
    config = replace(RECIPE, begin_from=named.format(run=run.id), **changes)
    with pytest.raises(SettingError, match=rf"begin_from=.*{reason}.*begin anew"):
        train(config, lambda _report: None, lambda: False)


@pytest.mark.parametrize("text", ["x", NOBODY, f"{NOBODY}:", f"{NOBODY}:a", f"../{NOBODY}:1", 3])
def test_what_names_no_epoch_of_a_run_is_refused(text):
    with pytest.raises(SettingError, match="the id of a run, a colon and an epoch"):
        TrainingConfig(begin_from=text)


def test_a_backbone_is_begun_from_in_its_own_way():
    with pytest.raises(SettingError, match="backbone=<run id>"):
        TrainingConfig(architecture="transfer", begin_from=f"{NOBODY}:1")


def test_it_is_in_the_link_and_back():
    config = TrainingConfig(begin_from=f"{NOBODY}:12")
    assert config.link() == {"begin_from": f"{NOBODY}:12"}
    assert TrainingConfig.from_text(config.link()) == config
