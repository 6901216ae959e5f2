"""A curve that a class is asked for, drawn over HTTP: kept where it is one, refused where it is not or too late."""

import json

import pytest

from core.classwork import drawn
from core.classwork import question as questions
from core.people.acting import NotYoursError, acting_as
from core.people.classroom import Classroom
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made.classes import Browser, pupil
from tests.made.runs import make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("class")]
KIND = {"Content-Type": "application/json"}
RECIPE = TrainingConfig(dataset="digits", epochs=5)
MINE = [[1, 0.25], [5, 0.75]]


@pytest.fixture(scope="module")
def room(opened):
    return Classroom(opened.runs / ".class")


@pytest.fixture(scope="module")
def people(opened):
    return [pupil(opened, name) for name in ("Draws", "Draws too")]


@pytest.fixture
def question(room):
    made = drawn.ask(room, RECIPE, "digits")  # as the machine itself
    yield made
    questions.end(room)


def draw(browser, question, curve, **headers):
    body = curve if isinstance(curve, str) else json.dumps({"number": question.number, "curve": curve})
    return browser.ask("/api/class/answer", "POST", body, **KIND, **headers)


def drawn_by(room, question):
    names = {person.id: person.name for person in room.people()}
    return {names[person]: curve for person, curve in drawn.drawn(room, question).items()}


def test_a_curve_is_kept_told_to_its_owner_alone_and_compared_once_it_is_revealed(opened, room, people, question):
    one, other = people
    assert draw(one, question, MINE).status == 200
    assert draw(other, question, [[1, 1.0], [5, 1.0]]).status == 200
    assert draw(other, question, [[1, 0.5], [5, 0.5]]).status == 200  # the last counts
    assert drawn_by(room, question) == {"Draws": ((1, 0.25), (5, 0.75)), "Draws too": ((1, 0.5), (5, 0.5))}
    asked = json.loads(one.ask("/api/class/state").body)["asked"]
    assert (asked["choices"], asked["paper"]["values"]) == ([], pytest.approx([0.25, 0.375, 0.5, 0.625, 0.75]))
    assert not {"truth", "said"} & {*asked, *asked["paper"]}
    run = make_run(RunStore(opened.runs), "finished", RECIPE, epochs=5)
    questions.answered_by(room, run.id)
    questions.turn(room, "revealed")
    told = json.loads(one.ask("/api/class/state").body)["asked"]
    true = [[epoch, share] for epoch, share in zip(range(1, 6), run.history.column("val_accuracy"), strict=True)]
    assert told["paper"]["truth"] == true
    line = [0.25 + 0.5 * (epoch - 1) / 4 for epoch in range(1, 6)]  # between the two points, by hand
    error = 100 * sum(abs(drawn - share) for drawn, (_epoch, share) in zip(line, true, strict=True)) / 5
    assert f"{error:.1f} points" in told["said"]
    assert "of 2" in told["said"]


HOSTILE = [
    *([[1, share]] for share in (1.5, -0.1, "a", None, [], {}, True)),
    *([[epoch, 0.5]] for epoch in (0, 6, -1, 1.5, 10**30, "1", None)),
    *([], [[]], [[1]], [[1, 0.5, 2]], ["ab"], [{"1": 0.5}]),
    *([[1, 0.5], [1, 0.6]], [[1, 0.5]] * 300, [[1 + place % 5, 0.5] for place in range(3000)]),
]


@pytest.mark.parametrize("curve", HOSTILE, ids=lambda curve: repr(curve)[:30])
def test_what_is_no_curve_is_refused_and_the_one_before_stays(room, people, question, curve):
    one, _other = people
    assert draw(one, question, MINE).status == 200
    refused = draw(one, question, curve)
    assert refused.status == 403
    assert "This is no curve over 5 epochs. Draw it" in refused.body
    assert drawn_by(room, question) == {"Draws": ((1, 0.25), (5, 0.75))}


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ('{"number": NUMBER, "curve": [[1, NaN]]}', 403),
        ('{"number": NUMBER, "curve": [[1, Infinity], [2, -Infinity]]}', 403),
        ('{"number": NUMBER, "curve": [[NaN, 0.5]]}', 403),
        ('{"number": NUMBER, "curve": [[1e400, 0.5]]}', 403),
        ('{"number": NUMBER, "curve": {"1": 0.5}}', 422),
        ('{"number": NUMBER, "curve": "[[1, 0.5]]"}', 422),
        ('{"number": "N", "curve": [[1, 0.5]]}', 422),
        ('{"number": 1e0, "curve": [[1, 0.5]]}', 422),
        ('{"curve": [[1, 0.5]]}', 422),
        ('{"number": 999, "curve": [[1, 0.5]]}', 403),
        ('{"number": -1, "curve": [[1, 0.5]]}', 403),
        ('{"number": NUMBER, "curve": ' + "[" * 5000 + "]" * 5000 + "}", 403),
        ('{"number": NUMBER, "curve": [[1, 0.5]', 400),
        ('{"number": NUMBER, "curve": [' + "[1, 0.5], " * 20_000 + "[2, 0.5]]}", 413),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_was_written_by_hand_is_refused_with_a_sentence(room, people, question, written, status):
    one, _other = people
    refused = draw(one, question, written.replace("NUMBER", str(question.number)))
    assert refused.status == status or ("[[[" in written and refused.status == 400)  # as deep as a Python reads
    assert set(json.loads(refused.body)) == {"error"}
    assert drawn_by(room, question) == {}


def test_who_may_not_draw_and_when_nobody_may(opened, room, people, question):
    one, other = people
    assert draw(Browser(opened.address), question, MINE).status == 401
    assert draw(one, question, MINE, Origin="https://evil.example").status == 403
    assert draw(one, question, MINE).status == 200
    questions.turn(room, "closed")
    for late in (one, other):
        refused = draw(late, question, [[1, 0.5]])
        assert refused.status == 403
        assert "closed" in refused.body
    assert drawn_by(room, question) == {"Draws": ((1, 0.25), (5, 0.75))}
    pupils = {person.name: person for person in room.people()}
    with acting_as(pupils["Draws too"]), pytest.raises(NotYoursError):
        questions.turn(room, "open")
