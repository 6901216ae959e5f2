"""Who has a network prepared to be taken away: whoever made it, and the teacher; decided before Keras is there."""

import pytest

from core.errors import RunError
from core.export import offered
from core.export.package import export
from core.network.classifier import ESTIMATOR, NETWORK
from core.people.acting import NotYoursError, acting_as
from core.people.person import STRANGER, PeopleError, Person
from core.progress import silent
from tests.made.runs import make_run

LEA, NOE, TEACHER = Person("a" * 12, "Léa"), Person("b" * 12, "Noé"), Person("c" * 12, "M. Roux", teacher=True)


@pytest.fixture
def run(store):
    with acting_as(LEA):
        made = make_run(store, "finished")
    for name in (NETWORK, offered.NETWORK):
        (made.folder / name).write_bytes(b"a network")
    return made


def test_whoever_made_it_and_the_teacher_have_it_prepared(run):
    for person in (LEA, TEACHER):
        with acting_as(person):
            assert offered.check(run) == offered.fingerprint(run) != ""
    assert offered.check(run)  # the machine itself


def test_nobody_else_has_and_what_was_prepared_stays(run):
    (run.folder / offered.ZIP).write_bytes(b"prepared before")
    with acting_as(NOE), pytest.raises(NotYoursError):
        export(run, silent)
    with acting_as(STRANGER), pytest.raises(PeopleError):
        export(run, silent)
    assert (run.folder / offered.ZIP).read_bytes() == b"prepared before"
    assert not (run.folder / "export.lock").exists()


def test_a_kept_epoch_of_a_training_is_prepared_by_the_same(store):
    with acting_as(LEA):
        run = make_run(store, "running")
    for person in (LEA, TEACHER):
        with acting_as(person):
            assert offered.check(run, 3) == offered.fingerprint(run, 3) != ""
    with acting_as(NOE), pytest.raises(NotYoursError):
        export(run, silent, epoch=3)


@pytest.mark.parametrize(
    ("state", "file", "words"),
    [("running", offered.NETWORK, "still changing"), ("finished", ESTIMATOR, "baseline"), ("failed", "", "no network")],
)
def test_what_is_no_network_of_ours_to_prepare_is_said(store, state, file, words):
    run = make_run(store, state)
    if file:
        (run.folder / file).write_bytes(b"x")
    with pytest.raises(RunError, match=words):
        offered.check(run)
