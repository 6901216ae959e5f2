"""Experiments as files: begun together, found again, paused, gone on with, forgotten; half of one never trains."""

import pytest

from core.errors import RunError, SettingError, StorageError
from core.experiments import experiment as experiments
from core.experiments.kind import kinds
from core.recipe.config import TrainingConfig
from core.runs.run import LONGEST_NAME
from core.runs.store import RunStore
from tests.made.experiments import ended, made_of
from tests.made.runs import make_run

RECIPE = TrainingConfig(epochs=2)


def start(store, kind="validation_curve", recipe=RECIPE, **options):
    return experiments.start(store, kinds()[kind], recipe, {"points": 3, **options})


def states(store, experiment):
    return [run.state for _at, run in experiments.runs_of(store, experiment)]


def test_an_experiment_is_ordinary_runs_in_the_order_of_its_plan_and_a_file(store):
    made = start(store)
    assert experiments.experiment(store, made.id) == made
    assert [run.config.learning_rate for _at, run in experiments.runs_of(store, made)] == [1e-4, 1e-3, 1e-2]
    assert [at for at, _id in made.runs] == [{"learning_rate": value} for value in (1e-4, 1e-3, 1e-2)]
    assert states(store, made) == ["queued"] * 3
    assert [run.id for run in store.queue()] == [run_id for _at, run_id in made.runs]
    assert made.options == {"setting": "learning_rate", "values": None, "points": 3, "seeds": 1}
    assert made.recipe == RECIPE.pinned()


def test_runs_are_named_in_the_words_of_whoever_asks(store):
    spoken = {"Learning rate": "Taux d'apprentissage", "Seed": "Graine"}
    made = experiments.start(store, kinds()["validation_curve"], RECIPE, {"points": 3}, "Courbe", spoken.get)
    names = [run.meta.name for _at, run in experiments.runs_of(store, made)]
    assert names[0] == "Taux d'apprentissage 0.0001, Graine 0 · Courbe"
    assert experiments.experiment(store, made.id) == made  # of one that grows, the later ones are named so too


def test_places_come_back_as_a_recipe_keeps_them(store):
    wide = TrainingConfig(architecture="cnn_batchnorm")
    made = start(store, recipe=wide, setting="filters", values=("16,32", "8"))
    assert [at["filters"] for at, _id in experiments.experiment(store, made.id).runs] == [(16, 32), (8,)]


def test_names_of_runs_are_cut_where_they_are_too_long(store):
    made = experiments.start(store, kinds()["seeds"], RECIPE, {}, "x" * 200)
    assert {len(run.meta.name) for _at, run in experiments.runs_of(store, made)} == {LONGEST_NAME}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"points": 1}, "points=1 is out of range"),
        ({"colour": 3}, "has no option colour"),
        ({"setting": "seed"}, "setting=seed is out of range"),
        ({"values": ("0.1",)}, "1 runs"),
        ({"points": 12, "setting": "batch_size", "seeds": 99}, "seeds=99 is out of range"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_has_begun(store, options, words):
    with pytest.raises(SettingError, match=words):
        start(store, **options)
    assert store.all() == []
    assert experiments.experiments(store) == []


def test_more_than_200_runs_are_refused(store):
    many = {"points": 6, "seeds": 10, "first": "batch_size", "second": "learning_rate"}
    with pytest.raises(SettingError, match="2 to 200"):
        start(store, kind="grid", recipe=TrainingConfig(), **many)


def test_a_paused_one_leaves_the_queue_and_goes_on_with_what_is_left(store):
    made = start(store)
    done = ended(store, 4)
    with_one_done = experiments.Experiment(**{**vars(made), "runs": (({"learning_rate": 1.0}, done.id), *made.runs)})
    experiments.pause(store, with_one_done)
    assert states(store, with_one_done) == ["finished", "stopped", "stopped", "stopped"]
    assert store.queue() == []
    before = done.attempts
    assert experiments.go_on(store, with_one_done) == 3
    assert states(store, with_one_done) == ["finished", "queued", "queued", "queued"]
    assert done.attempts == before
    assert experiments.go_on(store, with_one_done) == 0


def test_a_run_that_was_stopped_half_way_is_no_result(store):
    runs = [({"epochs": 12}, make_run(store, "stopped")), ({"epochs": 6}, ended(store, 4))]
    assert [at for at, _one in experiments.results(store, made_of(store, "validation_curve", runs))] == [{"epochs": 6}]


def test_a_run_that_diverged_has_its_answer_and_is_not_tried_again(store):
    run = make_run(store, "failed")
    made = made_of(store, "seeds", [({}, run)])
    assert experiments.interrupted(store, made) == [run]
    status = (run.folder / "status.json").read_text("utf-8").replace("TrainingError", "DivergedError")
    (run.folder / "status.json").write_text(status, "utf-8")
    assert experiments.interrupted(store, made) == []
    assert experiments.go_on(store, made) == 0


def test_a_run_that_was_deleted_is_missing_and_the_others_keep_their_place(store):
    made = start(store)
    store.delete(store.get(made.runs[1][1]))
    assert [at["learning_rate"] for at, _run in experiments.runs_of(store, made)] == [1e-4, 1e-2]


def test_one_that_is_removed_takes_its_runs_along_and_can_be_brought_back(store):
    made = start(store)
    other = store.create(TrainingConfig())
    experiments.remove(store, made)
    experiments.remove(store, made)  # twice is as good as once
    assert experiments.experiments(store) == []
    assert [run.id for run in store.all()] == [other.id]
    assert [run.id for run in store.queue()] == [other.id]
    experiments.restore(store, made)
    assert experiments.experiments(store) == [made]
    assert states(store, made) == ["queued"] * 3


def test_a_run_at_work_stays_where_its_experiment_is_removed(store):
    running = make_run(store, "running")
    made = made_of(store, "seeds", [({}, running), ({}, ended(store, 4))])
    experiments.remove(store, made)
    assert [run.id for run in store.all()] == [running.id]


def test_the_newest_comes_first_and_what_cannot_be_read_is_passed_over(store, monkeypatch):
    monkeypatch.setattr(experiments.time, "time", lambda: 1_700_000_000.0)
    old = start(store)
    monkeypatch.setattr(experiments.time, "time", lambda: 1_700_000_100.0)
    new = start(store)
    for name, text in (
        ("20991231-000000-aaaaaa", '{"kind": 3}'),
        (
            "20991231-000000-bbbbbb",
            '{"kind": "seeds", "name": "", "created": 1, "recipe": {"epochs": 0}, "options": {}, "runs": []}',
        ),
        (
            "20991231-000000-cccccc",
            '{"kind": "seeds", "name": "", "created": 1, "recipe": {}, "options": {}, "runs": [3]}',
        ),
        ("other", "{}"),
    ):
        (store.folder / experiments.FOLDER / f"{name}.json").write_text(text, "utf-8")
    assert experiments.experiments(store) == [new, old]


@pytest.mark.parametrize("name", ["", "20261126-000000-abcdef", "../../etc/passwd", "x" * 300])
def test_one_that_is_not_there_is_told(store, name):
    with pytest.raises(RunError, match="no experiment called"):
        experiments.experiment(store, name)


def test_where_the_disk_is_full_in_the_middle_no_half_of_it_trains(store, monkeypatch):
    create, made = RunStore.create, []

    def second_fails(self, *given, **named):
        if made:
            raise StorageError("The disk is full.")
        made.append(create(self, *given, **named))
        return made[0]

    monkeypatch.setattr(RunStore, "create", second_fails)
    with pytest.raises(StorageError):
        start(store)
    assert experiments.experiments(store) == []
    assert store.all() == []
    assert store.queue() == []
