"""Every question: its plan keeps to the bounds, its options are checked, and real trainings on digits answer it."""

import json
import os
import re
import signal

import pytest

from core.errors import SettingError
from core.experiments import experiment as experiments
from core.experiments.growing import advance
from core.experiments.kind import Answer, kinds
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made.workers import command, start_command, train_here, wait_until

RECIPE = TrainingConfig(architecture="cnn_small", epochs=2, filter_multiplier=0.25)
KINDS = list(kinds())


@pytest.mark.parametrize("name", KINDS)
def test_a_plan_keeps_to_the_bounds_and_is_the_same_each_time(name):
    kind = kinds()[name]
    cells = kind.cells(RECIPE, {})
    assert cells == kind.cells(RECIPE, {})
    assert 2 <= len(cells) <= 30  # the default answers soon
    assert len({repr(cell.recipe) for cell in cells}) == len(cells)  # no training twice
    assert {cell.recipe.dataset for cell in cells} == {"digits"}


@pytest.mark.parametrize("name", KINDS)
def test_the_cheaper_form_is_cheaper_and_its_options_fit(name):
    kind = kinds()[name]
    cheaper = kind.cells(RECIPE, kind.cheaper)
    assert 2 <= len(cheaper) < len(kind.cells(RECIPE, {}))


@pytest.mark.parametrize("name", KINDS)
def test_each_option_is_checked_and_one_that_is_none_is_told(name):
    kind = kinds()[name]
    for option in kind.options:
        with pytest.raises(SettingError, match=option.name):
            kind.cells(RECIPE, {option.name: object()})
    with pytest.raises(SettingError, match="no option hue"):
        kind.cells(RECIPE, {"hue": 1})


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_said_before_there_is_anything_to_say(name):
    assert kinds()[name].answer([]) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_real_trainings_answer_it(store, name):
    kind = kinds()[name]
    made = experiments.start(store, kind, RECIPE, kind.cheaper)
    for _at, run in experiments.runs_of(store, made):
        run.ask_to_stop()  # out of the queue: they are trained here
        assert train_here(run) == 0
    while kind.grows and advance(store, made.id):
        made = experiments.experiment(store, made.id)
        run = experiments.runs_of(store, made)[-1][1]
        run.ask_to_stop()
        assert train_here(run) == 0
    assert len(made.runs) == len(kind.cells(RECIPE, kind.cheaper))
    results = experiments.results(store, made)
    assert [at for at, _one in results] == [at for at, _run in experiments.runs_of(store, made)]
    answer = kind.answer(results)
    assert isinstance(answer, Answer)
    said = str(answer)
    assert said.endswith(".")
    assert not re.search(r"[{}]|nan|inf\b|None", said)
    best = max(one.val_accuracy for _at, one in results)
    assert (
        name in ("seeds", "learning_curve", "cross_validation") or f"{best:.1%}" in said
    )  # the others name their best run
    for at, one in results:
        config = one.run.config
        assert {setting: getattr(config, setting) for setting in at if setting != "train_images"} == {
            setting: value for setting, value in at.items() if setting != "train_images"
        }
        assert at.get("train_images", one.run.history.start["n_train"]) == one.run.history.start["n_train"]


def begin(folder):
    """`experiment seeds`, as somebody types it."""
    words = ("experiment", "seeds", "--with", "seeds=3", "--set", "epochs=20", "--set", "architecture=softmax")
    return start_command(*words, FITSCOPE_RUNS=str(folder))


@pytest.mark.slow
def test_killed_half_way_it_goes_on_without_repeating_a_finished_run(tmp_path):
    store, asked = RunStore(tmp_path / "runs"), begin(tmp_path / "runs")

    def runs():
        found = experiments.experiments(store)
        return [run for _at, run in experiments.runs_of(store, found[0])] if found else []

    wait_until(lambda: any(run.state == "running" for run in runs()[1:]))  # the first has ended, another one trains
    asked.kill()
    asked.wait()
    for run in runs():
        if run.process_alive and run.state != "finished":
            os.kill(run.attempts[-1]["pid"], signal.SIGKILL)
    wait_until(lambda: not any(run.process_alive for run in runs()))
    done = [run for run in runs() if run.state == "finished"]
    assert 1 <= len(done) < 3
    before = {run.id: (run.attempts, (run.folder / "events.jsonl").read_bytes()) for run in done}
    again = command("experiment", "--resume", "latest", "--json", FITSCOPE_RUNS=str(tmp_path / "runs"))
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout.splitlines()[-1])
    assert (told["runs"], told["done"]) == (3, 3)
    assert told["answer"].startswith("3 seeds:")
    assert {run.state for run in runs()} == {"finished"}
    assert len(store.all()) == 3
    for run in done:
        assert (run.attempts, (run.folder / "events.jsonl").read_bytes()) == before[run.id]
