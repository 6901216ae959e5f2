"""Nothing of one person stands on both sides, and the shares come as near as a known stratified group split does."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from core.classwork.split_by_giver import SHARES, apart, by_chance, counted, divided, shared_out, shortfall
from core.errors import DataError

pytestmark = pytest.mark.slow


@st.composite
def collections(draw):
    """labels, person and burst of each picture: 3 to 30 people who gave what they liked, in bursts."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_people, n_classes = draw(st.integers(3, 30)), draw(st.integers(2, 6))
    rows = []
    for person in range(n_people):
        for burst in range(rng.integers(1, 6)):
            label = rng.integers(n_classes)
            rows += [(label, f"p{person}", f"b{burst}")] * rng.integers(1, 15)
    labels, people, bursts = zip(*rows, strict=True)
    return np.array(labels), list(people), list(bursts), n_classes


@settings(max_examples=30)
@given(collections())
def test_no_group_stands_on_two_sides(collection):
    labels, people, bursts, n_classes = collection
    classes = [f"class {label}" for label in range(n_classes)]
    try:
        division = divided(labels, people, bursts, classes)
    except DataError:
        return
    groups = [
        (person, "" if division.level == "person" else burst) for person, burst in zip(people, bursts, strict=True)
    ]
    sides = {}
    for group, side in zip(groups, division.sides.tolist(), strict=True):
        sides.setdefault(group, set()).add(side)
    assert {len(one) for one in sides.values()} == {1}
    assert (division.counts(labels, n_classes) > 0).all()
    assert len(division.sides) == len(labels)


@settings(max_examples=30)
@given(collections())
def test_the_shares_are_no_worse_than_scikit_learns(collection):
    """Five folds of StratifiedGroupKFold: one for the test, one for validation, three to learn from."""
    labels, people, _bursts, n_classes = collection
    if len(set(people)) < 5:
        return
    wanted = np.outer(np.bincount(labels, minlength=n_classes), SHARES)
    ours = shortfall(counted(labels, apart(labels, people, n_classes), n_classes), wanted)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class with fewer pictures than folds
        try:
            folds = [test for _train, test in StratifiedGroupKFold(5).split(labels, labels, people)]
        except ValueError:  # all classes have fewer pictures than folds
            return
    sides = np.zeros(len(labels), np.int64)
    sides[folds[0]], sides[folds[1]] = 1, 2
    assert ours <= shortfall(counted(labels, sides, n_classes), wanted) + 1e-9


def test_thirty_who_gave_as_many_of_each_come_out_exactly():
    people = np.repeat([f"p{n}" for n in range(30)], 40)
    labels = np.tile(np.repeat(np.arange(4), 10), 30)
    sides = apart(labels, people.tolist(), 4)
    assert counted(labels, sides, 4).tolist() == [[180, 60, 60]] * 4


def test_one_giver_is_split_by_burst_and_one_burst_is_refused():
    labels = np.repeat([0, 1], 30)
    people = ["p"] * 60
    bursts = [f"b{place // 5}" for place in range(60)]
    division = divided(labels, people, bursts, ("cat", "dog"))
    assert division.level == "burst"
    with pytest.raises(DataError, match=r"for each class; cat, dog has fewer\. Let more people"):
        divided(labels, people, ["b"] * 60, ("cat", "dog"))
    bursts[30:] = ["b"] * 30  # of dogs one burst
    with pytest.raises(DataError, match="class; dog has fewer"):
        divided(labels, people, bursts, ("cat", "dog"))


def test_where_a_person_is_not_known_the_burst_is_the_group():
    labels = np.repeat([0, 1], 30)
    division = divided(labels, [""] * 60, [f"b{place // 5}" for place in range(60)], ("cat", "dog"))
    assert division.level == "person"
    assert (division.sides.reshape(12, 5) == division.sides.reshape(12, 5)[:, :1]).all()


def test_who_stands_on_a_side_stays_there():
    people = np.repeat([f"p{n:02}" for n in range(20)], 10)
    labels = np.tile([0, 1], 100)
    before = apart(labels, people.tolist(), 2)
    fixed = {person: int(side) for person, side in zip(people, before, strict=True)}
    more = np.concatenate([people, np.repeat(["q1", "q2", "q3", "q4", "q5"], 10)])
    after = apart(np.tile([0, 1], 125), more.tolist(), 2, fixed=fixed)
    assert (after[:200] == before).all()
    assert counted(np.tile([0, 1], 125), after, 2).tolist() == [[75, 25, 25]] * 2


def test_by_chance_the_sides_are_as_large_and_people_stand_on_all():
    people = np.repeat([f"p{n:02}" for n in range(20)], 10)
    labels = np.tile([0, 1], 100)
    division = by_chance(labels, shared_out(np.bincount(labels)))
    assert division.level == "chance"
    assert division.counts(labels, 2).tolist() == [[60, 20, 20]] * 2
    assert len({*people[division.sides == 0]} & {*people[division.sides == 2]}) > 10
    assert shared_out(np.array([3, 4, 10])).tolist() == [[1, 1, 1], [2, 1, 1], [6, 2, 2]]
