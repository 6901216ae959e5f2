"""What is added to a dataset follows rules of its own: one picture of one class is enough, and names find theirs."""

from collections import Counter

import numpy as np
import pytest
from PIL import Image

from core.data.reading.importing import read
from core.data.reading.looking import look
from core.errors import SettingError

PETS = ("cat", "dog")


@pytest.fixture
def folder(tmp_path):
    """Makes class folders with that many pictures each."""

    def make(**counts):
        for label, n in counts.items():
            (tmp_path / "more" / label).mkdir(parents=True)
            for number in range(n):
                Image.new("L", (16, 16), 10 * number).save(tmp_path / "more" / label / f"{number}.png")
        return tmp_path / "more"

    return make


def counts(imported):
    every = np.concatenate([imported.splits.train.labels, imported.splits.test.labels])
    return Counter(imported.classes[label] for label in every)


@pytest.mark.parametrize("more", [{"cat": 5}, {"cat": 1, "dog": 1}, {"bird": 2}])
def test_few_pictures_of_few_classes_are_enough(folder, scratch, more):
    imported = read(folder(**more), adding=PETS, scratch=scratch)
    assert counts(imported) == more
    assert not imported.refused


def test_a_single_picture_is_for_learning_and_of_five_one_is_for_the_test(folder, scratch):
    splits = read(folder(cat=5, dog=1), adding=PETS, scratch=scratch).splits
    assert (len(splits.train), len(splits.test)) == (5, 1)


def test_names_in_other_capitals_find_their_classes_or_are_said_to_be_new(folder, scratch):
    more = folder(Cat=4, DOG=4)
    imported = read(more, adding=PETS, scratch=scratch)
    assert counts(imported) == {"cat": 4, "dog": 4}
    assert not imported.refused
    assert counts(read(more, adding=PETS, given={"keep-case": "yes"}, scratch=scratch)) == {"Cat": 4, "DOG": 4}


def test_a_name_that_is_there_as_it_is_stays_itself(folder, scratch):
    assert counts(read(folder(A=2, a=1), adding=("A", "a"), scratch=scratch)) == {"A": 2, "a": 1}


def test_an_answer_that_there_is_not_is_refused(folder, scratch):
    with pytest.raises(SettingError, match="keep-case=perhaps"):
        read(folder(Cat=1), adding=PETS, given={"keep-case": "perhaps"}, scratch=scratch)


def test_before_pictures_are_added_it_is_shown_where_they_would_go(folder, scratch):
    shown = look(folder(Cat=2, bird=1), adding=PETS, scratch=scratch)
    assert shown.counts == {"": {"cat": 2, "bird": 1}}
    assert "New classes in this dataset: bird." in map(str, shown.notes)


def test_an_answer_to_what_is_not_asked_is_told(folder, scratch):
    more = folder(cat=4, dog=4)
    said = "turn=yes was said, but with these files there is nothing to decide by it."
    assert said in map(str, look(more, given={"turn": "yes"}, scratch=scratch).notes)
    assert said in map(str, read(more, given={"turn": "yes"}, scratch=scratch).understanding.notes)
