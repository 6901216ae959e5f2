"""What is wrong with a dataset's pictures: planted faults are found, named and sorted, and sound data stay unblamed."""

import json
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from core import progress
from core.data.dataset import Images, Splits
from core.data.problems import Finding, Imbalance, Report, Row, check, extras, imbalance
from tests.made import by_name

pytestmark = pytest.mark.slow


def photos(n, channels=1, seed=0):
    """Random pictures of which no two are alike, (n, 24, 24, channels) uint8."""
    rng = np.random.default_rng(seed)
    coarse = ndimage.gaussian_filter(rng.standard_normal((n, 24, 24, channels)), (0, 2, 2, 0))
    return np.clip(128 + 50 * coarse / coarse.std(), 0, 255).astype(np.uint8)


def labelled(images, labels=None):
    return Images(np.asarray(images), np.zeros(len(images), np.int64) if labels is None else np.array(labels))


def splits(train, validation=None, test=None):
    """Splits of pictures that all have label 0; without test pictures, one that is like no other."""
    return Splits(
        train=labelled(train),
        test=labelled(photos(1, train.shape[3], seed=99) if test is None else test),
        validation=None if validation is None else labelled(validation),
    )


def found(given_splits):
    """Kind -> the groups found, as (split, row) pairs."""
    groups = defaultdict(list)
    for finding in check(given_splits).findings:
        groups[finding.kind].append([(row.split, row.row) for row in finding.rows])
    return dict(groups)


def brighter(image):
    return np.clip(image * 1.08, 0, 255).astype(np.uint8)


# What is found


@pytest.mark.parametrize("channels", [1, 3])
def test_sound_pictures_are_not_blamed(channels):
    report = check(splits(photos(40, channels), photos(10, channels, 1), photos(10, channels, 2)))
    assert report.findings == ()
    assert report.n == 60
    assert report.seconds >= 0


def test_equal_pictures_of_one_split_are_exact():
    images = photos(9)
    images[[4, 8]] = images[1]
    assert found(splits(images)) == {"exact": [[("train", 1), ("train", 4), ("train", 8)]]}


def test_nearly_equal_pictures_of_one_split_are_near():
    images = photos(9)
    images[6], images[7] = images[2], brighter(images[2])
    assert found(splits(images)) == {"near": [[("train", 2), ("train", 6), ("train", 7)]]}


@pytest.mark.parametrize("change", [np.copy, brighter])
def test_copies_in_two_splits_are_leaks(change):
    train, validation, test = photos(5), photos(4, seed=1), photos(4, seed=2)
    test[3], validation[0], test[1] = change(train[2]), change(train[4]), change(validation[2])
    assert found(splits(train, validation, test)) == {
        "leak": [
            [("train", 2), ("test", 3)],
            [("train", 4), ("validation", 0)],
            [("validation", 2), ("test", 1)],
        ]
    }


def test_a_copy_of_a_copy_belongs_to_the_same_group():
    train, test = photos(6), photos(2, seed=1)
    train[5] = train[0]
    test[1] = brighter(train[0])
    assert found(splits(train, test=test)) == {"leak": [[("train", 0), ("train", 5), ("test", 1)]]}


def test_labels_that_disagree_are_told():
    images = photos(6)
    images[3], images[5] = images[0], images[1]
    given_splits = Splits(train=labelled(images, [0, 1, 0, 2, 1, 1]), test=labelled(photos(1, seed=9)))
    one, other = check(given_splits).findings
    assert (one.rows, one.mixed_labels) == ((Row("train", 0, 0), Row("train", 3, 2)), True)
    assert (other.rows, other.mixed_labels) == ((Row("train", 1, 1), Row("train", 5, 1)), False)


def test_blank_pictures_are_found_with_their_copies_whatever_their_colour():
    images = photos(7, 3)
    images[1] = images[4] = [200, 10, 60]
    images[2] = 128 + np.random.default_rng(0).normal(0, 1, (24, 24, 3)).round()
    images[5] = 128 + np.random.default_rng(0).normal(0, 6, (24, 24, 3)).round()  # faint, but something to see
    assert found(splits(images)) == {"blank": [[("train", 1), ("train", 4)], [("train", 2)]]}


def test_blank_pictures_in_two_splits_are_blank_and_no_leak():
    train, test = photos(4), photos(3, seed=1)
    train[1], test[2] = 0, 0
    assert found(splits(train, test=test)) == {"blank": [[("train", 1), ("test", 2)]]}


def test_what_weighs_most_comes_first():
    train, test = photos(12), photos(3, seed=1)
    train[0] = 7
    train[2], train[4], train[11], test[0] = brighter(train[1]), train[3], train[10], train[9]
    kinds = [finding.kind for finding in check(splits(train, test=test)).findings]
    assert kinds == ["leak", "exact", "exact", "near", "blank"]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=14), st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_groups_are_those_of_equal_contents(train, test):
    pool = photos(6)
    where = defaultdict(list)
    for split, contents in (("train", train), ("test", test)):
        for row, content in enumerate(contents):
            where[content].append((split, row))
    expected = sorted(group for group in where.values() if len(group) > 1)
    groups = found(Splits(train=labelled(pool[train]), test=labelled(pool[test])))
    assert sorted(groups.get("leak", []) + groups.get("exact", [])) == expected
    assert set(groups) <= {"leak", "exact"}


def test_digits_have_no_fault():
    report = check(by_name.load("digits"))
    assert report.findings == ()
    assert report.n == 1797
    assert report.imbalance.ratio < 1.1


def test_memory_maps_are_looked_at_where_they_lie(tmp_path):
    images = photos(5)
    images[3] = images[2]
    np.save(tmp_path / "train.npy", images)
    mapped = np.load(tmp_path / "train.npy", mmap_mode="r")
    assert found(splits(mapped)) == {"exact": [[("train", 2), ("train", 3)]]}


# What is said about it


def keys(given_splits):
    return [finding.key for finding in check(given_splits).findings]


def test_a_key_stays_when_pictures_move_and_goes_when_they_change():
    images = photos(6)
    images[5] = images[0]
    (key,) = keys(splits(images))
    assert keys(splits(images[::-1])) == [key]
    assert keys(splits(np.concatenate([photos(3, seed=5), images]))) == [key]
    assert keys(splits(images[:5], test=images[5:])) == [key]
    assert keys(splits(images[[0, 5, 0]])) != [key]
    images[[0, 5]] += 1
    assert keys(splits(images)) != [key]


TRAIN, LATER, VALIDATION, TEST = Row("train", 3, 0), Row("train", 8, 0), Row("validation", 5, 0), Row("test", 7, 0)


@pytest.mark.parametrize(
    ("kind", "rows", "mixed", "out"),
    [
        ("exact", (TRAIN, LATER), False, (LATER,)),
        ("near", (TRAIN, LATER), False, (LATER,)),
        ("leak", (TRAIN, LATER, TEST), False, (TRAIN, LATER)),
        ("leak", (TRAIN, VALIDATION), False, (TRAIN,)),
        ("leak", (VALIDATION, TEST), False, (VALIDATION,)),
        ("leak", (TRAIN, TEST), True, (TRAIN, TEST)),
        ("exact", (TRAIN, LATER), True, (TRAIN, LATER)),
        ("blank", (TRAIN, LATER), False, (TRAIN, LATER)),
    ],
)
def test_extras_leave_one_copy_the_one_in_the_test_images_first(kind, rows, mixed, out):
    assert extras(Finding(kind, rows, mixed, "")) == out


def test_without_the_extras_nothing_is_found_any_more():
    train, test = photos(12), photos(4, seed=1)
    train[7], train[8], test[2], train[9] = train[1], brighter(train[2]), train[3], 0
    dirty = splits(train, test=test)
    out = {(row.split, row.row) for finding in check(dirty).findings for row in extras(finding)}
    assert out == {("train", 7), ("train", 8), ("train", 3), ("train", 9)}
    kept = [row for row in range(12) if ("train", row) not in out]
    assert check(splits(train[kept], test=test)).findings == ()


def test_imbalance_is_counted_and_its_baseline_is_that_of_the_test_images():
    images = photos(10)
    given_splits = Splits(
        train=labelled(images, [0, 2, 2, 2, 2, 2, 2, 0, 3, 2]), test=labelled(images[:5], [2, 1, 2, 0, 3])
    )
    assert imbalance(given_splits) == Imbalance((2, 0, 7, 1), ratio=7.0, majority=2, baseline=0.4, n=5)
    assert check(given_splits).imbalance == imbalance(given_splits)


def test_a_report_survives_json():
    train = photos(5)
    train[3], train[4] = train[0], 0
    report = check(splits(train))
    assert Report.from_dict(json.loads(json.dumps(report.as_dict()))) == report


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"findings": 3},
        {"findings": [{"kind": "leak"}], "imbalance": {}, "n": 1, "seconds": 0.0},
        {"findings": [], "imbalance": None, "n": 1, "seconds": 0.0},
        {"findings": [], "imbalance": {"counts": [1]}, "n": 1, "seconds": 0.0},
        {"findings": [], "n": 1, "seconds": 0.0},
    ],
)
def test_a_damaged_report_is_none(damaged):
    assert Report.from_dict(damaged) is None


# While it goes on


def test_progress_goes_up_from_nothing_to_all(monkeypatch):
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    said = []
    check(splits(photos(300)), lambda what, fraction: said.append((what, fraction)))
    fractions = [fraction for _, fraction in said]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert 0.8 < fractions[-1] <= 1
    assert all(what and isinstance(what, str) for what, _ in said)


def test_progress_is_not_told_more_often_than_anyone_can_read(monkeypatch):
    monkeypatch.setattr(progress, "PAUSE", 3600.0)
    said = []
    check(splits(photos(300)), lambda what, fraction: said.append((what, fraction)))
    assert len(said) == 1


def test_it_can_be_cancelled(monkeypatch):
    monkeypatch.setattr(progress, "PAUSE", 0.0)

    class Cancelled(Exception):
        pass

    def cancel(_what, fraction):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        check(splits(photos(300)), cancel)
