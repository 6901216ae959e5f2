"""The command line asks, looks before it begins, and says what is wrong."""

import json
from dataclasses import replace

import pytest

from core.__main__ import main
from core.commands import experiment as commands
from core.experiments import experiment as experiments
from core.experiments.kind import kinds
from core.recipe.config import TrainingConfig
from tests.made.experiments import ended, made_of
from tests.made.runs import make_run

pytestmark = pytest.mark.slow


def test_without_a_kind_the_questions_are_listed(store, capsys):
    assert main(["experiment", "--json"]) == 0
    assert [row["kind"] for row in json.loads(capsys.readouterr().out)] == list(kinds())


def test_a_look_lists_the_runs_and_begins_nothing(store, capsys):
    words = ["experiment", "grid", "--with", "first_values=16,32", "--with", "second=dropout", "--cheaper"]
    assert main([*words, "--set", "epochs=3", "--look", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["batch_size"], row["epochs"], row["seed"]) for row in rows] == [
        ("16", "3", "0"),
        ("16", "3", "0"),
        ("32", "3", "0"),
        ("32", "3", "0"),
    ]
    assert store.all() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "experiment=nothing is unknown; choose one of: seeds"),
        (["seeds", "--with", "seeds"], "seeds has no value"),
        (["seeds", "--with", "seeds=1"], "seeds=1 is out of range"),
        (["seeds", "--with", "hue=1"], "has no option hue"),
        (["capacity_map", "--set", "architecture=softmax"], "softmax has no setting filter_multiplier"),
        (["search", "--with", "space=hue"], "hue is no setting that a search can vary in cnn_small"),
        (["search", "--with", "space=dropout=0.5"], "dropout=0.5 leaves nothing to choose"),
        (["search", "--with", "sampler=guess"], "sampler=guess is out of range"),
        (["search", "--with", "trials=3"], "trials=3 is out of range"),
        (["--resume", "latest"], "no experiment yet"),
        (["--resume", "20261126-000000-abcdef"], "no experiment called"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_has_begun(store, capsys, words, said):
    assert main(["experiment", *words]) == 2
    assert said in capsys.readouterr().err
    assert store.all() == []


def test_one_that_has_ended_says_its_answer_again_and_trains_nothing(store, capsys, monkeypatch):
    runs = [({}, ended(store, every, TrainingConfig(seed=every))) for every in (4, 5)]
    made = made_of(store, "seeds", runs)
    monkeypatch.setattr(commands, "LOOK_SECONDS", 0.01)
    assert main(["experiment", "--resume", made.id, "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["answer"] == str(kinds()["seeds"].answer(experiments.results(store, made)))
    assert "2 seeds: 77.4%" in told["answer"]  # 215 and 229 of 287
    assert (told["runs"], told["done"]) == (2, 2)


def test_a_run_that_came_to_its_end_before_it_heard_to_stop_is_not_called_stopped(store):
    whole, stopped = ended(store, 4, TrainingConfig(seed=4)), make_run(store, "stopped")
    made = replace(made_of(store, "seeds", [({}, whole), ({}, stopped)]), pruned=(whole.id, stopped.id))
    assert [made.was_pruned(run) for run in (whole, stopped)] == [False, True]


def test_a_look_at_a_search_lists_as_many_trials_as_there_will_be_within_their_ranges(store, capsys):
    words = ["experiment", "search", "--with", "space=learning_rate=0.01..0.1,batch_size=16|32", "--with", "trials=5"]
    assert main([*words, "--look", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 5
    assert all(0.01 <= float(row["learning_rate"]) <= 0.1 and row["batch_size"] in ("16", "32") for row in rows)
    assert store.all() == []


def test_a_search_is_trained_to_its_end_and_says_what_is_best(store, capsys):
    words = ["experiment", "search", "--with", "trials=4", "--set", "architecture=softmax", "--set", "epochs=3"]
    assert main([*words, "--json"]) == 0
    captured = capsys.readouterr()
    told = json.loads(captured.out.splitlines()[-1])
    assert told["runs"] == 4 == len(store.all())
    assert told["done"] + told["pruned"] == 4
    results = experiments.results(store, experiments.experiments(store)[0])
    assert f"{max(one.val_accuracy for _at, one in results):.1%}" in told["answer"]
    assert f"Of {told['done']} trials" in told["answer"]
    assert "4 of 4 are done" in captured.err or "were stopped early" in captured.err


def test_a_learning_rate_is_found_without_a_run(store, capsys):
    assert main(["learning-rate", "--set", "architecture=softmax", "--json"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["rates"][0] < found["suggestion"] < found["rates"][-1]
    assert main(["learning-rate", "--set", "architecture=softmax"]) == 0
    assert f"Begin with: --set learning_rate={found['suggestion']:g}" in capsys.readouterr().out
    assert store.all() == []
