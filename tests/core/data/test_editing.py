"""Leaving out and relabelling by the rows that a run keeps: the right pictures, whatever was edited or added since."""

import numpy as np
import pytest

from core.data import catalogue, editing, versions
from core.data import imported as own
from core.data.dataset import Images, Splits
from core.errors import DataError
from tests.made import by_name

pytestmark = pytest.mark.slow

CLASSES = ("cat", "dog")


@pytest.fixture(autouse=True)
def _own_data(own_data_folder):
    """Versions of the digits made here are no other test's."""


def noise(n, seed):
    """Pictures of which no two are the same, of two classes in turn."""
    random = np.random.default_rng(seed)
    return Images(random.integers(0, 256, (n, 8, 8, 3), np.uint8), np.arange(n) % 2)


def imported():
    return own.create("Pets", Splits(noise(12, 0), noise(6, 1)), CLASSES)


def picture(name, version, split, row):
    """The picture at a place counted without edits, from the splits themselves."""
    base = versions.base(catalogue.dataset(name), version) if version else ""
    stored = by_name.load(name, version=base if catalogue.dataset(name).folder else "")
    return np.asarray(getattr(stored, split).images[row])


def contains(images, wanted):
    return bool((np.asarray(images) == wanted).all(axis=(1, 2, 3)).any())


def prepared(name, version=""):
    return by_name.prepared(name, version=version, validation_fraction=0.25, seed=3)


@pytest.mark.parametrize("make", [lambda: "digits", imported], ids=["digits", "own"])
def test_a_row_is_located_where_its_picture_lies(make):
    name = make()
    one = prepared(name)
    for split in ("train", "validation", "test"):
        rows = one.rows[split][::3]
        found = editing.located(catalogue.dataset(name), "", rows)
        shown = by_name.pictures(name, rows)
        assert len(found) == len(rows)
        for (part, row), expected in zip(found, shown, strict=True):
            np.testing.assert_array_equal(picture(name, "", part, row), expected)


def test_the_first_and_the_last_row_of_each_split_are_located():
    n_train, n_test = counts("digits")
    edges = [0, n_train - 1, n_train, n_train + n_test - 1]
    expected = [("train", 0), ("train", n_train - 1), ("test", 0), ("test", n_test - 1)]
    assert editing.located(catalogue.dataset("digits"), "", edges) == expected


def counts(name):
    stored = by_name.load(name)
    return len(stored.train), len(stored.test)


def test_rows_of_an_edited_version_are_counted_without_its_edits():
    by_name.load("digits")
    version = editing.leave_out_at(catalogue.dataset("digits"), [("train", 0), ("train", 5), ("test", 2)])
    one = prepared("digits", version)
    for split in ("train", "validation", "test"):
        rows = one.rows[split]
        np.testing.assert_array_equal(by_name.pictures("digits", rows, version=version), getattr(one, split).images)
        part, row = editing.located(catalogue.dataset("digits"), version, rows[:1])[0]
        np.testing.assert_array_equal(picture("digits", version, part, row), getattr(one, split).images[0])


@pytest.mark.parametrize("make", [lambda: "digits", imported], ids=["digits", "own"])
@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_what_is_left_out_is_gone_and_nothing_else(make, split):
    name = make()
    before = prepared(name)
    rows = before.rows[split][[1, 2]]
    version = editing.leave_out_at(catalogue.dataset(name), editing.located(catalogue.dataset(name), "", rows))
    after = prepared(name, version)
    kept = np.sort(np.concatenate([after.rows[part] for part in ("train", "validation", "test")]))
    every = np.sort(np.concatenate([before.rows[part] for part in ("train", "validation", "test")]))
    np.testing.assert_array_equal(kept, np.setdiff1d(every, rows))
    np.testing.assert_array_equal(by_name.pictures(name, after.rows["test"], version=version), after.test.images)
    original = prepared(name, versions.pinned(catalogue.dataset(name), versions.ORIGINAL))
    np.testing.assert_array_equal(original.rows["test"], before.rows["test"])


@pytest.mark.parametrize("make", [lambda: "digits", imported], ids=["digits", "own"])
def test_what_is_relabelled_has_the_new_label_and_the_same_picture(make):
    name = make()
    before = prepared(name)
    row, label = before.rows["test"][3], 1 - min(1, int(before.test.labels[3]))
    ((split, place),) = editing.located(catalogue.dataset(name), "", [row])
    version = editing.relabel(catalogue.dataset(name), {split: {place: label}})
    after = prepared(name, version)
    changed = np.flatnonzero(after.rows["test"] == row)
    assert after.test.labels[changed].tolist() == [label]
    np.testing.assert_array_equal(after.test.images[changed[0]], before.test.images[3])
    others = after.rows["test"] != row
    np.testing.assert_array_equal(after.test.labels[others], before.test.labels[before.rows["test"] != row])
    assert versions.current(catalogue.dataset(name)) == version


def test_edits_come_on_top_of_each_other():
    by_name.load("digits")
    editing.leave_out_at(catalogue.dataset("digits"), [("train", 7)])
    editing.relabel(catalogue.dataset("digits"), {"train": {9: 3}})
    version = editing.leave_out_at(catalogue.dataset("digits"), [("test", 1)])
    found = versions.get(catalogue.dataset("digits"), version)
    assert (found.excluded, found.relabelled) == ({"test": (1,), "train": (7,)}, {"train": {9: 3}})


def test_a_run_of_an_older_base_names_the_same_pictures_after_more_were_added():
    name = imported()
    old = versions.current(catalogue.dataset(name))
    before = prepared(name, old)
    rows = before.rows["test"]
    expected = by_name.pictures(name, rows, version=old)
    own.extend(name, Splits(noise(10, 5), noise(4, 6)), CLASSES)
    np.testing.assert_array_equal(by_name.pictures(name, rows, version=old), expected)
    version = editing.leave_out_at(catalogue.dataset(name), editing.located(catalogue.dataset(name), old, rows[:1]))
    now = by_name.load(name, version=version)
    assert len(now.train) + len(now.test) == 12 + 6 + 10 + 4 - 1
    assert not contains(now.test.images, expected[0])
    assert all(contains(now.test.images, one) for one in expected[1:])
    np.testing.assert_array_equal(prepared(name, old).test.images, before.test.images)


def test_the_last_picture_of_a_class_is_not_left_out():
    name = imported()
    before = versions.current(catalogue.dataset(name))
    dogs = [("train", row) for row in range(1, 12, 2)]
    with pytest.raises(DataError, match="dog would have no train picture left"):
        editing.leave_out_at(catalogue.dataset(name), dogs)
    assert versions.current(catalogue.dataset(name)) == before
    editing.leave_out_at(catalogue.dataset(name), dogs[1:])
    with pytest.raises(DataError, match="dog would have no train picture left"):
        editing.leave_out_at(catalogue.dataset(name), dogs[:1])
