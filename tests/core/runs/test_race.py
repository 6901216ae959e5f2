"""Races: begun together, found again, stopped, forgotten; half of one never trains."""

import pytest

from core.errors import RunError, SettingError, StorageError
from core.recipe.config import TrainingConfig
from core.runs import race as races
from core.runs.run import LONGEST_NAME
from core.runs.store import RunStore

TWO = [TrainingConfig(dropout=0.0), TrainingConfig(dropout=0.5)]


def start(store, recipes=TWO, **more):
    return races.start(store, recipes, [f"run {place}" for place in range(len(recipes))], "dropout?", **more)


def test_a_race_is_ordinary_runs_in_their_order_and_a_file(store):
    race = start(store, lesson="overfits", guess="B")
    assert races.race(store, race.id) == race
    assert (race.name, race.lesson, race.guess) == ("dropout?", "overfits", "B")
    runs = races.runs_of(store, race)
    assert list(runs) == ["A", "B"]
    assert [run.config.dropout for run in runs.values()] == [0.0, 0.5]
    assert [run.state for run in runs.values()] == ["queued", "queued"]
    assert {run.id for run in store.all()} == set(race.runs)
    assert [run.id for run in store.queue()] == list(race.runs)  # A goes first


@pytest.mark.parametrize("n", [0, 1, 7])
def test_too_few_or_too_many_are_refused_and_nothing_is_begun(store, n):
    with pytest.raises(SettingError, match="2 to 6 runs"):
        start(store, [TrainingConfig()] * n)
    assert store.all() == []


def test_the_newest_comes_first_and_what_cannot_be_read_is_passed_over(store, monkeypatch):
    monkeypatch.setattr(races.time, "time", lambda: 1_700_000_000.0)
    old = start(store)
    monkeypatch.setattr(races.time, "time", lambda: 1_700_000_100.0)
    new = start(store)
    folder = store.folder / races.FOLDER
    (folder / "20991231-000000-aaaaaa.json").write_text('{"name": 3}', "utf-8")
    (folder / "other.json").write_text("{}", "utf-8")
    assert races.races(store) == [new, old]


@pytest.mark.parametrize(
    "name", ["", "20261126-000000-abcdef", "../../etc/passwd", "x" * 300, "20261126-000000-ABCDEF"]
)
def test_a_race_that_is_not_there_is_told(store, name):
    with pytest.raises(RunError, match="no race called"):
        races.race(store, name)


def test_a_run_that_was_deleted_is_missing_and_the_others_keep_their_letters(store):
    race = start(store, [*TWO, TrainingConfig(dropout=0.9)])
    store.delete(store.get(race.runs[1]))
    assert list(races.runs_of(store, race)) == ["A", "C"]


def test_stop_takes_all_of_them_out_of_the_queue(store):
    race = start(store)
    races.stop(store, race)
    assert [run.state for run in races.runs_of(store, race).values()] == ["stopped", "stopped"]
    assert store.queue() == []


def test_a_race_that_is_forgotten_leaves_its_runs_and_can_be_brought_back(store):
    race = start(store)
    races.remove(store, race)
    races.remove(store, race)  # twice is as good as once
    assert races.races(store) == []
    assert len(store.all()) == 2
    races.restore(store, race)
    assert races.races(store) == [race]


def test_where_the_disk_is_full_in_the_middle_no_half_of_a_race_trains(store, monkeypatch):
    create = RunStore.create
    made = []

    def second_fails(self, *given, **named):
        if made:
            raise StorageError("The disk is full.")
        made.append(create(self, *given, **named))
        return made[0]

    monkeypatch.setattr(RunStore, "create", second_fails)
    with pytest.raises(StorageError):
        start(store)
    assert races.races(store) == []
    assert store.all() == []
    assert store.queue() == []


def test_names_are_cut_where_they_are_too_long_for_a_run(store):
    race = races.start(store, TWO, ["x" * 200, "b"], "long")
    assert [run.meta.name for run in races.runs_of(store, race).values()] == ["x" * (LONGEST_NAME - 1) + "…", "b"]
