"""Others may look and clone; what changes something is refused in the core, by whichever way it was asked."""

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.data import catalogue, drafts, imported, versions
from core.data.dataset import Images, Splits
from core.errors import FitscopeError
from core.experiments import experiment as experiments
from core.experiments.kind import kinds
from core.folders import PROJECT
from core.people import acting, classroom
from core.people.acting import NotYoursError, acting_as
from core.people.person import STRANGER, PeopleError, Person
from core.recipe.config import TrainingConfig
from core.runs import changes, prediction, race, room, turns
from core.runs.prediction import Prediction
from core.runs.store import RunStore
from tests.made.runs import make_run

LEA, NOE, TEACHER = Person("a" * 12, "Léa"), Person("b" * 12, "Noé"), Person("c" * 12, "M. Roux", teacher=True)
RECIPE = TrainingConfig(dataset="digits", epochs=2)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """(folder with runs and data, what Léa made there): a run, a race, an experiment, a dataset, a draft."""
    folder = tmp_path_factory.mktemp("people")
    with pytest.MonkeyPatch.context() as patch, acting_as(LEA):
        patch.setenv("FITSCOPE_RUNS", str(folder / "runs"))
        patch.setenv("FITSCOPE_DATA", str(folder / "data"))
        store = RunStore()
        run = make_run(store, "stopped", RECIPE)
        raced = race.start(store, [RECIPE, replace(RECIPE, seed=1)], ["a", "b"], "race")
        asked = experiments.start(store, kinds()["seeds"], RECIPE, {})
        pictures = Images(np.zeros((8, 8, 8, 1), np.uint8), np.arange(8) % 2)
        name = imported.create("Cats", Splits(pictures, pictures), ("cat", "dog"))
        draft = drafts.new()
        draft.name_classes(["cat"])
    return folder, {"run": run.id, "race": raced, "experiment": asked, "dataset": name, "draft": draft.id}


@pytest.fixture
def made(template, store, own_data_folder):
    """A copy of it for one test."""
    folder, things = template
    shutil.copytree(folder / "runs", store.folder)
    shutil.copytree(folder / "data", own_data_folder)
    return {**things, "run": store.get(things["run"]), "draft": drafts.Draft(drafts.home() / things["draft"])}


CHANGES = {
    "stop": lambda store, it: it["run"].ask_to_stop(),
    "resume": lambda store, it: it["run"].ask_to_start(),
    "rename": lambda store, it: it["run"].change_meta(name="mine"),
    "star": lambda store, it: it["run"].change_meta(star=True),
    "take over": lambda store, it: it["run"].change_meta(owner=NOE.id),
    "delete": lambda store, it: store.delete(it["run"]),
    "thin": lambda store, it: room.thin(it["run"]),
    "change while it trains": lambda store, it: changes.ask(it["run"], {"learning_rate": 0.5}),
    "predict": lambda store, it: prediction.save(it["run"], Prediction(test_accuracy=0.5)),
    "stop a race": lambda store, it: race.stop(store, it["race"]),
    "delete a race": lambda store, it: race.remove(store, it["race"]),
    "pause an experiment": lambda store, it: experiments.pause(store, it["experiment"]),
    "go on with an experiment": lambda store, it: experiments.go_on(store, it["experiment"]),
    "delete an experiment": lambda store, it: experiments.remove(store, it["experiment"]),
    "rewrite an experiment": lambda store, it: experiments.write(store, it["experiment"]),
    "rename a dataset": lambda store, it: imported.rename(it["dataset"], "Dogs"),
    "delete a dataset": lambda store, it: imported.delete(it["dataset"], []),
    "add to a dataset": lambda store, it: imported.extend(it["dataset"], pair(), ("cat", "dog")),
    "leave pictures out": lambda store, it: versions.edit(
        catalogue.dataset(it["dataset"]), "0" * 12, exclude={"train": [0]}
    ),
    "go back to a version": lambda store, it: versions.choose(catalogue.dataset(it["dataset"]), ""),
    "keep a finding": lambda store, it: versions.keep(catalogue.dataset(it["dataset"]), ["x"]),
    "edit a built-in dataset": lambda store, it: versions.choose(catalogue.dataset("digits"), ""),
    "draw into a draft": lambda store, it: it["draft"].put("cat", b"picture", ".png"),
    "throw a draft away": lambda store, it: it["draft"].throw_away(),
    "delete a draft": lambda store, it: it["draft"].delete(),
}


def pair():
    pictures = Images(np.zeros((2, 8, 8, 1), np.uint8), np.arange(2))
    return Splits(pictures, pictures)


def everything(*folders):
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("who", [NOE, STRANGER], ids=["pupil", "stranger"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_of_another_person_is_changed(change, who, made, store, own_data_folder, caplog):
    before = everything(store.folder, own_data_folder)
    with caplog.at_level(logging.WARNING, "fitscope.people"), acting_as(who), pytest.raises(PeopleError):
        change(store, made)
    assert everything(store.folder, own_data_folder) == before
    assert "Refused" in caplog.text
    assert not [secret for secret in ("Léa", "Noé") if secret in caplog.text]  # ids, no names


@pytest.mark.parametrize("who", [LEA, TEACHER, None], ids=["owner", "teacher", "machine"])
@pytest.mark.parametrize("change", [name for name in CHANGES if "built-in" not in name])
def test_whose_it_is_the_teacher_and_the_machine_may(change, who, made, store):
    change = CHANGES[change]
    try:
        if who is None:
            change(store, made)
        else:
            with acting_as(who):
                change(store, made)
    except PeopleError as error:
        pytest.fail(str(error))
    except FitscopeError:
        pass  # a state that does not allow it is another matter


def test_what_was_deleted_comes_back_for_its_owner_only(made, store):
    with acting_as(LEA):
        store.delete(made["run"])
        imported.delete(made["dataset"], [])
    with acting_as(NOE):
        for back in (lambda: store.restore(made["run"].id), lambda: imported.restore(made["dataset"])):
            with pytest.raises(NotYoursError):
                back()
    with acting_as(LEA):
        store.restore(made["run"].id)
        imported.restore(made["dataset"])


def test_a_clone_is_that_of_whoever_made_it(made, store):
    with acting_as(NOE):
        cloned = store.clone(made["run"])
    assert (cloned.meta.owner, made["run"].meta.owner) == (NOE.id, LEA.id)


@pytest.mark.parametrize("command", [["import", "{}", "--name", "x", "--yes"], ["batch", "latest", "{}"]])
def test_a_pupil_reads_no_folder_of_the_machine(made, store, tmp_path, command, monkeypatch, capsys):
    opened = classroom.home()
    opened.begin()
    noe = opened.recognise(opened.join(opened.room, "Noé"))
    (tmp_path / "private").mkdir()
    monkeypatch.setattr(acting, "_recognise", acting._recognise)  # the command says who acts; given back afterwards
    for name, value in classroom.as_person(noe).items():
        monkeypatch.setenv(name, value)
    for path in (tmp_path / "private", drafts.home() / ".." / ".." / ".." / "private", tmp_path / "nowhere"):
        assert main([word.format(path) for word in command]) == 2
        assert "are the teacher's" in capsys.readouterr().err


def test_a_stranger_makes_nothing(store):
    with acting_as(STRANGER), pytest.raises(PeopleError, match="Join it again"):
        store.create(RECIPE)
    assert not store.all()


def test_without_a_class_nobody_is_asked(made, store):
    assert acting.acting() is None
    made["run"].change_meta(name="mine")
    store.delete(made["run"])


def test_a_process_that_was_begun_for_somebody_acts_for_them(made, store, monkeypatch, runs_folder):
    opened = classroom.home()
    opened.begin()
    noe = opened.recognise(opened.join(opened.room, "Noé"))
    for name, value in classroom.as_person(noe).items():
        monkeypatch.setenv(name, value)
    assert classroom.named() == noe
    opened.remove(noe)
    assert classroom.named() == STRANGER
    assert classroom.as_person(None) == {}


def test_of_each_so_many_may_wait(store, monkeypatch, runs_folder):
    opened = classroom.home()
    opened.begin()
    opened.change(waiting_each=2)
    monkeypatch.setenv(classroom.CLASS, "1")
    lea, noe = (opened.recognise(opened.join(opened.room, name)) for name in ("Léa", "Noé"))
    teacher = opened.recognise(opened.join_as_teacher(opened.begin(), "M. Roux"))
    with acting_as(lea):
        store.create(RECIPE)
        store.create(RECIPE)
        with pytest.raises(PeopleError, match="2 of your runs wait already"):
            store.create(RECIPE)
        with pytest.raises(PeopleError):
            race.start(store, [RECIPE, replace(RECIPE, seed=1)], ["a", "b"], "race")
    with acting_as(noe):
        store.create(RECIPE)
        with pytest.raises(PeopleError):  # none of a race trains, where not all may
            race.start(store, [RECIPE, replace(RECIPE, seed=1)], ["a", "b"], "race")
    assert len(store.queue()) == 3
    with acting_as(teacher):
        for seed in range(3):
            store.create(replace(RECIPE, seed=seed))
    owners = [run.meta.owner for run in store.queue()]
    assert owners == [teacher.id] * 3 + [lea.id, noe.id, lea.id]


def test_the_datasets_of_each_keep_so_much(made, store, own_data_folder, runs_folder, monkeypatch):
    monkeypatch.setenv(classroom.CLASS, "1")
    room = classroom.home()
    room.begin()
    lea = room.recognise(room.join(room.room, "Léa"))
    teacher = room.recognise(room.join_as_teacher(room.begin(), "M. Roux"))
    room.change(disk_each=20_000 / 1e9)  # bytes: enough for one of these
    both = Images(np.zeros((100, 8, 8, 1), np.uint8), np.arange(100) % 2)
    with acting_as(lea):
        imported.create("One", Splits(both, both), ("cat", "dog"))
        with pytest.raises(PeopleError, match="on the Images page"):
            imported.create("Two", Splits(both, both), ("cat", "dog"))
    with acting_as(teacher):
        imported.create("Three", Splits(both, both), ("cat", "dog"))
    assert {one.title for one in imported.datasets().values()} >= {"One", "Three"}
    assert "Two" not in {one.title for one in imported.datasets().values()}


def test_of_each_so_much_may_be_kept(store, monkeypatch, runs_folder):
    opened = classroom.home()
    opened.begin()
    lea, noe = (opened.recognise(opened.join(opened.room, name)) for name in ("Léa", "Noé"))
    monkeypatch.setenv(classroom.CLASS, "1")
    with acting_as(lea):
        run = make_run(store, "finished", RECIPE)
        (run.folder / "large.npz").write_bytes(bytes(1_200_000))
        run.note_change()
    opened.change(disk_each=0.001)  # GB
    with acting_as(lea), pytest.raises(PeopleError, match="as much as each may"):
        store.create(RECIPE)
    with acting_as(noe):
        store.create(RECIPE)
    with acting_as(lea):
        store.delete(run)
        store.create(RECIPE)


@pytest.mark.parametrize(
    ("owners", "served", "first", "order"),
    [
        ("aaab", {}, "", [0, 3, 1, 2]),  # one who came late waits for one run, not for three
        ("aaabb", {"a": 5.0}, "", [3, 0, 4, 1, 2]),  # a was served last, so b is next
        ("aabcb", {"b": 1.0, "c": 2.0, "a": 3.0}, "", [2, 3, 0, 4, 1]),
        ("aabtt", {"t": 9.0}, "t", [3, 4, 0, 2, 1]),  # the teacher's demonstration goes first
        ("aaa", {"a": 4.0}, "", [0, 1, 2]),  # alone: the oldest first
        ("", {}, "t", []),
    ],
)
def test_people_take_turns(owners, served, first, order):
    assert turns.round_robin(owners, served, first) == order


def test_a_message_tells_a_pupil_no_folder_of_the_machine(runs_folder, own_data_folder):
    said = f"{runs_folder}/x/config.json and {own_data_folder} are gone, {Path.home()}/a too; see {PROJECT}/core."
    for person in (LEA, STRANGER):
        with acting_as(person):
            assert acting.readable(said) == "…/x/config.json and … are gone, …/a too; see …/core."
            assert acting.readable(f"{runs_folder}-2 and runs/x") == f"{runs_folder}-2 and runs/x"  # is not ours
    with acting_as(TEACHER):
        assert acting.readable(said) == said
    assert acting.readable(said) == said  # alone on a machine its owner needs to know
