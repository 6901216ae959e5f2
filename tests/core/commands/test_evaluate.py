"""`python -m core evaluate RUN` prints the numbers of the Mistakes page, for programs and for people."""

import json

import numpy as np
import pytest
from sklearn import metrics

from core.__main__ import main
from core.evaluation.evaluation import read
from core.files import read_arrays
from core.recipe.config import TrainingConfig
from core.runs import diary
from core.runs.run import Run
from tests.made.diaries import by_heart, kept
from tests.made.runs import make_run

KEYS = {"run_id", "split", "accuracy", "loss", "n", "interval", "per_class", "confusion", "macro", "weighted"}
KEYS |= {"top_k", "calibration_error"}


def told(capsys, *words):
    """What the command prints, once it has succeeded; nothing is complained of."""
    assert main(["evaluate", *words]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def refused(capsys, *words):
    """The one line with which the command is refused."""
    try:
        code = main(["evaluate", *words])
    except SystemExit as exit:
        code = exit.code
    printed = capsys.readouterr()
    assert (code, printed.out, printed.err.count("\n")) == (2, "", 1)
    return printed.err


def with_answers(run: Run, labels, probabilities, split="test"):
    """The run with other answers to that split."""
    answers = {f"{split}_labels": np.asarray(labels, np.int64)}
    answers[f"{split}_probabilities"] = np.asarray(probabilities, np.float32).reshape(len(labels), 10)
    np.savez(run.folder / "evaluation.npz", **answers)
    np.savez(run.folder / "images.npz", **{split: np.arange(len(labels))})
    return run


def refuse(constant):
    raise AssertionError(f"{constant} is no JSON")


@pytest.mark.parametrize("which", ["id", "latest"])
def test_the_numbers_equal_scikit_learns(store, capsys, which):
    run = make_run(store, "finished")
    out = json.loads(told(capsys, run.id if which == "id" else "latest", "--json"), parse_constant=refuse)
    assert set(out) == KEYS
    stored = read_arrays(run.folder / "evaluation.npz")
    labels, predicted = stored["test_labels"], stored["test_probabilities"].argmax(axis=1)
    assert (out["run_id"], out["split"], out["n"]) == (run.id, "test", len(labels))
    assert out["accuracy"] == metrics.accuracy_score(labels, predicted) == run.status.result["test_accuracy"]
    assert out["interval"] == run.status.result["interval"]
    assert out["loss"] == read(run, "test").loss
    assert out["confusion"] == metrics.confusion_matrix(labels, predicted).tolist()
    expected = np.transpose(metrics.precision_recall_fscore_support(labels, predicted))
    found = [[row[name] for name in ("precision", "recall", "f1", "support")] for row in out["per_class"]]
    np.testing.assert_allclose(found, expected, atol=1e-15)
    assert [row["class"] for row in out["per_class"]] == run.history.start["classes"]
    for average in ("macro", "weighted"):
        expected = metrics.precision_recall_fscore_support(labels, predicted, average=average)[:3]
        assert [out[average][name] for name in ("precision", "recall", "f1")] == pytest.approx(expected, abs=1e-12)
    assert [one["k"] for one in out["top_k"]] == [1, 2, 3, 5]
    assert out["top_k"][0]["accuracy"] == out["accuracy"]
    assert out["calibration_error"] == pytest.approx(1 - out["accuracy"])  # always sure


def test_a_split_can_be_chosen(store, capsys):
    run = with_answers(make_run(store, "finished"), [0, 1], np.eye(10)[[0, 0]], split="train")
    out = json.loads(told(capsys, run.id, "--split", "train", "--json"))
    assert (out["split"], out["n"], out["accuracy"]) == ("train", 2, 0.5)


def test_without_images_the_numbers_are_null_and_the_text_has_dashes(store, capsys):
    run = with_answers(make_run(store, "finished"), [], [])
    out = json.loads(told(capsys, run.id, "--json"), parse_constant=refuse)
    assert (out["n"], out["accuracy"], out["loss"], out["interval"]) == (0, None, None, [0, 1])
    assert out["macro"] == {"precision": None, "recall": None, "f1": None}
    assert "accuracy –" in told(capsys, run.id)


def test_people_get_a_table_and_the_most_confused_pairs_in_words(store, capsys):
    labels = [0, 0, 0, 0, 1, 1, 2, 3, 3]
    predicted = [0, 0, 8, 8, 1, 7, 2, 3, 3]
    run = with_answers(make_run(store, "finished"), labels, np.eye(10)[predicted])
    lines = told(capsys, run.id).splitlines()
    assert lines[0] == f"run {run.id}, test images"
    assert lines[1].startswith("accuracy 66.7 % (95 % interval 35.4 % to 87.9 %), loss ")
    assert lines[1].endswith("6 of 9 right")
    table = [line for line in lines if "%" in line or "–" in line or "precision" in line][3:-2]
    assert table[0].split() == ["class", "precision", "recall", "F1", "support"]
    assert table[1].split("  ")[0].strip() == "0"
    assert table[1].split()[1:] == ["100.0", "%", "50.0", "%", "66.7", "%", "4"]
    assert len({len(line) for line in table}) == 1  # the columns are in line
    assert any(line.split() == ["9", "–", "–", "0.0", "%", "0"] for line in table)
    assert [line.split()[0] for line in table[-2:]] == ["macro", "weighted"]
    assert lines[-2:] == [
        "2 images of “0” were taken for “8” (50.0 % of “0”)",
        "1 image of “1” was taken for “7” (50.0 % of “1”)",
    ]


@pytest.mark.parametrize(
    ("state", "words", "expected"),
    [
        ("finished", ["--split", "train"], "Choose another split"),
        ("finished", ["--split", "holdout"], "--help"),
        ("running", [], "Wait for that"),
        ("failed", [], "Train its recipe again"),
        ("damaged", [], "Train its recipe again"),
    ],
)
def test_what_is_not_there_is_one_clear_line(store, capsys, state, words, expected):
    assert expected in refused(capsys, make_run(store, state).id, *words)


@pytest.mark.parametrize("run", ["latest", "unknown", "../..", ""])
def test_an_unknown_run_is_refused(runs_folder, capsys, run):
    assert "There is no run" in refused(capsys, run)


def test_the_diary_is_told_epoch_by_epoch_and_image_by_image(store, capsys):
    run = kept(store, by_heart())
    assert main(["diary", run.id, "--json"]) == 0
    told, found = json.loads(capsys.readouterr().out, parse_constant=refuse), diary.read(run)
    assert (told["n"], told["n_changed"], len(told["epochs"]), len(told["images"])) == (60, 24, 6, 60)
    assert [epoch["by_heart"] for epoch in told["epochs"]] == pytest.approx([at / 24 for at in range(6)])
    assert told["changed"][:5] == found.rows[np.flatnonzero(found.changed)[:5]].tolist()
    assert {image["row"] for image in told["images"] if image["first"] == 0} == set(told["never"])
    for image, label, true in zip(told["images"], found.labels, found.true, strict=True):
        assert (image["label"], image["true"]) == (label, true)
    assert main(["diary", run.id]) == 0
    out = capsys.readouterr().out
    assert "60 training images, 24 of them with a changed label" in out
    assert "wrong labels known by heart at the end: 5 of 24" in out


def test_without_changed_labels_the_diary_has_no_column_for_them(store, capsys):
    config = TrainingConfig(train_images=60)
    run = kept(store, by_heart(config), config)
    assert main(["diary", run.id, "--json"]) == 0
    told = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert set(told["epochs"][0]) == {"epoch", "right_labels"}
    assert (len(told["never"]), len(told["forgotten"]), len(told["late"]), told["changed"]) == (1, 1, 2, [])


def test_a_run_without_a_diary_says_what_to_do(store, capsys):
    run = make_run(store, "finished")
    assert main(["diary", run.id]) == 2
    assert "has no diary" in (told := capsys.readouterr().err)
    assert "Train its recipe again" in told
