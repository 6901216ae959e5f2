"""The learning rate as it is planned, as it was, and where somebody or a plateau changed it."""

import pytest

from core.recipe.config import TrainingConfig
from core.recipe.learning_rate import shares
from core.runs.history import History
from dashboard.charts import curves, learning_rate


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


def test_so_many_steps_that_they_are_a_slope_are_not_marked():
    config = TrainingConfig(epochs=500, schedule="step", step_epochs=1)
    assert not learning_rate.over_epochs(config, None, "", str)["layout"]["shapes"]


def test_a_flag_stands_where_something_was_changed(tmp_path):
    figure = curves.curves(history(tmp_path, [0.1, 0.1]), "loss", "", str, flags=[(1, "Learning rate 0.01")])
    flag = next(note for note in figure["layout"]["annotations"] if note["text"] == "⚑")
    assert (flag["x"], flag["hovertext"]) == (1, "Learning rate 0.01")
