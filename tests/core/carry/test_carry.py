"""Runs go into a file and come out of it on another machine: the same curves, figures and names, nobody's owner."""

import numpy as np
import pytest

from core.carry.opened import open_file
from core.carry.packed import pack, packable
from core.carry.unpacked import look
from core.data import cache, catalogue, imported, versions
from core.data.dataset import Images, Splits
from core.errors import DataError, RunError
from core.evaluation.evaluation import read
from core.people import classroom
from core.people.acting import acting_as
from core.people.person import PeopleError
from core.recipe.config import TrainingConfig
from core.runs import race as races
from core.runs.run import Run
from core.runs.store import RunStore
from tests.made.experiments import made_of
from tests.made.runs import lose, make_run

pytestmark = pytest.mark.slow

ALL = ("train", "validation", "test")


@pytest.fixture
def elsewhere(store, own_data_folder, tmp_path, monkeypatch):
    """Goes to another machine, with folders of its own; gives the store there."""

    def elsewhere():
        monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "there" / "runs"))
        monkeypatch.setenv("FITSCOPE_DATA", str(tmp_path / "there" / "data"))
        return RunStore(tmp_path / "there" / "runs")

    return elsewhere


def pets(n=20):
    def some(n, seed):
        images = np.random.default_rng(seed).integers(0, 256, (n, 16, 16, 3), np.uint8)
        return Images(images, np.arange(n) % 2)

    return imported.create("My pets", Splits(some(n, 1), some(6, 2)), ("cat", "dog"))


def packed(store, runs, tmp_path, **more):
    path = tmp_path / "a.fitscope"
    return path, pack(store, runs, path, **more)


def test_a_run_is_the_same_elsewhere(store, elsewhere, tmp_path):
    run = make_run(store, "finished", answered=ALL)
    run.change_meta(star=True, notes="look at epoch 3", tags=("good",))
    path, found = packed(store, [run], tmp_path, epochs=True)
    there = elsewhere()
    assert look(path) == found
    done = open_file(path, there, build=False)
    came = there.get(run.id)
    assert (done.runs, done.known, done.renamed) == ([run.id], [], {})
    assert came.config == run.config
    assert came.meta == run.meta
    assert came.status.result == run.status.result
    assert came.state == "finished"
    assert came.history.epochs == run.history.epochs
    assert came.history.trace == run.history.trace
    assert came.history.start == run.history.start
    np.testing.assert_array_equal(read(came, "test").probabilities, read(run, "test").probabilities)
    kept = sorted(path.name for path in run.checkpoints.glob("epoch-*.npz"))
    assert sorted(path.name for path in came.checkpoints.glob("epoch-*.npz")) == kept
    assert open_file(path, there, build=False).known == [run.id]
    assert len(there.all()) == 1


def test_without_its_epochs_a_run_brings_the_network_that_it_keeps(store, elsewhere, tmp_path):
    run = make_run(store, "finished")
    _path, found = packed(store, [run], tmp_path)
    names = {name.rsplit("/", 1)[1] for name in found.files}
    assert f"epoch-{run.status.result['kept_epoch']:04d}.npz" in names
    assert len([name for name in names if name.startswith("epoch-")]) == 1
    assert not names & {"last.npz", "best.npz"}


@pytest.mark.parametrize("state", ["stopped", "failed", "lost"])
def test_one_that_was_interrupted_comes_as_it_is_and_can_go_on(store, elsewhere, tmp_path, state):
    run = make_run(store, state)
    path, _found = packed(store, [run], tmp_path)
    there = elsewhere()
    open_file(path, there, build=False)
    came = there.get(run.id)
    assert came.state == state
    assert (came.checkpoints / "last.npz").exists()
    came.ask_to_start()
    assert came.state == "queued"


@pytest.mark.parametrize("state", ["queued", "starting", "running", "damaged"])
def test_one_that_still_trains_or_is_damaged_stays(store, tmp_path, own_data_folder, state):
    run = make_run(store, state)
    with pytest.raises(RunError):
        packed(store, [run], tmp_path)
    assert packable([run]) == []
    assert not (tmp_path / "a.fitscope").exists()


def test_another_run_of_the_same_id_stays_and_the_new_one_gets_another(store, elsewhere, tmp_path):
    one, other = make_run(store, "finished"), make_run(store, "finished", TrainingConfig(epochs=12, seed=1))
    other.change_meta(twin_of=one.id)
    race = races.Race("20261126-000000-abcdef", "seeds", 0.0, (one.id, other.id), "fits", "A")
    races.restore(store, race)
    question = made_of(store, "seeds", [({"seed": 0}, one), ({"seed": 1}, other)])
    path, found = packed(store, [one, other], tmp_path, together=True)
    assert (found.races, found.experiments) == ([race.id], [question.id])
    there = elsewhere()
    stranger = there.create(TrainingConfig(epochs=3), "mine", queue=False, run_id=one.id)
    done = open_file(path, there, build=False)
    new = done.renamed[one.id]
    assert new != one.id
    assert there.get(one.id).meta.name == stranger.meta.name
    assert there.get(other.id).meta.twin_of == new
    assert races.race(there, race.id).runs == (new, other.id)
    assert [run for _at, run in experiments_of(there)[0].runs] == [new, other.id]


def experiments_of(store):
    from core.experiments.experiment import experiments

    return experiments(store)


def test_a_dataset_comes_without_its_images_and_later_with_them(store, elsewhere, tmp_path):
    name = pets()
    run = make_run(store, "finished", TrainingConfig(dataset=name, epochs=6), answered=ALL)
    bare, _found = packed(store, [run], tmp_path)
    whole = tmp_path / "b.fitscope"
    assert pack(store, [run], whole, images=True).with_images == [name]
    stored = cache.load(catalogue.dataset(name)).train.images.copy()
    there = elsewhere()
    done = open_file(bare, there, build=False)
    assert done.datasets == [name]
    came = there.get(run.id)
    assert (came.damage, came.config.dataset, catalogue.dataset(name).classes) == (None, name, ("cat", "dog"))
    with pytest.raises(DataError, match="did not come along"):
        cache.load(catalogue.dataset(name), version=came.config.dataset_version or "")
    assert open_file(whole, there, build=False).known == [run.id]
    loaded = cache.load(catalogue.dataset(name), version=came.config.dataset_version)
    np.testing.assert_array_equal(loaded.train.images, stored)


def test_a_dataset_whose_name_is_taken_gets_another_and_its_runs_follow(store, elsewhere, tmp_path):
    run = make_run(store, "finished", TrainingConfig(dataset=pets(), epochs=6), answered=ALL)
    path, _found = packed(store, [run], tmp_path, images=True)
    there = elsewhere()
    assert pets(n=24) == run.config.dataset
    new = open_file(path, there, build=False).datasets[0]
    assert new != run.config.dataset
    assert there.get(run.id).config.dataset == new
    assert catalogue.dataset(new).title == "My pets (2)"
    assert len(cache.load(catalogue.dataset(new)).train) == 20


def test_images_that_are_not_what_they_are_called_are_refused(store, elsewhere, tmp_path):
    from tests.made.carried import changed, put_together, taken_apart

    run = make_run(store, "finished", TrainingConfig(dataset=pets(), epochs=6), answered=ALL)
    path, _found = packed(store, [run], tmp_path, images=True)
    lied = changed(taken_apart(path), "train-images.npy", lambda content: content[:-1] + b"\7")
    there = elsewhere()
    path.write_bytes(put_together(lied))
    with pytest.raises(DataError, match="others than their name says"):
        open_file(path, there, build=False)
    assert there.all() == []
    assert imported.datasets() == {}


def test_edits_of_a_dataset_come_along(store, elsewhere, tmp_path):
    spec = catalogue.dataset("digits")
    cache.load(spec)
    edited = versions.edit(spec, cache.content(spec), exclude={"train": [3, 5]})
    run = make_run(store, "finished", TrainingConfig(epochs=6, dataset_version=edited))
    path, _found = packed(store, [run], tmp_path)
    there = elsewhere()
    open_file(path, there, build=False)
    assert versions.get(spec, edited).excluded == {"train": (3, 5)}
    assert there.get(run.id).config.dataset_version == edited


def test_in_a_class_it_is_whoevers_who_opens_it_and_of_each_so_much_may_be_kept(
    store, elsewhere, tmp_path, monkeypatch
):
    run = make_run(store, "finished")
    path, _found = packed(store, [run], tmp_path)
    there = elsewhere()
    room = classroom.home()
    room.begin()
    room.join(room.room, "Zoé")
    zoe = room.people()[0]
    monkeypatch.setenv(classroom.CLASS, "1")
    with acting_as(zoe):
        open_file(path, there, build=False)
    assert there.get(run.id).meta.owner == zoe.id
    there.remove(run.id)
    room.change(disk_each=1e-9)  # GB
    with acting_as(zoe), pytest.raises(PeopleError, match="more than each may"):
        open_file(path, there, build=False)
    assert there.all() == []


def test_a_network_that_was_carried_answers_as_it_did(store, elsewhere, tmp_path):
    """From its numbers alone: both forms are built anew, and the answers are those of the test."""
    from core.network.predict import loaded
    from core.training.worker import work

    run = store.create(TrainingConfig(epochs=2, architecture="cnn_small"), queue=False)
    work(run)
    lose(run)  # its process is this one
    path, _found = packed(store, [run], tmp_path)
    there = elsewhere()
    assert open_file(path, there).networks == {}
    came = Run(there.folder / run.id)
    assert (came.folder / "network.keras").exists()
    images = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1), np.uint8)
    before, after = loaded(run).network.probabilities(images), loaded(came).network.probabilities(images)
    np.testing.assert_allclose(after, before, atol=1e-6)
