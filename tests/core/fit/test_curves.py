"""Tables of curves that were made elsewhere, and those of a run."""

import csv
import math

import pytest

from core.errors import DataError, DivergedError
from core.fit import curves
from core.runs.recorder import Recorder
from core.runs.store import RunStore
from tests.made.runs import make_run

HEAD = "epoch,loss,val_loss,accuracy,val_accuracy,n_train,n_validation,n_classes\n"


def table(tmp_path, text):
    path = tmp_path / "history.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_table_is_read(tmp_path):
    path = table(tmp_path, HEAD + "1,2,2.1,0.3,0.2,100,50,10\n2,1,1.1,0.6,0.5,100,50,10\n")
    shown = curves.read(path, label_noise=0.3)
    assert shown == curves.Curves((2, 1), (2.1, 1.1), (0.3, 0.6), (0.2, 0.5), 100, 50, 10, 0.3)
    assert shown.until(1).loss == (2,)


def test_an_epoch_that_diverged_may_have_no_numbers(tmp_path):
    shown = curves.read(table(tmp_path, HEAD + "1,2,2,0.3,0.2,9,9,2\n2,nan,inf,nan,0.2,9,9,2\n"))
    assert math.isnan(shown.loss[1])
    assert shown.val_loss[1] == math.inf


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("epoch,loss\n1,2\n", "lacks val_loss, accuracy"),
        (HEAD, "lacks any epoch"),
        ("", "lacks epoch, loss"),
        (HEAD + "1,2,2,1.4,0.2,9,9,2\n", "epoch 1: accuracy is '1.4'"),
        (HEAD + "1,2,2,0.4,0.2,9,9,2\n2,,2,0.4,0.2,9,9,2\n", "epoch 2: loss is ''"),
        (HEAD + "1,2,2,nan,0.2,9,9,2\n", "accuracy is 'nan'"),
        (HEAD + "1,-2,2,0.4,0.2,9,9,2\n", "loss is '-2'"),
        (HEAD + "1,2,2,0.4,0.2,0,9,2\n", "n_train is '0'"),
        (HEAD + "1,2,2\n", "n_train is None"),
    ],
)
def test_what_is_no_history_is_refused_with_the_reason(tmp_path, text, words):
    with pytest.raises(DataError, match=r"history\.csv") as refused:
        curves.read(table(tmp_path, text))
    assert words in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        curves.read(tmp_path / "none.csv")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot be read"):
        curves.read(tmp_path / "picture.csv")


def test_a_run_has_curves_from_its_first_epoch_on(tmp_path):
    store = RunStore(tmp_path)
    assert curves.of(make_run(store, "queued")) is None
    run = make_run(store, "running", epochs=3)
    shown = curves.of(run)
    assert list(shown.loss) == run.history.column("loss")
    assert (shown.n_validation, shown.baseline) == (run.history.start["n_validation"], 0.1)


def test_a_run_that_diverged_ends_with_an_epoch_without_numbers(tmp_path):
    run = make_run(RunStore(tmp_path), "running", epochs=3)
    Recorder(run).status("failed", DivergedError("The loss stopped being a number."))
    assert run.diverged
    assert math.isnan(curves.of(run).loss[-1])
    assert len(curves.of(run).loss) == len(run.history.epochs) + 1


def test_what_the_command_line_writes_is_what_it_reads(tmp_path, capsys, monkeypatch):
    from core.__main__ import main

    store = RunStore(tmp_path / "runs")
    run = make_run(store, "finished")
    monkeypatch.setenv("FITSCOPE_RUNS", str(store.folder))
    assert main(["history", run.id]) == 0
    path = table(tmp_path, capsys.readouterr().out)
    assert tuple(next(csv.reader(path.open()))) == curves.COLUMNS
    assert list(curves.read(path).val_loss) == list(curves.of(run).val_loss)
