"""The learning rate as it is planned, as it was, and where somebody or a plateau changed it."""

import pytest

from core.recipe.config import TrainingConfig
from core.recipe.learning_rate import shares
from core.runs import changes
from core.runs.history import History
from dashboard.charts import curves, learning_rate
from dashboard.live.flags import flags
from dashboard.words import speaking


def history(tmp_path, rates, steps=4):
    made = History(tmp_path / "events.jsonl")
    made.start = {"steps_per_epoch": steps, "epochs": 10}
    made.epochs = [
        {"epoch": epoch, "learning_rate": rate, "best": epoch == 1, "loss": 1.0, "val_loss": 1.0}
        for epoch, rate in enumerate(rates, 1)
    ]
    return made


def test_without_a_schedule_there_is_nothing_to_draw():
    assert not learning_rate.moves(TrainingConfig())
    for moving in ({"schedule": "cosine"}, {"warmup_epochs": 1}, {"reduce_lr_patience": 2}):
        assert learning_rate.moves(TrainingConfig(**moving))


def test_the_planned_line_is_what_the_loop_does():
    config = TrainingConfig(epochs=10, schedule="one_cycle", learning_rate=0.2)
    planned = learning_rate.over_epochs(config, None, "", str)["data"][0]
    steps = 30  # of 300 points
    assert planned["x"][:2] == pytest.approx([0, 1 / 30], abs=1e-3)
    assert planned["y"] == pytest.approx((0.2 * shares(config, steps, 0, 300)).tolist(), rel=1e-3)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_plateau_is_told_from_the_schedule(tmp_path, schedule):
    config = TrainingConfig(epochs=10, schedule=schedule, learning_rate=0.1, reduce_lr_patience=1)
    own = [shares(config, 4, 4 * epoch - 1, 1)[0] for epoch in range(1, 6)]
    bases = (0.1, 0.1, 0.05, 0.05, 0.025)
    rates = [share * base for share, base in zip(own, bases, strict=True)]
    assert learning_rate.lowered(config, history(tmp_path, rates)) == [2, 4]
    assert learning_rate.lowered(config, history(tmp_path, [0.1 * share for share in own])) == []
    changed = history(tmp_path, rates)
    changed.changes.append((3, {"learning_rate": 0.05}))  # from epoch 3 on: a flag says so
    assert learning_rate.lowered(config, changed) == [4]


@pytest.mark.parametrize(
    ("recipe", "marks", "words"),
    [
        ({"schedule": "step", "step_epochs": 3}, [3, 6, 9], {"lowered"}),
        ({"schedule": "step", "step_epochs": 3, "warmup_epochs": 2}, [2, 5, 8], {"warmed up", "lowered"}),
        ({"schedule": "one_cycle"}, [3 - 1 / 30], {"highest"}),  # 0.3 of 10 epochs of 30 steps, counted from 0
        ({"schedule": "cosine", "warmup_epochs": 2}, [2], {"warmed up"}),
        ({"schedule": "cosine"}, [], set()),
    ],
)
def test_each_event_of_a_schedule_is_marked_where_the_planned_line_has_it(recipe, marks, words):
    config = TrainingConfig(epochs=10, learning_rate=0.2, **recipe)
    figure = learning_rate.over_epochs(config, None, "", str)
    assert [one["x0"] for one in figure["layout"]["shapes"]] == pytest.approx(marks)
    assert {one["text"] for one in figure["layout"]["annotations"]} == words
    planned = dict(zip(figure["data"][0]["x"], figure["data"][0]["y"], strict=True))
    for at in marks:
        if config.schedule == "step" and at != config.warmup_epochs:
            assert planned[at] == pytest.approx(0.5 * planned[round(at - 1 / 30, 3)], rel=1e-3)
        else:
            assert planned[round(at, 3)] == max(planned.values()) == pytest.approx(0.2, rel=1e-3)


@pytest.mark.parametrize(
    ("recipe", "heights"),
    [
        ({"schedule": "cosine", "warmup_epochs": 2}, [1]),
        ({"schedule": "step", "step_epochs": 3, "warmup_epochs": 1}, [1, 1 - learning_rate.ROW]),
        ({"schedule": "step", "step_epochs": 7, "warmup_epochs": 2}, [1, 1]),  # behind 2 of 10 and before 9
    ],
)
def test_words_stand_above_the_lines_and_not_on_each_other(recipe, heights):
    layout = learning_rate.over_epochs(TrainingConfig(epochs=10, learning_rate=0.2, **recipe), None, "", str)["layout"]
    assert [note["y"] for note in layout["annotations"]] == heights
    below = min(heights) - learning_rate.ROW
    assert 0.2 / layout["yaxis"]["autorangeoptions"]["include"] <= below + 1e-9


@pytest.mark.parametrize(("asked", "end", "marks"), [(14, 14, [3, 6, 9, 12]), (5, 5, [3]), (2, 4, [3])])
def test_where_other_epochs_were_asked_for_all_charts_end_there_and_the_schedule_goes_on(tmp_path, asked, end, marks):
    config = TrainingConfig(epochs=10, learning_rate=0.2, schedule="step", step_epochs=3)
    changed = history(tmp_path, [0.2] * 4)
    changed.hear({"event": "changed", "at": 1, "epoch": 5, "values": {"epochs": asked}})  # what is complete stays
    figure = learning_rate.over_epochs(config, changed, "", str)
    assert [one["x0"] for one in figure["layout"]["shapes"]] == pytest.approx(marks)
    assert figure["data"][0]["x"][-1] < end <= figure["data"][0]["x"][-1] + 0.1
    moving = [curves.movable(changed, "loss", str), learning_rate.movable(config, changed, str)]
    for layout in (figure["layout"], curves.curves(changed, "loss", "", str)["layout"], *moving):
        assert layout["xaxis"]["range"] == [0, end]


def test_the_window_of_a_patience_is_that_of_the_last_change(tmp_path):
    recipe, changed = TrainingConfig(early_stopping_patience=3), history(tmp_path, [0.2] * 4)
    assert changes.patience(recipe, changed) == 3
    for epoch, values in ((2, {"early_stopping_patience": 7}), (4, {"learning_rate": 0.1})):
        changed.hear({"event": "changed", "at": 1, "epoch": epoch, "values": values})
    assert changes.patience(recipe, changed) == 7


@pytest.mark.parametrize(("language", "words"), [("en", "Learning rate 0.004"), ("fr", "Taux d'apprentissage 0,004")])
def test_a_flag_speaks_the_language_of_the_page(tmp_path, language, words):
    changed = history(tmp_path, [0.1] * 2)
    changed.changes.append((2, {"learning_rate": 0.004, "epochs": 1000}))
    with speaking(language):
        (flag,) = flags(changed)
    assert flag[0] == 1
    assert flag[1].startswith(words)


def test_so_many_steps_that_they_are_a_slope_are_not_marked():
    config = TrainingConfig(epochs=500, schedule="step", step_epochs=1)
    assert not learning_rate.over_epochs(config, None, "", str)["layout"]["shapes"]


def test_a_flag_stands_where_something_was_changed(tmp_path):
    figure = curves.curves(history(tmp_path, [0.1, 0.1]), "loss", "", str, flags=[(1, "Learning rate 0.01")])
    flag = next(note for note in figure["layout"]["annotations"] if note["text"] == "⚑")
    assert (flag["x"], flag["hovertext"]) == (1, "Learning rate 0.01")
