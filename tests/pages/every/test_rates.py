"""The learning rate on the Train page: planned before, drawn below the curves, changed while it trains."""

import json

import pytest

from core.recipe.config import TrainingConfig
from core.runs import changes
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras


def charts(app, name):
    """The figures of a name."""
    found = [json.loads(one.proto.json) for one in app.get("bidi_component") if name in one.proto.id]
    return [one["figure"] for one in found]


def test_a_schedule_is_drawn_before_it_is_trained_and_only_its_own_settings_are_offered(store, engine):
    app = open_page("03_train.py")
    assert not charts(app, "planned_rate")
    assert "step_factor" not in [one.key for one in app.slider]
    app.selectbox(key="schedule").select("step").run()
    assert "step_factor" in [one.key for one in app.slider]
    (drawn,) = charts(app, "planned_rate")
    assert drawn["data"][0]["y"][0] == 0.001
    app.slider(key="step_factor").set_value(0.25).run()
    app.button(key="train").click().run()
    (run,) = store.all()
    assert (run.config.schedule, run.config.step_factor) == ("step", 0.25)


def test_what_a_hidden_control_said_is_there_again_with_it(store, engine):
    app = open_page("03_train.py", schedule="step")
    app.slider(key="step_factor").set_value(0.25).run()
    app.selectbox(key="schedule").select("cosine").run()
    app.slider(key="final_share").set_value(0.1).run()
    app.selectbox(key="schedule").select("step").run()
    assert app.slider(key="step_factor").value == 0.25


def test_a_link_brings_a_schedule_with_all_its_values(store, engine):
    app = open_page("03_train.py", schedule="cosine", final_share="0.1", reduce_lr_patience="3", reduce_lr_factor="0.2")
    assert app.slider(key="final_share").value == 0.1
    assert app.slider(key="reduce_lr_factor").value == 0.2


def test_a_running_training_is_changed_and_what_was_asked_for_is_said(store, engine):
    run = make_run(store, "running", TrainingConfig(epochs=9))
    app = open_page("03_train.py", run=run.id)
    assert app.button(key=f"change_{run.id}").disabled
    app.number_input(key=f"change_learning_rate_{run.id}_0").set_value(0.25).run()
    app.number_input(key=f"change_epochs_{run.id}_0").set_value(7).run()
    app.button(key=f"change_{run.id}").click().run()
    assert changes.asked(run) == [{"learning_rate": 0.25, "epochs": 7}]
    assert "Asked for: Learning rate 0.25, Epochs 7" in texts(app)
    assert app.number_input(key=f"change_epochs_{run.id}_1").value == 7


def test_a_change_that_was_taken_up_is_a_flag_and_a_line(store, engine):
    run = make_run(store, "finished")
    line = {"event": "changed", "at": 1.0, "epoch": 2, "values": {"learning_rate": 0.25}}
    with open(run.folder / "events.jsonl", "a") as file:
        file.write(json.dumps(line) + "\n")
    app = open_page("03_train.py", run=run.id)
    assert "⚑ After epoch 1: Learning rate 0.25." in texts(app)
    (loss,) = charts(app, f"loss-{run.id}")
    assert "⚑" in [note["text"] for note in loss["layout"]["annotations"]]


def test_a_branch_says_where_it_begins_and_can_begin_anew(store, engine):
    run = make_run(store, "finished")
    app = open_page("03_train.py", begin_from=f"{run.id}:2")
    assert f"Begins with the network after epoch 2 of run {run.id}." in texts(app)
    app.button(key="train").click().run()
    assert store.all()[0].config.begin_from == f"{run.id}:2"
    app.button(key="begin_anew").click().run()
    assert "Begins with the network" not in texts(app)
    app.button(key="train").click().run()
    assert [one.config.begin_from for one in store.all()][:1] == [""]
