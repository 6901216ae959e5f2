"""The command line says what is wrong with what was typed, and lists what there is."""

import argparse
import csv
import importlib
import io
import json
import re
import subprocess
import sys

import pytest

from core.__main__ import COMMANDS, main, parser
from core.data.catalogue import datasets
from core.recipe import architectures
from core.recipe.config import settings
from core.training.device import device
from tests.core.commands.command_line.made import QUICK
from tests.made.runs import make_run
from tests.made.workers import PATIENCE, ROOT, command


@pytest.mark.parametrize("module", COMMANDS)
def test_a_module_adds_the_commands_that_are_said_of_it(module):
    added = []
    importlib.import_module(f"core.commands.{module}").add_to(
        lambda _function, name, **_epilog: added.append(name) or argparse.ArgumentParser()
    )
    assert sorted(added) == sorted(COMMANDS[module])


def test_a_command_leaves_the_other_modules_out_and_no_command_has_them_all():
    def offered(*asked):
        (commands,) = (one for one in parser("it", asked=asked)._actions if one.dest == "command" or one.choices)
        return set(commands.choices)

    assert offered("stop", "latest") == {*COMMANDS["runs"]}
    assert offered("--help") == offered() == offered("stopp") == {name for names in COMMANDS.values() for name in names}


def complaint(capsys, *words):
    """Runs a command that is refused; returns its one line."""
    try:
        code = main(list(words))
    except SystemExit as exit:
        code = exit.code
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith("fitscope: ")
    return told.err


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("epoch=5", "no setting called epoch"),
        ("epochs=0", "choose a whole number between 1 and 1000"),
        ("epochs=1001", "choose a whole number between 1 and 1000"),
        ("epochs=ten", "epochs=ten is out of range"),
        ("epochs=", "choose a whole number between 1 and 1000"),
        ("epochs", "write --set name=value"),
        ("epochs=1\n2", "epochs=1 2 is out of range"),
        ("learning_rate=nan", "out of range"),
        ("learning_rate=inf", "out of range"),
        ("batch_size=1.5", "out of range"),
        ("optimizer=magic", "choose one of: adam"),
        ("mixed_precision=perhaps", "true or false"),
        ("filters=1,2,3,4,5,6,7", "up to 6 whole numbers"),
        ("dataset=cats", "dataset=cats is unknown; choose one of: "),
        ("architecture=../../etc", "is unknown; choose one of: "),
        ("train_images=3", "fewer than the 10 classes"),
        ("image_size=7", "0 or a whole number between 8 and 128"),
        ("__class__=1", "no setting called __class__"),
        ("epochs=__import__('os')", "out of range"),
        ("{epochs}=1", "no setting called {epochs}"),
    ],
)
def test_a_bad_setting_is_one_clear_line(runs_folder, capsys, setting, expected):
    assert expected in complaint(capsys, "train", "--set", setting)
    assert not runs_folder.exists()


def test_settings_that_contradict_each_other_are_refused(runs_folder, capsys):
    line = complaint(capsys, "train", "--set", "architecture=softmax", "--set", "dropout=0.5")
    assert "dropout=0.5 has no meaning for softmax" in line
    assert not runs_folder.exists()


@pytest.mark.parametrize("words", [["resume"], ["stop"], ["history"]])
@pytest.mark.parametrize("run", ["latest", "unknown", "../..", ""])
def test_an_unknown_run_is_refused(runs_folder, capsys, words, run):
    assert re.search("no run (yet|called)", complaint(capsys, *words, run))


@pytest.mark.parametrize("words", [[], ["fly"], ["train", "--epochs", "5"], ["stop"], ["train", "--set"]])
def test_an_unknown_command_is_one_line_too(runs_folder, capsys, words):
    assert "--help" in complaint(capsys, *words)


@pytest.mark.parametrize("state", ["queued", "running", "finished", "damaged"])
def test_only_what_was_interrupted_can_be_resumed(store, capsys, state):
    run = make_run(store, state)
    assert "only a stopped, failed or lost run can go on" in complaint(capsys, "resume", run.id)


@pytest.mark.parametrize("words", [["runs"], ["runs", "--json"], ["stop", "latest"], ["history", "latest"]])
def test_a_file_in_place_of_the_runs_folder_is_one_clear_line(runs_folder, capsys, words):
    runs_folder.write_text("")
    assert "FITSCOPE_RUNS" in complaint(capsys, *words)


def test_a_folder_of_nobody_is_one_clear_line(monkeypatch, capsys):
    monkeypatch.setenv("FITSCOPE_RUNS", "~nobody-of-this-name/runs")
    for words in (["runs"], ["train"]):
        assert "FITSCOPE_RUNS=~nobody-of-this-name/runs" in complaint(capsys, *words)


@pytest.mark.slow
def test_the_exit_code_reaches_the_shell(runs_folder):
    done = command("train", "--set", "epochs=0")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "fitscope: epochs=0 is out of range; choose a whole number between 1 and 1000.\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["train_images=100000"], "Choose between 10 and"),
        (["validation_fraction=0.05", "dataset=digits", "train_images=1437"], "once the validation images are set"),
        (["architecture=cnn_three_blocks"], "choose an image_size of at least 18"),
        (["mixed_precision=true"], "needs a GPU"),
    ],
)
def test_what_data_device_and_network_refuse_leaves_no_run(runs_folder, capfd, words, expected):
    if "mixed_precision=true" in words and device().precision:
        pytest.skip("this machine has a GPU")
    assert expected in complaint(capfd, "train", *(part for word in words for part in ("--set", word)))
    assert not runs_folder.exists()


@pytest.mark.slow
def test_a_runs_folder_that_takes_nothing_is_one_clear_line(runs_folder, capfd):
    runs_folder.write_text("")
    assert "FITSCOPE_RUNS" in complaint(capfd, "train", *QUICK)


def test_datasets_are_listed_as_published(capsys):
    assert main(["datasets", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(rows) == set(datasets())
    for name in ("mnist", "fashion_mnist"):
        assert [rows[name][key] for key in ("n_train", "n_validation", "n_test")] == [60_000, 0, 10_000]
        assert rows[name]["shape"] == [28, 28, 1]
        assert len(rows[name]["classes"]) == 10
    digits = rows["digits"]
    assert digits["n_train"] + digits["n_validation"] + digits["n_test"] == 1797
    assert digits["available"] is True
    for row in rows.values():
        assert set(row) >= {"name", "n_train", "n_validation", "n_test", "shape", "classes", "available"}
        assert isinstance(row["available"], bool)


def test_architectures_are_listed_by_name(capsys):
    assert main(["architectures", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == list(architectures.known())


def test_runs_are_listed_newest_first_with_what_they_are(store, capsys):
    finished, queued, damaged = (make_run(store, state) for state in ("finished", "queued", "damaged"))
    assert main(["runs", "--json"]) == 0
    told = capsys.readouterr()
    keys = ("id", "state", "epoch", "dataset", "architecture")
    assert [tuple(row[key] for key in keys) for row in json.loads(told.out)] == [
        (damaged.id, "damaged", 6, None, None),
        (queued.id, "queued", 0, "digits", "cnn_small"),
        (finished.id, "finished", 6, "digits", "cnn_small"),
    ]
    assert damaged.id in told.err
    assert main(["runs"]) == 0
    assert all(run.id in told.out for run in (finished, queued, damaged))


def test_no_runs_are_an_empty_array(runs_folder, capsys):
    assert main(["runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("words", [["runs"], ["datasets"], ["architectures"]])
def test_tables_are_for_people(store, capsys, words):
    run = make_run(store, "finished")
    run.change_meta(name="Élan \ud800")  # half a character, as damaged JSON can hold
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 2
    assert len({line.index(line.split()[1]) for line in lines[:2]}) == 1  # the columns are in line


@pytest.mark.slow
def test_a_terminal_that_lacks_letters_is_no_reason_to_fail(store):
    make_run(store, "finished").change_meta(name="日本 \u2026")
    done = command("runs", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 0
    assert "finished" in done.stdout


def test_a_reader_that_has_seen_enough_ends_the_command(store):
    for _ in range(3):
        make_run(store, "finished")
    words = f"{sys.executable} -m core runs | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", words], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stderr == ""


def test_the_history_is_the_events_as_csv(store, capsys):
    run = make_run(store, "running")
    assert main(["history", run.id]) == 0
    text = capsys.readouterr().out
    assert text.startswith("epoch,loss,val_loss,accuracy,val_accuracy,n_train,n_validation,n_classes\n")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 6
    for row, epoch in zip(rows, run.history.epochs, strict=True):
        for name in ("epoch", "loss", "val_loss", "accuracy", "val_accuracy"):
            assert float(row[name]) == epoch[name]
        assert (row["n_train"], row["n_validation"], row["n_classes"]) == ("1150", "287", "10")


@pytest.mark.parametrize("state", ["queued", "starting", "damaged"])
def test_a_run_without_epochs_has_a_history_of_one_line(store, capsys, state):
    run = make_run(store, state)
    (run.folder / "events.jsonl").unlink(missing_ok=True)
    assert main(["history", run.id]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_the_help_names_every_setting_with_its_range(capsys):
    with pytest.raises(SystemExit) as left:
        main(["train", "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert all(f"\n  {one.name}\n" in text for one in settings())
    assert "whole number between 1 and 1000; default 20" in text
