"""What folders of other people mean: each layout of the field is understood, or asked about; no split is cut anew."""

from collections import Counter

import pytest

from core.data.reading.folders.class_folders import Place
from core.data.reading.folders.layout import place
from core.data.reading.understanding import Undecided, Understanding
from core.errors import SettingError


def understood(names, **given):
    """(pictures of each split and class, the understanding)."""
    understanding = Understanding({option.replace("_", "-"): answer for option, answer in given.items()})
    places = place(names, understanding).values()
    return Counter((one.split, one.label) for one in places if isinstance(one, Place)), understanding


def question(understanding, option):
    return next(one for one in understanding.questions if one.option == option)


def files(folder, n=3, ending="jpg"):
    return [f"{folder}/{number}.{ending}" for number in range(n)]


INTEL = [*files("seg_train/seg_train/sea"), *files("seg_train/seg_train/street"), *files("seg_test/seg_test/sea", 2)]
INTEL += [*files("seg_test/seg_test/street", 2), *files("seg_pred/seg_pred", 4)]
KINDS = ("color", "grayscale", "segmented")
PLANTS = [name for kind in KINDS for leaf in ("rust", "scab") for name in files(f"leaves/{kind}/{leaf}")]
SCANS = [name for one in ("healthy", "ill") for name in (*files(f"{one}/images"), *files(f"{one}/masks"))]
REPO = [*files("pets/data/cat"), *files("pets/data/dog"), *files("pets/docs/figures", 2)]
VEHICLES = [name for one in ("train", "bus", "car") for day in ("monday", "tuesday") for name in files(f"{one}/{day}")]
CLASS_FIRST = [name for one in ("cat", "dog") for name in (*files(f"{one}/train"), *files(f"{one}/test", 2))]


def test_longer_names_of_splits_and_doubled_folders_are_understood():
    counts, understanding = understood(INTEL)
    assert counts == {("train", "sea"): 3, ("train", "street"): 3, ("test", "sea"): 2, ("test", "street"): 2}
    assert [str(note) for note in understanding.notes] == [
        "The folder seg_pred is no split; pictures in it that are left out: 4."
    ]
    understanding.settle()  # nothing has to be said


def test_other_folders_can_be_said_to_be_the_splits():
    names = [*files("monday/cat"), *files("monday/dog"), *files("train/cat"), *files("train/dog"), *files("odd/cat")]
    counts, _ = understood(names, split="monday=test,train=train")
    assert counts == {("test", "cat"): 3, ("test", "dog"): 3, ("train", "cat"): 3, ("train", "dog"): 3}
    with pytest.raises(SettingError, match="split=monday=exam is unknown; choose one of"):
        understood(names, split="monday=exam")


def test_renderings_of_the_same_pictures_are_no_classes():
    counts, understanding = understood(PLANTS)
    assert counts == {(None, "rust"): 9, (None, "scab"): 9}
    with pytest.raises(Undecided, match="--level 2: 2 classes: rust, scab; --level 1: 3 classes: color, grayscale"):
        understanding.settle()
    counts, understanding = understood(PLANTS, level="1")
    assert counts == {(None, kind): 6 for kind in KINDS}
    understanding.settle()


def test_masks_beside_pictures_are_left_out_or_kept():
    assert understood(SCANS)[0] == {(None, "healthy"): 3, (None, "ill"): 3}
    assert understood(SCANS, masks="keep")[0] == {(None, "healthy"): 6, (None, "ill"): 6}
    breasts = ["benign/benign (1).png", "benign/benign (1)_mask.png", "benign/benign (1)_mask_1.png", "ill/a.png"]
    assert understood(breasts)[0] == {(None, "benign"): 1, (None, "ill"): 1}
    assert understood(["carnival/a_mask.png", "carnival/b_mask.png", "street/c.png"])[0][None, "carnival"] == 2


def test_an_archive_of_code_has_its_classes_in_one_of_its_folders():
    counts, understanding = understood(REPO)
    assert counts == {(None, "cat"): 3, (None, "dog"): 3}
    with pytest.raises(Undecided, match="--level data: 2 classes: cat, dog"):
        understanding.settle()


def test_a_class_called_train_among_classes_with_folders_is_asked_about():
    counts, understanding = understood(VEHICLES)
    assert counts == {(None, "train"): 6, (None, "bus"): 6, (None, "car"): 6}
    assert question(understanding, "split").unanswered
    counts, _ = understood(VEHICLES, split="given")
    assert counts == {("train", "monday"): 3, ("train", "tuesday"): 3}


def test_splits_within_the_classes_are_honoured():
    expected = {("train", "cat"): 3, ("test", "cat"): 2, ("train", "dog"): 3, ("test", "dog"): 2}
    assert understood(CLASS_FIRST)[0] == expected
    assert understood(CLASS_FIRST, split="none")[0] == {(None, "cat"): 5, (None, "dog"): 5}


def test_a_folder_round_all_classes_of_each_split_is_passed_over():
    names = [name for split in ("train", "test") for pet in ("cat", "dog") for name in files(f"{split}/pets/{pet}")]
    assert set(understood(names)[0]) == {(split, pet) for split in ("train", "test") for pet in ("cat", "dog")}


def test_capital_and_small_letters_of_one_folder_are_several_classes():
    names = [name for letter in "AaBb" for name in files(f"letters/{letter}")]
    assert understood(names)[0] == {(None, letter): 3 for letter in "AaBb"}
    assert understood(names, keep_case="no")[0] == {(None, "A"): 6, (None, "B"): 6}


def test_capitals_that_differ_between_splits_only_are_one_class():
    counts, understanding = understood(
        [*files("train/Cat"), *files("train/dog"), *files("test/cat"), *files("test/dog")]
    )
    assert {label.casefold() for _split, label in counts} == {"cat", "dog"}
    assert len(counts) == 4
    assert question(understanding, "keep-case").answer == "no"


def test_folders_of_which_one_class_lies_deeper_are_not_asked_about():
    understanding = understood([*files("cat/old/black"), *files("dog")])[1]
    understanding.settle()


def test_an_answer_that_there_is_not_is_refused():
    with pytest.raises(SettingError, match="level=7 is unknown; choose one of 2, 1"):
        understood(PLANTS, level="7")
