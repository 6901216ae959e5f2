"""Runs over HTTP: begun, looked at, stopped, gone on with, taken away; a page of another site may not ask for it."""

import json
from types import SimpleNamespace

import pytest

from core.people.acting import acting_as
from core.people.person import Person
from core.recipe.config import TrainingConfig
from dashboard.server import api_export
from tests.dashboard.server.api.test_routes import call
from tests.made.runs import make_run

LEA, NOE = Person("a" * 12, "Léa"), Person("b" * 12, "Noé")
HOST = ("host", "127.0.0.1:8501")


def ask(method, path, value=None, host=HOST, kind="application/json", **headers):
    body = json.dumps(value).encode() if value is not None else b""
    return call(method, path, [body], kind, more=[host, *headers.items()])


def test_a_run_is_begun_stopped_and_gone_on_with(store, own_data_folder):
    begun = ask("POST", "/api/runs", {"recipe": {"dataset": "digits", "epochs": 3}, "name": " By a program "})
    assert begun.status == 201
    run = store.get(begun.json["id"])
    assert (run.state, run.meta.name, run.config) == ("queued", "By a program", TrainingConfig(epochs=3))
    assert begun.json["recipe"] == {"epochs": 3}
    assert ask("GET", f"/api/runs/{run.id}").json == begun.json
    assert ask("POST", f"/api/runs/{run.id}/stop", {}).json["state"] == "stopped"
    assert ask("POST", f"/api/runs/{run.id}/resume", {}).json["state"] == "queued"
    assert run.state == "queued"


def test_of_a_run_its_figures_are_told_with_their_n(store):
    run = make_run(store, "finished", TrainingConfig(epochs=6))
    told = ask("GET", f"/api/runs/{run.id}").json
    last = run.history.epochs[-1]
    assert (told["state"], told["epochs_done"], told["epochs"]) == ("finished", 6, 6)
    assert (told["val_loss"], told["val_accuracy"]) == (last["val_loss"], last["val_accuracy"])
    assert told["n_validation"] == run.history.start["n_validation"]
    assert told["test_accuracy"] == run.status.result["test_accuracy"]


@pytest.mark.parametrize(
    ("value", "status", "words"),
    [
        ({"recipe": {"dataset": "nonsense"}}, 422, "nonsense"),
        ({"recipe": {"epochs": -1}}, 422, "epochs"),
        ({"recipe": {"unknown": 1}}, 422, "unknown"),
        ({"recipe": []}, 422, "recipe"),
        ({"name": 1}, 422, "name"),
        ({"code": "import os"}, 422, "recipe"),
        ([], 422, "object"),
        ("x", 422, "object"),
    ],
)
def test_what_makes_no_recipe_begins_nothing(store, value, status, words):
    answered = ask("POST", "/api/runs", value)
    assert answered.status == status
    assert words in answered.error
    assert not store.all()


def test_a_body_that_is_no_json_or_never_ends_is_refused(store):
    assert call("POST", "/api/runs", [b"{"], "application/json", more=[HOST]).status == 400
    assert call("POST", "/api/runs", [b"[" * 10_000], "application/json", more=[HOST]).status == 400
    assert call("POST", "/api/runs", [b" " * 4096] * 40, "application/json", more=[HOST]).status == 413
    assert not store.all()


@pytest.mark.parametrize("path", ["/api/runs", "/api/runs/{}/stop", "/api/runs/{}/resume", "/api/runs/{}/export"])
def test_a_page_of_another_site_changes_nothing(store, path):
    run = make_run(store, "stopped", TrainingConfig(epochs=6))
    address = path.format(run.id)
    for how in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"host": ("host", "evil.example:8501")},  # a name that was made to lead here
        {"host": ("host", "evil.example:8501"), "origin": "http://evil.example:8501"},
    ):
        assert ask("POST", address, {}, **how).status == 403
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert ask("POST", address, {}, kind=kind).status == 415  # what a browser sends without asking beforehand
    assert ([one.id for one in store.all()], run.state) == ([run.id], "stopped")


def test_runs_that_are_not_there_or_not_whole_are_told(store):
    for path in ("/api/runs/x", "/api/runs/..", "/api/runs/x/stop"):
        assert ask("POST" if "stop" in path else "GET", path, {}).status == 404
    run = make_run(store, "finished", TrainingConfig(epochs=6))
    assert ask("POST", f"/api/runs/{run.id}/resume", {}).status == 409
    assert ask("GET", f"/api/runs/{run.id}/export").status == 409
    (run.folder / "config.json").write_text("{")
    assert ask("GET", f"/api/runs/{run.id}").status == 409


def test_a_kept_epoch_of_a_training_is_prepared(store, monkeypatch):
    asked = []
    monkeypatch.setattr(api_export, "_begun", {})
    monkeypatch.setattr(api_export, "Job", lambda words: asked.append(words) or SimpleNamespace(done=False, fraction=0))
    run = make_run(store, "running", TrainingConfig(epochs=12))
    address = f"/api/runs/{run.id}/export"
    assert "(0, 1, 2, 3, 4, 5, 6)" in ask("POST", address, {}).error
    assert "was not kept" in ask("POST", address, {"epoch": 99}).error
    for wrong in ({"epoch": "3"}, {"epoch": True}, {"epochs": 3}):
        assert ask("POST", address, wrong).status == 422
    assert [ask("POST", address, {"epoch": 3}).status for _twice in range(2)] == [202, 202]
    assert asked == [["export", run.id, "--epoch", "3"]]
    assert "Another epoch" in ask("POST", address, {"epoch": 4}).error
    assert "0% done" in ask("GET", address).error


def test_another_persons_run_is_looked_at_and_not_changed(store):
    with acting_as(LEA):
        run = make_run(store, "stopped", TrainingConfig(epochs=6))
    with acting_as(NOE):
        assert ask("GET", f"/api/runs/{run.id}").status == 200
        for what in ("stop", "resume"):
            answered = ask("POST", f"/api/runs/{run.id}/{what}", {})
            assert answered.status == 403
            assert "somebody else" in answered.error
        mine = ask("POST", "/api/runs", {})
    assert store.get(mine.json["id"]).meta.owner == NOE.id
    assert run.state == "stopped"
