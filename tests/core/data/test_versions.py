"""An edited dataset is a new version; what a run was trained on never changes."""

import json

import numpy as np
import pytest

from core.data import versions
from core.data.catalogue import dataset
from core.errors import DataError
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made import by_name

SETTINGS = {"validation_fraction": 0.2, "seed": 0}


@pytest.fixture
def digits(own_data_folder):
    """The digits, read into an empty data folder; returns their content hash."""
    by_name.load("digits")
    return by_name.content("digits")


def test_pictures_left_out_are_gone_and_the_others_stay_in_order(digits):
    before = by_name.load("digits")
    version = versions.edit(dataset("digits"), digits, exclude={"train": [0, 7], "test": [3]})
    after = by_name.load("digits", version=version)
    np.testing.assert_array_equal(after.train.images, np.delete(before.train.images, [0, 7], axis=0))
    np.testing.assert_array_equal(after.test.labels, np.delete(before.test.labels, 3))
    np.testing.assert_array_equal(by_name.load("digits").train.images, before.train.images)


def test_a_relabelled_picture_has_its_new_label(digits):
    version = versions.edit(dataset("digits"), digits, relabel={"train": {5: 3}})
    labels = by_name.load("digits").train.labels
    expected = labels.copy()
    expected[5] = 3
    assert labels[5] != 3
    np.testing.assert_array_equal(by_name.load("digits", version=version).train.labels, expected)


def test_edits_grow_on_each_other_and_can_be_undone(digits):
    first = versions.edit(dataset("digits"), digits, exclude={"train": [1]})
    second = versions.edit(dataset("digits"), digits, exclude={"train": [2]})
    assert versions.get(dataset("digits"), second).excluded == {"train": (1, 2)}
    assert [one.id for one in versions.history(dataset("digits"))] == [second, first]
    versions.choose(dataset("digits"), first)
    assert versions.current(dataset("digits")) == first
    versions.choose(dataset("digits"), "")
    assert versions.current(dataset("digits")) == ""
    assert versions.history(dataset("digits")) == []


def test_the_same_edits_have_the_same_name_in_any_order(digits):
    first = versions.edit(dataset("digits"), digits, exclude={"test": [4], "train": [9, 1]})
    versions.choose(dataset("digits"), "")
    versions.edit(dataset("digits"), digits, exclude={"train": [1]})
    assert versions.edit(dataset("digits"), digits, exclude={"train": [9], "test": [4]}) == first


def test_an_edit_that_changes_nothing_is_no_version(digits):
    assert versions.edit(dataset("digits"), digits) == ""
    first = versions.edit(dataset("digits"), digits, exclude={"train": [1]})
    assert versions.edit(dataset("digits"), digits, exclude={"train": [1]}) == first
    assert len(versions.history(dataset("digits"))) == 1


def test_a_run_keeps_the_version_it_was_made_with(digits, tmp_path):
    store = RunStore(tmp_path / "runs")
    before = store.create(TrainingConfig())
    version = versions.edit(dataset("digits"), digits, exclude={"train": [0]})
    after = store.create(TrainingConfig())
    assert (before.config.dataset_version, after.config.dataset_version) == ("", version)
    first = by_name.of(before.config)
    second = by_name.of(after.config)
    assert (first.version, second.version) == (digits, version)
    assert len(first.train) + len(first.validation) == len(second.train) + len(second.validation) + 1
    assert 0 not in [*second.rows["train"], *second.rows["validation"]]


def test_a_clone_keeps_the_version_of_its_run(digits, tmp_path):
    store = RunStore(tmp_path / "runs")
    before = store.create(TrainingConfig())
    versions.edit(dataset("digits"), digits, exclude={"train": [0]})
    after = store.create(TrainingConfig())
    assert store.clone(before).config == before.config
    assert store.clone(after).config == after.config


def test_the_original_can_be_asked_for(digits):
    versions.edit(dataset("digits"), digits, exclude={"train": [0]})
    assert TrainingConfig(dataset_version="original").pinned().dataset_version == ""


def test_a_version_of_a_resized_dataset_is_resized(digits):
    version = versions.edit(dataset("digits"), digits, exclude={"train": [0]})
    np.testing.assert_array_equal(
        by_name.load("digits", 16, version).train.images, by_name.load("digits", 16).train.images[1:]
    )


def test_rows_of_a_run_lead_back_to_its_pictures(digits):
    version = versions.edit(dataset("digits"), digits, exclude={"train": range(0, 900, 3)})
    made = by_name.prepared("digits", version=version, classes=("2", "5"), test_fraction=0.3, **SETTINGS)
    for split in ("train", "validation", "test"):
        found = by_name.pictures("digits", made.rows[split], version=version)
        np.testing.assert_array_equal(found, getattr(made, split).images)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"base": 5}', '{"base": "x", "excluded": {}, "relabelled": {}}'])
def test_a_damaged_version_is_told(digits, own_data_folder, content):
    version = versions.edit(dataset("digits"), digits, exclude={"train": [0]})
    (own_data_folder / "versions" / "digits" / f"{version}.json").write_text(content)
    with pytest.raises(DataError, match=f"Version {version} of digits is not on this machine"):
        by_name.load("digits", version=version)


def test_a_version_whose_content_was_changed_by_hand_is_not_believed(digits, own_data_folder):
    version = versions.edit(dataset("digits"), digits, exclude={"train": [0]})
    path = own_data_folder / "versions" / "digits" / f"{version}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "excluded": {"train": [5]}}))
    with pytest.raises(DataError, match="does not have its name"):
        by_name.load("digits", version=version)


def test_a_version_of_other_images_is_refused(digits):
    version = versions.edit(dataset("digits"), "0123456789ab", exclude={"train": [0]})
    with pytest.raises(DataError, match="made from other images"):
        by_name.load("digits", version=version)


@pytest.mark.parametrize("version", ["nothing", "../../etc", "0123456789ab"])
def test_an_unknown_version_is_told(digits, version):
    with pytest.raises(DataError, match="is not on this machine"):
        by_name.load("digits", version=version)


def test_what_was_kept_is_remembered(digits):
    versions.keep(dataset("digits"), ["a", "b"])
    versions.keep(dataset("digits"), ["b", "c"])
    versions.edit(dataset("digits"), digits, exclude={"train": [0]})
    assert versions.kept(dataset("digits")) == {"a", "b", "c"}
    versions.keep(dataset("digits"), ["a"], forget=True)
    assert versions.kept(dataset("digits")) == {"b", "c"}
