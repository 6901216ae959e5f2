"""The folder a picture lies in is its class, whatever lies round it, and splits are told from classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.reading.decode import Refused
from core.data.reading.folders.class_folders import SPLIT_WORDS, Place, clean_label
from core.data.reading.folders.layout import place
from core.data.reading.natural_order import natural_key
from core.data.reading.understanding import Undecided, Understanding

GIVEN = Understanding({"split": "given"})

SPLIT_NAMES = {
    "train": ["train", "Training"],
    "validation": ["val", "Valid", "validation"],
    "test": ["test", "TESTING"],
}


def placed(*names):
    """(split, label) of each, or its reason."""
    found = place(names)
    return [(one.split, one.label) if isinstance(one, Place) else str(one) for one in map(found.get, names)]


def test_the_folder_is_the_class():
    assert placed("cat/1.png", "dog/2.png") == [(None, "cat"), (None, "dog")]


def test_train_and_test_folders_are_splits():
    names = "train/cat/1.png", "VAL/cat/2.png", "Test/dog/3.png", "PublicTest/dog/4.png", "privatetest/dog/5.png"
    assert placed(*names) == [
        ("train", "cat"),
        ("validation", "cat"),
        ("test", "dog"),
        ("validation", "dog"),
        ("test", "dog"),
    ]


def test_folders_round_everything_are_passed_over():
    assert placed("pets/all/train/cat/1.png", "pets/all/test/dog/2.png") == [("train", "cat"), ("test", "dog")]
    assert placed("pets/cat/1.png", "pets/dog/2.png") == [(None, "cat"), (None, "dog")]


def test_one_class_alone_is_not_a_wrapper():
    assert placed("cat/1.png", "cat/2.png") == [(None, "cat"), (None, "cat")]


def test_a_lone_split_folder_is_a_split():
    assert placed("train/cat/1.png", "train/dog/2.png") == [("train", "cat"), ("train", "dog")]


def test_folders_within_a_class_belong_to_it():
    assert placed("cat/old/black/1.png", "dog/2.png") == [(None, "cat"), (None, "dog")]


def test_a_picture_in_no_class_folder_is_refused():
    found = placed("1.png", "cat/2.png", "dog/3.png", "train.png")
    assert "in no class folder" in found[0]
    assert "in no class folder" in found[3]
    assert "in no class folder" in placed("train/1.png", "train/cat/2.png")[0]


def test_pictures_beside_the_wrapper_and_beside_the_splits_are_refused():
    assert "beside the train and test folders" in placed("train/cat/1.png", "test/cat/2.png", "extra/cat/3.png")[2]
    assert "in no class folder" in placed("data/x.png", "data/cat/1.png", "data/dog/1.png")[0]


def test_a_file_that_is_no_picture_does_not_hide_the_wrapper():
    found = placed("data/cat/1.png", "data/dog/2.png", "docs/readme.txt", "licence.txt")
    assert found[:2] == [(None, "cat"), (None, "dog")]
    assert "beside the folder of the classes" in found[2]
    assert "in no class folder" in found[3]


def test_a_class_may_be_called_train_where_it_is_no_split():
    assert placed("train/1.png", "bus/2.png", "plane/3.png") == [(None, "train"), (None, "bus"), (None, "plane")]


def test_pictures_of_train_and_test_without_classes_are_asked_about():
    understanding = Understanding()
    place(["train/1.png", "test/2.png"], understanding)
    with pytest.raises(Undecided, match="--split none: they are classes: test, train; --split given"):
        understanding.settle()
    assert all("in no class folder" in str(one) for one in place(["train/1.png", "test/2.png"], GIVEN).values())


def test_names_that_differ_in_capitals_or_accents_only_are_one_class():
    found = placed("train/Pêche/1.png", "test/pe\u0302che/2.png", "test/pêche/3.png", "val/ pêche /4.png")
    assert {label for _split, label in found} == {"pêche"}  # as the first in natural order writes it


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("x" * 61, "61 characters"),
        ("a\tb", "control"),
        ("a\u202eb", "control"),
        ("   ", "no name"),
        ("a\udc80b", "control"),
    ],
)
def test_a_class_that_cannot_be_shown_is_refused(name, piece):
    assert piece in placed(f"{name}/1.png", "dog/2.png")[0]


def test_a_class_of_60_characters_in_any_script_is_kept():
    for name in ("x" * 60, "葉", "שלום", "👩‍🔬", "a b", "été"):
        assert clean_label(f" {name} ") == name


def test_numbers_count_and_capitals_do_not():
    names = ["10", "9", "B2", "a10", "a9", "b1", "A9", "007", "7"]
    assert sorted(names, key=natural_key) == ["007", "7", "9", "10", "A9", "a9", "a10", "b1", "B2"]


def test_an_endless_number_has_its_place():
    assert sorted(["9" * 9999, "1" + "0" * 9999, "5"], key=natural_key)[0] == "5"


@given(st.lists(st.text(max_size=20)))
def test_the_order_is_the_same_whatever_it_was_before(names):
    backwards = names[::-1]
    backwards.sort(key=natural_key)
    assert sorted(names, key=natural_key) == backwards


@given(
    st.lists(
        st.text(st.characters(), max_size=40)
        | st.lists(st.sampled_from(["train", "test", "a", "", ".."])).map("/".join)
    )
)
def test_any_paths_are_placed_or_refused(names):
    found = place(names)
    assert set(found) == set(names)
    for one in found.values():
        if isinstance(one, Place):
            assert one.split in (None, *SPLIT_WORDS.values())
            assert clean_label(one.label) == one.label
        else:
            assert isinstance(one, Refused)
            assert str(one)


LABEL = st.text("abcXYZ019 é-", min_size=1, max_size=8).filter(
    lambda text: text.strip() and text.lower() not in SPLIT_WORDS
)


@given(st.data(), st.lists(LABEL, min_size=2, max_size=5, unique_by=lambda text: text.strip().casefold()))
def test_every_layout_of_class_folders_is_understood(data, labels):
    with_splits = data.draw(st.booleans())
    wrapper = data.draw(st.sampled_from(["", "data/", "a/b c/"]))
    names, expected = [], []
    for label in labels:
        for split in data.draw(st.sets(st.sampled_from([*SPLIT_NAMES]), min_size=1)) if with_splits else [None]:
            folder = data.draw(st.sampled_from(SPLIT_NAMES[split])) + "/" if split else ""
            for number in range(data.draw(st.integers(2, 4))):
                names.append(f"{wrapper}{folder}{label}/{number}.jpg")
                expected.append((split, label.strip()))
    assert placed(*names) == expected
