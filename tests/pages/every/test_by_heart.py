"""A run with label noise says so wherever it is shown, and draws what it learns by heart."""

import json

import pytest

from core.recipe.config import TrainingConfig
from core.runs import race as races
from core.runs.recorder import Recorder
from core.runs.reports import StepsDone
from tests.made import by_name
from tests.made.diaries import NOISY, by_heart, going_on, kept
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras
SAID = "24 of 60 training labels (40 %) were changed to a wrong class on purpose"


def charts(app):
    """What the charts of memorisation on a page are given."""
    return [
        told
        for one in app.get("bidi_component")
        if (told := json.loads(one.proto.json)) and "memorisation" in one.proto.id
    ]


def test_a_run_that_has_ended_shows_its_curves(store, engine):
    app = open_page("03_train.py", run=kept(store, by_heart()).id)
    assert SAID in texts(app)
    (chart,) = charts(app)
    assert chart["figure"]["title"] == "Wrong labels that it knows by heart after epoch 6: 21 % of 24"
    assert "address" not in chart
    assert "both of 24 training images with a changed label. “Right label”: 36 other" in texts(app)


def test_while_it_trains_its_chart_hears_the_news(store, engine):
    run = going_on(store, by_heart())
    app = open_page("03_train.py", run=run.id)
    assert f"/api/runs/{run.id}/events" in charts(app)[0]["address"]


def test_its_chart_is_there_before_the_first_epoch_and_waits_for_the_news(store, engine):
    begun = going_on(store, by_heart()[:0])
    Recorder(begun)(StepsDone(1, 9, 3, (2.0, 1.9, 1.8), (0.5, 0.6, 0.7), 5000.0))
    app = open_page("03_train.py", run=begun.id)
    (chart,) = charts(app)
    assert chart["figure"]["title"] == "What it learns by heart"
    assert [line["y"] for line in chart["figure"]["data"]] == [[], [], [], []]
    assert SAID in texts(app)
    assert "both of 24 training images with a changed label" in texts(app)


def test_a_race_that_waits_has_its_chart_and_says_what_its_recipe_changes(store, engine):
    by_name.of(NOISY)  # the dataset has been read
    waiting = [make_run(store, "queued", TrainingConfig(epochs=12, train_images=60)), make_run(store, "queued", NOISY)]
    race = races.Race("20261126-000000-abcdef", "Noise", 0.0, tuple(run.id for run in waiting), "", "")
    races.restore(store, race)
    app = open_page("04_race.py", race=race.id)
    (chart,) = charts(app)
    assert chart["at"] == 1
    assert chart["figure"]["layout"]["xaxis"]["range"] == [0, 12]
    assert chart["address"].startswith(f"/api/races/{race.id}/events")
    assert f"**B** · Label noise: {SAID}" in texts(app)


def test_one_without_label_noise_says_nothing_of_it(store, engine):
    config = TrainingConfig(train_images=60)
    app = open_page("03_train.py", run=kept(store, by_heart(config), config).id)
    assert "on purpose" not in texts(app)
    assert not charts(app)


def test_one_of_an_earlier_version_says_that_it_kept_no_diary(store, engine):
    app = open_page("03_train.py", run=make_run(store, "finished", NOISY).id)
    assert SAID in texts(app)
    assert "kept no diary" in texts(app)
    assert not charts(app)


def test_a_race_shows_it_of_each_run_with_label_noise(store, engine):
    clean = TrainingConfig(epochs=12, train_images=60)
    runs = (kept(store, by_heart(clean), clean), kept(store, by_heart()))
    race = races.Race("20261126-000000-abcdef", "Noise", 0.0, tuple(run.id for run in runs), "", "")
    races.restore(store, race)
    app = open_page("04_race.py", race=race.id)
    assert f"**B** · Label noise: {SAID}" in texts(app)
    assert len(charts(app)) == 1
