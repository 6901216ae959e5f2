"""The news of a race: all its runs over one connection, nothing twice, and an end when all have ended."""

import asyncio
import json

import pytest
from starlette.requests import Request

from core.recipe.config import TrainingConfig
from core.runs import race as races
from core.runs.recorder import Recorder
from core.runs.store import RunStore
from dashboard.live import together
from dashboard.live.together import Together
from dashboard.server.api_form import Problem
from tests.made.runs import epoch_done, lose, make_run, result_of
from tests.made.workers import PATIENCE


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    return RunStore(tmp_path / "runs")


@pytest.fixture
def race(store):
    """One run that trains and one that waits."""
    runs = [make_run(store, "running", TrainingConfig(epochs=9), epochs=3), store.create(TrainingConfig(epochs=5))]
    race = races.Race("20261126-000000-abcdef", "a race", 0.0, tuple(run.id for run in runs))
    races.restore(store, race)
    return race


def runs(store, race):
    return list(races.runs_of(store, race).values())


def ask(race, query=""):
    scope = {"type": "http", "method": "GET", "path_params": {"race": race}, "headers": []}
    answer = asyncio.run(together.events(Request({**scope, "query_string": query.encode()})))
    return json.loads(answer.body)


def test_one_answer_tells_of_all_runs_and_where_to_go_on(race):
    told = ask(race.id)
    assert told["runs"]["0"]["epochs"]["epoch"] == [1, 2, 3]
    assert told["runs"]["0"]["head"]["state"] == "running"
    assert "epochs" not in told["runs"]["1"]
    assert told["runs"]["1"]["head"]["state"] == "queued"
    assert told["phase"] == "curves"
    again = ask(race.id, f"since={told['place']}&lang=fr")
    assert "epochs" not in again["runs"]["0"]
    assert again["runs"]["0"]["head"]["state"] == "en cours"


def test_of_a_race_that_is_not_there_it_says_so(store):
    with pytest.raises(Problem, match="no such race"):
        ask("20261126-000000-000000")


@pytest.mark.parametrize("since", ["", "~", "1.2.3", "x~y~z", "1.2~3.4.5~6"])
def test_a_place_that_says_nothing_is_the_beginning(race, since):
    assert ask(race.id, f"since={since}")["runs"]["1"]["head"]


def test_nothing_is_told_twice_and_the_stream_ends_with_the_last_run(store, race):
    first, second = runs(store, race)

    async def follow():
        heard = []
        async for event in Together([first, second], "", "en").stream():
            heard.append(json.loads(event.removeprefix(b"data: ")))
            if len(heard) == 1:
                recorder = Recorder(first)
                recorder(epoch_done(4))
                recorder.status("finished", result=result_of(4, 287, 360))
                lose(first)
                second.ask_to_stop()
        return heard

    heard = asyncio.run(asyncio.wait_for(follow(), PATIENCE))
    epochs = [epoch for one in heard for epoch in one["runs"].get("0", {}).get("epochs", {}).get("epoch", [])]
    assert epochs == [1, 2, 3, 4]
    assert heard[-1]["phase"] == "ended"
    assert [one["phase"] for one in heard[:-1]] == ["curves"] * (len(heard) - 1)


def test_a_reader_who_leaves_is_counted_out(store, race):
    async def leave():
        followed = Together(runs(store, race), "", "en")
        stream = followed.stream()
        await anext(stream)
        during = [one.viewers for one in followed.followed]
        await stream.aclose()
        return during, [one.viewers for one in followed.followed]

    assert asyncio.run(leave()) == ([1, 1], [0, 0])
