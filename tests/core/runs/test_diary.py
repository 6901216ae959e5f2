"""The diary in a run's folder: whole records, cut where a training goes on, and read without trust."""

import json

import numpy as np
import pytest

from core.runs import diary
from core.runs.recorder import Recorder
from tests.made import by_name
from tests.made.diaries import NOISY, by_heart, kept
from tests.made.runs import epoch_done, make_run, started_report

SAID = np.random.default_rng(0).integers(0, 10, (6, 60))


def test_what_was_written_is_read_again_with_its_labels(store):
    run, prepared = kept(store, SAID), by_name.of(NOISY)
    found = diary.read(run)
    assert (run.folder / diary.FILE).stat().st_size == SAID.size  # one byte an answer, and nothing else
    np.testing.assert_array_equal(found.said, SAID)
    np.testing.assert_array_equal(found.rows, prepared.rows["train"])
    np.testing.assert_array_equal(found.labels, prepared.train.labels)
    published = by_name.load("digits")
    true = np.concatenate([published.train.labels, published.test.labels])[prepared.rows["train"]]
    np.testing.assert_array_equal(found.true, true)
    assert found.changed.sum() == 24
    np.testing.assert_array_equal(found.right, found.labels == SAID)


def test_a_record_that_a_kill_cut_short_is_passed_over(store):
    run = kept(store, SAID)
    with open(run.folder / diary.FILE, "ab") as file:
        file.write(b"\x01" * 20)
    np.testing.assert_array_equal(diary.read(run).said, SAID)


@pytest.mark.parametrize("complete", [0, 1, 3, 6])
def test_a_training_that_goes_on_leaves_the_records_of_complete_epochs_only(store, complete):
    run = kept(store, SAID)
    whole = (run.folder / diary.FILE).read_bytes()
    with open(run.folder / diary.FILE, "ab") as file:
        file.write(b"\x01" * 20)
    diary.cut(run.folder, complete, run.images)
    np.testing.assert_array_equal(diary.read(run).said, SAID[:complete])
    for epoch, answers in enumerate(SAID[complete:], start=complete + 1):
        diary.write(run.folder, epoch, answers.astype(np.uint8))
    assert (run.folder / diary.FILE).read_bytes() == whole


def test_the_recorder_cuts_it_and_writes_each_epoch_before_its_event(store, monkeypatch):
    run, recorder = kept(store, SAID), None
    recorder = Recorder(run)
    recorder(_begun(after=2))
    np.testing.assert_array_equal(diary.read(run).said, SAID[:2])
    seen = []
    monkeypatch.setattr(Recorder, "_event", lambda *_all, **_more: seen.append(diary.read(run).epochs))
    recorder(_said(3))
    assert seen == [3]


def test_the_event_of_an_epoch_does_not_hold_the_answers(store):
    run = kept(store, SAID)
    recorder = Recorder(run)
    recorder(_said(7))
    assert "said" not in json.loads((run.folder / "events.jsonl").read_text("utf-8").splitlines()[-1])


def test_a_run_that_an_earlier_version_began_has_none(store):
    run = make_run(store, "finished", NOISY)
    diary.write(run.folder, 7, SAID[0].astype(np.uint8))  # it goes on with this one
    assert diary.read(run).epochs == 0
    images = run.images
    np.savez(run.folder / "images.npz", **{name: images[name] for name in ("train", "validation", "test", "changed")})
    diary.write(run.folder, 1, SAID[0].astype(np.uint8))
    assert diary.read(run) is None


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("diary", lambda positions: positions + 60),
        ("diary", lambda positions: positions[:-1]),
        ("diary_labels", lambda labels: labels.astype(float)),
        ("was", lambda was: was[:-1]),
    ],
)
def test_damaged_facts_are_no_diary(store, name, damage):
    run = kept(store, SAID)
    images = run.images
    np.savez(run.folder / "images.npz", **{**images, name: damage(images[name])})
    assert diary.read(run) is None


def test_many_classes_take_two_bytes():
    assert [diary.kind(classes).itemsize for classes in (2, 256, 257, 1000)] == [1, 1, 2, 2]
    named = diary.facts(np.array([2, 0]), np.array([999, 5, 256]), 1000)
    assert named["diary_labels"].tolist() == [256, 999]
    assert named["diary_labels"].dtype == "<u2"


def test_the_made_network_learns_by_heart_one_image_after_the_other():
    """The fixture that pages are tried with says what it promises."""
    prepared, said = by_name.of(NOISY), by_heart()
    right = said == prepared.train.labels
    assert right[:, prepared.changed].sum(axis=1).tolist() == [0, 1, 2, 3, 4, 5]


def _begun(after):
    report = started_report(NOISY, by_name.of(NOISY))
    return type(report)(**{**vars(report), "first_epoch": after + 1})


def _said(epoch):
    report = epoch_done(epoch)
    return type(report)(**{**vars(report), "said": SAID[(epoch - 1) % len(SAID)].astype(np.uint8)})
