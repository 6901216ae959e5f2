"""A training that is told once more says, message by message, what its news were."""

import json

import pytest
import streamlit as st

from core.lessons import recording as recordings
from core.recipe.config import TrainingConfig
from dashboard.live import replay
from tests.made.runs import make_run

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def fresh(store, own_data_folder):
    st.cache_resource.clear()
    replay.told.cache_clear()


def played(body):
    """What a browser has put together after each message, as live.js does: columns grow, words are replaced."""
    columns, words, after = {}, {}, []
    for frame in body["frames"]:
        if frame["anew"]:
            columns = {}
        for name, values in frame.get("epochs", {}).items():
            columns[name] = [*columns.get(name, []), *values]
        words |= frame
        after.append(({name: list(values) for name, values in columns.items()}, dict(words)))
    return after


def test_every_epoch_comes_once_and_the_end_is_the_verdict(store):
    run = make_run(store, "finished", TrainingConfig(epochs=12), epochs=12)
    body = json.loads(replay.of_runs([run], "en"))
    after = played(body)
    lengths = [len(columns.get("val_loss", [])) for columns, _words in after]
    assert lengths == sorted(lengths)
    assert after[-1][0]["val_loss"] == run.history.column("val_loss")
    assert after[-1][1]["note"]["title"]
    assert all(frame["head"]["state"] == "recording" for frame in body["frames"])
    assert all(frame["phase"] == "curves" for frame in body["frames"])
    times = [frame["at"] for frame in body["frames"]]
    assert times == sorted(times)
    assert body["length"] == times[-1]


def test_while_it_plays_nothing_of_the_end_is_told():
    run = recordings.laid_out("noise_memorised")[0]
    for columns, words in played(json.loads(replay.of_runs([run], "en")))[:-1]:
        done = len(columns.get("loss", []))
        assert len(columns.get("by_heart", [])) == done
        if done > 1:
            assert f"epoch {done}" in words["charts"]["memorisation"]["title"]


def test_several_runs_are_played_side_by_side_in_the_language_of_the_viewer():
    runs = recordings.laid_out("cured_by_more_data")
    body = json.loads(replay.of_runs(runs, "fr"))
    last = {at: frame["runs"][at] for frame in body["frames"] for at in frame["runs"]}
    assert set(last) == {"0", "1"}
    assert last["0"]["head"]["state"] == "enregistrement"
    assert [len(last[str(at)]["epochs"]["loss"]) for at in range(2)] == [len(run.history.epochs) for run in runs]


def test_the_time_between_a_stop_and_the_next_step_is_left_out():
    told = [("started", 0.0), ("steps", 2.0), ("epoch", 3.0), ("started", 5000.0), ("steps", 5003.0), ("epoch", 5004.0)]
    events = [{"event": event, "at": at} for event, at in told]
    assert replay._seconds(events) == [0.0, 0.0, 1.0, 1.0, 1.0, 2.0]
