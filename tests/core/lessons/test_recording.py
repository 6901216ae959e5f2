"""A lesson brings a recording of its recipes as they are now, small, and what it promises is seen in it.

One that somebody adds in one file may do without: its page then offers none.
"""

import gzip
import json

import pytest

from core.errors import DataError
from core.lessons import recording as recordings
from core.lessons.lesson import lessons
from core.lessons.promise import Shows
from core.recipe.config import TrainingConfig
from core.runs.race import LETTERS
from core.runs.run import ENDED
from tests.made.runs import make_run

RECORDED = sorted(path.name.removesuffix(".json.gz") for path in recordings.HOME.iterdir())
every = pytest.mark.parametrize("name", RECORDED)
AGAIN = "make it again: python -m core lessons {} --record"
MOST = 60_000  # bytes


@every
def test_a_lesson_brings_a_recording_of_its_recipes_as_they_are(name):
    found = recordings.recording(name)
    assert found, AGAIN.format(name)
    assert found.recipes == tuple(recipe.pinned() for recipe in lessons()[name].recipes), AGAIN.format(name)
    assert (recordings.HOME / f"{name}.json.gz").stat().st_size < MOST
    assert found.device
    assert found.release
    assert found.made > 1_700_000_000


@every
def test_what_it_promises_is_seen_in_it(name, own_data_folder):
    lesson, found = lessons()[name], recordings.recording(name)
    runs = recordings.laid_out(name)
    assert all(run.state in ENDED and run.damage is None for run in runs)
    assert len(found.answers) == len(lesson.promised), AGAIN.format(name)
    assert all(answer.kept for answer in found.answers), AGAIN.format(name)
    for promise, answer in zip(lesson.promised, found.answers, strict=True):
        if isinstance(promise, Shows):  # the others ask for the answers to each image, which are not recorded
            assert promise.ask(runs) == answer, AGAIN.format(name)
    for letter, run in zip(LETTERS, runs, strict=False):
        assert run.id == f"{name}-{letter}"
        assert run.history.epochs


def test_where_labels_were_changed_it_has_what_was_said_of_them(own_data_folder):
    from core.evaluation.memorisation import memorised
    from core.runs import diary

    run = recordings.laid_out("noise_memorised")[0]
    found = memorised(diary.read(run))
    assert found.n_changed > 0
    assert len(found.by_heart) == len(run.history.epochs)


def test_a_recording_is_what_was_trained(store, tmp_path, own_data_folder):
    run = make_run(store, "finished", TrainingConfig(epochs=6))
    recordings.record("mine", [run], [], tmp_path)
    (again,) = recordings.laid_out("mine", home=tmp_path)
    assert again.config == run.config
    assert again.state == "finished"
    assert again.status.result == run.status.result
    assert again.history.epochs == run.history.epochs
    assert again.history.trace.x == run.history.trace.x
    assert recordings.laid_out("mine", home=tmp_path)[0].folder == again.folder  # written once


@pytest.mark.parametrize(
    "content",
    [b"", b"\x1f\x8b\x08", gzip.compress(b"[]", mtime=0), gzip.compress(b'{"format": 2}', mtime=0)],
    ids=["empty", "cut off", "a list", "another format"],
)
def test_a_damaged_one_is_told(tmp_path, content):
    (tmp_path / "mine.json.gz").write_bytes(content)
    with pytest.raises(DataError, match="Install Fitscope again"):
        recordings.recording("mine", tmp_path)


def test_it_holds_no_image_and_no_network():
    for path in recordings.HOME.glob("*.json.gz"):
        told = json.loads(gzip.decompress(path.read_bytes()))
        assert set(told) == {"format", "lesson", "made", "release", "machine", "runs", "answers"}
        assert all(set(run) <= {"config", "events", "status", "diary"} for run in told["runs"])


def test_no_recording_is_of_a_lesson_that_is_gone_and_all_of_ours_have_one():
    assert set(RECORDED) <= set(lessons())
    assert len(RECORDED) >= 18, AGAIN.format("NAME")
