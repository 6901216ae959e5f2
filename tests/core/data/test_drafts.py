"""What a person puts together stays as it is shown: names of any kind, pictures once, nothing lost by a new name."""

import io
import os

import pytest

from core.data import drafts
from core.data.reading.importing import read
from tests.made import hostile


def picture(seed):
    return hostile.saved(hostile.picture(seed), "PNG")


@pytest.fixture
def draft(own_data_folder):
    return drafts.new()


def add(draft, name, n, start=0):
    for number in range(start, start + n):
        draft.put(name, picture(number), ".png")


def shown(draft):
    return {name: len(draft.pictures(name)) for name in draft.classes}


@pytest.mark.parametrize("names", [["A", "a", "yes/no", "what?"], ["Train", "Test"], ["CON", "..", "🐱", " x "]])
def test_classes_of_any_name_are_imported_as_they_are_called(draft, tmp_path, names):
    draft.name_classes(names)
    for place, name in enumerate(draft.classes):
        add(draft, name, 4, start=10 * place)
    imported = read(draft.folder, scratch=tmp_path / "scratch")
    assert set(imported.classes) == {name.strip() for name in names}
    assert len(imported.splits.train) + len(imported.splits.test) == 4 * len(names)
    assert not imported.refused


def test_a_new_name_takes_the_pictures_of_the_old_one_along(draft):
    draft.name_classes(["cat", "dog"])
    add(draft, "cat", 5)
    add(draft, "dog", 4, start=20)
    draft.name_classes(["kitten", "dog"])
    add(draft, "kitten", 1, start=40)
    assert shown(draft) == {"kitten": 6, "dog": 4}
    assert draft.set_aside == {}


def test_what_is_imported_is_what_is_shown(draft, tmp_path):
    draft.name_classes(["cat", "dog", "emu"])
    for place, name in enumerate(draft.classes):
        add(draft, name, 4, start=10 * place)
    draft.name_classes(["cat", "emu"])
    assert draft.set_aside == {"dog": 4}
    imported = read(draft.folder, scratch=tmp_path / "scratch")
    assert set(imported.classes) == set(shown(draft)) == {"cat", "emu"}


def test_a_class_that_is_named_again_has_its_pictures_again(draft):
    draft.name_classes(["cat", "dog"])
    add(draft, "dog", 3)
    draft.name_classes(["cat"])
    draft.name_classes(["dog", "cat"])
    assert shown(draft) == {"dog": 3, "cat": 0}
    assert draft.set_aside == {}


def test_a_name_that_comes_back_in_the_place_of_another_loses_neithers_pictures(draft):
    draft.name_classes(["cat", "dog", "emu"])
    add(draft, "cat", 2)
    add(draft, "emu", 3, start=20)
    draft.name_classes(["cat", "dog"])
    draft.name_classes(["emu", "dog"])
    assert shown(draft) == {"emu": 3, "dog": 0}
    assert draft.set_aside == {"cat": 2}
    draft.name_classes(["dog"])
    assert draft.set_aside == {"cat": 2, "emu": 3}


def test_the_same_picture_is_kept_once_in_a_class_and_once_more_in_another(draft):
    draft.name_classes(["cat", "dog"])
    assert [draft.put("cat", picture(1), ".png"), draft.put("cat", picture(1), ".png")] == [True, False]
    assert draft.put("dog", picture(1), ".png")


def test_near_copies_are_kept_aside_and_imported_only_if_they_are_kept(draft, tmp_path):
    draft.name_classes(["cat", "dog"])
    add(draft, "cat", 4)
    add(draft, "dog", 4, start=20)
    for seed in (9, 9, 0):
        draft.leave_out("cat", picture(seed), ".png")
    assert (shown(draft), len(draft.near("cat")), draft.near("dog")) == ({"cat": 4, "dog": 4}, 3, [])
    imported = read(draft.folder, scratch=tmp_path / "scratch")
    assert (len(imported.splits.train) + len(imported.splits.test), list(imported.refused)) == (8, [])
    draft.keep_near("cat")
    assert (shown(draft)["cat"], draft.near("cat")) == (5, [])
    draft.leave_out("cat", picture(10), ".png")
    draft.forget_near("cat")
    assert (shown(draft)["cat"], draft.near("cat")) == (5, [])


def test_what_was_removed_last_is_put_back_where_it_was_and_then_what_went_before(draft, tmp_path):
    draft.name_classes(["cat", "dog"])
    add(draft, "cat", 6)
    add(draft, "dog", 4, start=20)
    before = draft.pictures("cat")
    draft.remove([before[1]])
    draft.remove(before[4:])
    assert (draft.pictures("cat"), draft.removed) == ([before[0], *before[2:4]], 2)
    imported = read(draft.folder, scratch=tmp_path / "scratch")
    assert (len(imported.splits.train) + len(imported.splits.test), list(imported.refused)) == (7, [])
    again = drafts.get(draft.id)  # after a reload
    again.put_back()
    assert (draft.pictures("cat"), draft.removed) == ([before[0], *before[2:]], 1)
    again.put_back()
    assert (draft.pictures("cat"), draft.removed) == (before, 0)
    again.put_back()
    assert draft.pictures("cat") == before


def test_a_picture_that_another_tab_took_out_is_not_missed(draft):
    draft.name_classes(["cat"])
    add(draft, "cat", 2)
    (first, second) = draft.pictures("cat")
    draft.remove([first])
    draft.remove([first, second])
    draft.put_back()
    assert draft.pictures("cat") == [second]


def test_an_uploaded_file_takes_the_place_of_the_one_before(draft):
    draft.put_file("fruit.npz", io.BytesIO(b"first"))
    path = draft.put_file("fruit.npz", io.BytesIO(b"later"))  # of the same name and size
    assert path.read_bytes() == b"later"
    assert draft.put_file("../../évil?.zip", io.BytesIO(b"x")).parent == draft.folder / "file"
    assert draft.file.read_bytes() == b"x"


def test_a_draft_is_there_again_for_a_week(draft):
    draft.name_classes(["cat", "dog"])
    assert drafts.every() == []  # nothing in it
    add(draft, "cat", 1)
    again = drafts.get(draft.id)
    assert shown(again) == {"cat": 1, "dog": 0}
    assert drafts.every() == [draft]
    old = drafts.new()
    old.name_classes(["x"])
    os.utime(old.folder / drafts.MANIFEST, (0, 0))
    drafts.remove_old()
    assert drafts.get(old.id) is None
    assert drafts.get(draft.id) == draft
    draft.delete()
    assert drafts.every() == []


def test_what_is_thrown_away_can_be_taken_back_for_an_hour(draft, monkeypatch):
    draft.name_classes(["cat"])
    add(draft, "cat", 1)
    draft.throw_away()
    assert drafts.every() == []
    drafts.remove_old()
    draft.take_back()
    assert drafts.every() == [draft]
    draft.throw_away()
    add(draft, "cat", 2)  # in another tab
    assert drafts.every() == [draft]
    draft.throw_away()
    monkeypatch.setattr(drafts, "TAKEN_BACK_SECONDS", 0.0)
    drafts.remove_old()
    assert not draft.folder.exists()


def test_answers_are_kept_with_the_file_that_they_are_about(draft):
    draft.put_file("leaves.zip", io.BytesIO(b"one"))
    draft.say({"level": "1"})
    assert drafts.get(draft.id).answers == {"level": "1"}
    draft.put_file("leaves.zip", io.BytesIO(b"another"))
    assert draft.answers == {}


@pytest.mark.parametrize("name", ["", "..", "../own", "a" * 17, "0" * 16])
def test_no_other_folder_is_taken_for_a_draft(own_data_folder, name):
    assert drafts.get(name) is None
