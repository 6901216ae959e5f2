"""The news of a run: read once for everybody, nothing lost, nothing sent twice, and they end with the run."""

import asyncio
import dataclasses
import json
import math

import numpy as np
import pytest

from core.runs.history import History, Place, place
from core.runs.recorder import Recorder
from core.runs.reports import EpochDone, StepsDone
from core.runs.store import RunStore
from dashboard import resources
from dashboard.charts import curves
from dashboard.live import channel
from dashboard.live.channel import Broadcast, Channel
from tests.made.diaries import by_heart, going_on
from tests.made.runs import epoch_done, lose, make_run, result_of, snapshot, started_report
from tests.made.workers import PATIENCE

BEGINNING = Place()


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    return RunStore(tmp_path / "runs")


@pytest.fixture
def run(store):
    return make_run(store, "running", epochs=3)


@pytest.fixture
def recorder(run):
    return Recorder(run)


def steps(recorder, epoch):
    recorder(StepsDone(epoch, 9, 3, (0.4, 0.3, 0.2), (0.7, 0.8, 0.9), 5000.0))


def train_epoch(recorder, epoch):
    steps(recorder, epoch)
    recorder(epoch_done(epoch))


def told(message):
    return json.loads(message.body)


def heard(channel, since=BEGINNING, language="en"):
    channel.look()
    return channel.message(since, language)


class Reader:
    """Puts messages one behind the other, as the browser does."""

    def __init__(self):
        self.epochs, self.steps = [], {}

    def take(self, message):
        said = told(message)
        if said["anew"]:
            self.epochs, self.steps = [], {}
        self.epochs += said.get("epochs", {}).get("epoch", [])
        lines = dict(said.get("steps", {}).get("loss", {"first": 0}))
        first = lines.pop("first")
        for name, values in lines.items():
            self.steps[name] = self.steps.get(name, [])[:first] + values
        return message

    def has_what_is_drawn_of(self, run):
        """Whether a page that was opened just now would have the same lines."""
        drawn = curves.curves(run.history, "loss", "", str)["data"]
        for line in (one for one in drawn if one["meta"].startswith("steps.")):
            assert self.steps["x"] == pytest.approx(line["x"], abs=1e-4)
            assert self.steps[line["name"]] == pytest.approx(line["y"], rel=1e-3)
        return True


def test_the_first_message_is_everything_and_the_next_what_is_new(run, recorder):
    here = Channel(run)
    first = heard(here)
    assert told(first)["anew"]
    assert told(first)["epochs"]["epoch"] == [1, 2, 3]
    windows = told(first)["steps"]["loss"]  # of 8 steps: to 3 and 6, to 9, 12 and 15, to 18, 21 and 24, to 27
    assert (windows["first"], windows["x"]) == (0, [0.5, 1.3333, 2.3333, 3.0])
    assert windows["mean"] == [1.95, 1.25, 0.7333, 0.6]
    assert told(first)["charts"]["loss"]["annotations"]
    train_epoch(recorder, 4)
    second = heard(here, first.place)
    assert not told(second)["anew"]
    assert told(second)["epochs"] == {
        "epoch": [4],
        "loss": [0.5],
        "val_loss": [2.1 / 4],
        "accuracy": [1 - 0.6 / 4],
        "learning_rate": [0.001],
        "val_accuracy": [1 - 0.7 / 4],
    }
    windows = told(second)["steps"]["loss"]
    assert (windows["first"], windows["x"], windows["mean"]) == (3, [3.1667, 3.8333], [0.5, 0.25])  # 27 again, and 30


def test_between_two_epochs_only_points_and_the_head_are_sent(run, recorder):
    here = Channel(run)
    first = heard(here)
    steps(recorder, 4)
    message = heard(here, first.place)
    assert set(told(message)) == {"place", "anew", "phase", "steps", "head", "preparing"}
    assert len(message.body) < 1000


def test_many_readers_cost_one_reading_and_one_message(run, recorder, monkeypatch):
    here, readings = Channel(run), []
    read = History._new_lines
    monkeypatch.setattr(History, "_new_lines", lambda history: readings.append(1) or read(history))
    places = [heard(here).place for _viewer in range(30)]
    made = here.made
    train_epoch(recorder, 4)
    readings.clear()
    messages = [heard(here, at) for at in places]
    assert here.made == made + 1
    assert len(readings) <= 2  # one look, and one for the message
    assert len({message.body for message in messages}) == 1
    assert told(messages[0])["epochs"]["epoch"] == [4]


def test_a_reader_who_comes_back_misses_nothing_and_hears_nothing_twice(run, recorder):
    here, reader = Channel(run), Reader()
    at = reader.take(heard(here)).place
    for epoch in (4, 5, 6):
        train_epoch(recorder, epoch)
        heard(here)  # others go on listening
    at = reader.take(heard(Channel(run), place(str(at)))).place  # the server has even been started again
    train_epoch(recorder, 7)
    reader.take(heard(here, at))
    assert reader.epochs == [1, 2, 3, 4, 5, 6, 7]
    assert reader.has_what_is_drawn_of(run)


def test_a_resumed_training_is_told_from_the_beginning(run, recorder):
    here, reader = Channel(run), Reader()
    at = reader.take(heard(here)).place
    steps(recorder, 4)
    recorder(_resumed(run, first_epoch=3))
    train_epoch(recorder, 3)
    message = reader.take(heard(here, at))
    assert told(message)["anew"]
    assert reader.epochs == [1, 2, 3]
    assert reader.has_what_is_drawn_of(run)


def _resumed(run, first_epoch):
    report = started_report(run.config, None)
    return type(report)(**{**vars(report), "first_epoch": first_epoch, "start": snapshot})


def test_a_place_that_is_none_or_beyond_the_end_means_everything(run):
    for text in ("", "nonsense", "1.2", "1.2.x", "1.99.0", "1.1.99999", "-1.0.0", "9" * 40):
        assert told(heard(Channel(run), place(text)))["epochs"]["epoch"] == [1, 2, 3]


def test_a_loss_that_is_no_number_comes_as_null(run, recorder):
    recorder(EpochDone(4, math.nan, 0.1, math.inf, 0.1, 1e-3, 0.1, best=False, snapshot=snapshot))
    message = heard(Channel(run))
    strict = json.loads(message.body, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert strict["epochs"]["loss"][-1] is None
    assert strict["epochs"]["val_loss"][-1] is None


def test_words_come_in_the_language_that_was_asked_for(run):
    here = Channel(run)
    english, french = heard(here, language="en"), heard(here, language="fr")
    assert told(english)["head"]["state"] == "running"
    assert told(french)["head"]["state"] == "en cours"
    assert told(french)["cards"][0]["value"].endswith("%")
    assert "," in told(french)["cards"][0]["value"]
    assert told(english)["epochs"] == told(french)["epochs"]


def test_the_phase_follows_the_run(store):
    queued = make_run(store, "queued")
    assert told(heard(Channel(queued)))["phase"] == "waiting"
    assert told(heard(Channel(make_run(store, "running"))))["phase"] == "curves"
    for state in ("finished", "stopped", "failed", "lost"):
        message = heard(Channel(make_run(store, state)))
        assert told(message)["phase"] == "ended"
        assert message.last


def test_a_run_that_was_deleted_ends(store):
    run = make_run(store, "queued")
    here = Channel(run)
    at = heard(here).place
    store.delete(run)
    here._looked = -math.inf
    assert heard(here, at).last


async def _followed(broadcast, since=BEGINNING, language="en"):
    return [message async for message in broadcast.follow(since, language) if message]


def test_a_stream_hears_each_epoch_once_and_ends_with_the_run(run, recorder, monkeypatch):
    monkeypatch.setattr(channel, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(channel, "STATE_SECONDS", 0.05)

    async def watched():
        here = Broadcast(run)
        viewers = [asyncio.create_task(_followed(here, language=name)) for name in ("en", "en", "fr")]
        for epoch in range(4, 9):
            revision = here.channel.revision
            train_epoch(recorder, epoch)
            async with asyncio.timeout(PATIENCE):
                while here.channel.revision == revision:
                    await asyncio.sleep(0.01)
        recorder.status("finished", result=result_of(8, 287, 360))
        lose(run)
        async with asyncio.timeout(PATIENCE):
            streams = await asyncio.gather(*viewers)
            while here._task:
                await asyncio.sleep(0.01)
        return here, streams

    here, streams = asyncio.run(watched())
    assert here.viewers == 0
    for messages in streams:
        reader = Reader()
        for message in messages:
            reader.take(message)
        assert reader.epochs == list(range(1, 9))
        assert messages[-1].last


def test_history_is_shared_with_the_pages(run):
    shared = resources.history(run)
    heard(Channel(run))
    assert resources.history(run) is shared


def test_the_news_of_a_run_with_label_noise_say_what_it_learns_by_heart(store):
    said = by_heart()
    run = going_on(store, said[:2])
    followed = Channel(run)
    first = heard(followed)
    assert told(first)["epochs"]["by_heart"] == pytest.approx([0, 1 / 24], abs=1e-4)
    assert told(first)["epochs"]["true"] == pytest.approx([1, 23 / 24], abs=1e-4)
    Recorder(run)(dataclasses.replace(epoch_done(3), said=said[2].astype(np.uint8)))
    news = told(heard(followed, first.place))
    assert news["epochs"]["epoch"] == [3]
    assert news["epochs"]["by_heart"] == pytest.approx([2 / 24], abs=1e-4)
    chart = news["charts"]["memorisation"]
    assert chart["title"] == "Wrong labels that it knows by heart after epoch 3: 8 % of 24"
    assert {note["x"] for note in chart["annotations"]} == {3}


def test_without_label_noise_nothing_is_said_of_it(run):
    first = told(heard(Channel(run)))
    assert "by_heart" not in first["epochs"]
    assert "memorisation" not in first["charts"]
