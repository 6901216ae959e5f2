"""The list of runs: which of them, what is said of each, and that nobody asks for what there is not."""

import pytest

from core.network.classifier import NETWORK
from core.people import classroom
from core.people.acting import acting_as
from core.recipe.config import TrainingConfig
from dashboard.server.api_list import STATES
from tests.dashboard.server.api.test_routes import call
from tests.made import runs as made
from tests.made.runs import make_run


def listed(query=""):
    answered = call("GET", f"/api/runs{query}")
    assert answered.status == 200, answered.body
    return answered.json


def ids(query):
    return {row["id"] for row in listed(query)}


def test_every_run_is_listed_in_its_state_the_newest_first(store):
    assert listed() == []
    there = {state: make_run(store, state) for state in made.STATES}
    rows = listed()
    assert [row["id"] for row in rows] == [run.id for run in store.all()]
    assert {row["id"]: row["state"] for row in rows} == {run.id: state for state, run in there.items()}
    assert set(made.STATES) == set(STATES)
    for state, run in there.items():
        assert ids(f"?state={state}") == {run.id}
    assert ids("?state=queued,lost") == {there["queued"].id, there["lost"].id}


def test_of_each_its_recipe_and_its_figures_with_their_n_are_told(store):
    run = make_run(store, "finished", TrainingConfig(epochs=6, dropout=0.5))
    waiting = make_run(store, "queued", TrainingConfig(dataset="shapes", architecture="mlp_dropout"))
    rows = {row["id"]: row for row in listed()}
    told, history = rows[run.id], run.history
    assert (told["name"], told["dataset"], told["architecture"]) == (run.meta.name, "digits", run.config.architecture)
    assert told["recipe"] == {"epochs": 6, "dropout": 0.5}
    assert (told["epochs_done"], told["owner"]) == (6, None)
    assert told["best_val_accuracy"] == history.best["val_accuracy"]
    assert told["n_validation"] == history.start["n_validation"] == made.N_VALIDATION
    assert (told["test_accuracy"], told["n_test"]) == (run.status.result["test_accuracy"], made.N_TEST)
    figures = ("best_val_accuracy", "n_validation", "test_accuracy", "n_test")
    assert [rows[waiting.id][name] for name in figures] == [None] * 4
    assert rows[waiting.id]["recipe"] == {"dataset": "shapes", "architecture": "mlp_dropout"}


def test_those_with_a_network_can_be_asked_for_with_their_classes(store):
    run, bare = (make_run(store, "finished", TrainingConfig(epochs=6)) for _ in range(2))
    (run.folder / NETWORK).write_bytes(b"there is one")
    rows = {row["id"]: row for row in listed()}
    assert (rows[run.id]["network"], rows[bare.id]["network"]) == (True, False)
    assert rows[run.id]["classes"] == [str(label) for label in range(10)]
    assert ids("?network=1") == {run.id}
    assert ids("?network=1&state=stopped") == set()


def test_what_is_damaged_is_listed_as_that(store):
    run = make_run(store, "damaged")
    (run.folder / NETWORK).write_bytes(b"there is one")
    (row,) = listed()
    assert (row["state"], row["recipe"], row["network"]) == ("damaged", None, False)


@pytest.mark.parametrize(
    "query", ["?state=", "?state=done", "?state=finished,x", "?network=yes", "?mine=2", "?owner=Ada", "?state=%00"]
)
def test_what_no_run_can_be_asked_by_is_refused(store, query):
    make_run(store, "finished")
    answered = call("GET", f"/api/runs{query}")
    assert answered.status == 422
    assert "queued, starting, running, finished" in answered.error


def test_in_a_class_it_says_whose_each_is_and_which_are_mine(store, own_data_folder, monkeypatch):
    monkeypatch.setenv(classroom.CLASS, "1")
    room = classroom.home()
    room.begin()
    lea, noe = (room.recognise(room.join(room.room, name)) for name in ("Léa", "Noé"))
    theirs = {}
    for person in (lea, noe):
        with acting_as(person):
            theirs[person.name] = make_run(store, "stopped").id
    machines = make_run(store, "stopped").id
    with acting_as(lea):
        assert {row["id"]: row["owner"] for row in listed()} == {
            theirs["Léa"]: "Léa",
            theirs["Noé"]: "Noé",
            machines: None,
        }
        assert ids("?mine=1") == {theirs["Léa"]}
        assert call("GET", f"/api/runs/{theirs['Noé']}").json["owner"] == "Noé"
