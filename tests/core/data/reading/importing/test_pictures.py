"""The import reads folders and zips of pictures, and lists all that it had to leave out."""

import io
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.data.reading.importing import read
from core.errors import DataError, SettingError
from core.pictures.preprocessing import fit_picture
from tests.core.data.reading.importing.made import by_name, npz, parts, reasons, write
from tests.made.hostile import (
    FILES,
    ON_DISK,
    Entry,
    everything,
    good_pictures,
    picture,
    saved,
    zip_of_everything,
    zipped,
)

pytestmark = pytest.mark.slow

ALL = everything()


def test_every_picture_keeps_its_class_its_split_and_its_pixels(imported):
    contents = {f"{split}/{name}": good for split in ("train", "val", "test") for name, good in good_pictures().items()}
    found = imported(contents)
    assert found.classes == ("cat", "dog")
    assert not found.refused
    images = by_name(found)
    assert set(images) == set(contents)
    for name, (split, label, image) in images.items():
        assert name.split("/")[:2] == [{"validation": "val"}.get(split, split), label]
        np.testing.assert_array_equal(image, np.asarray(Image.open(io.BytesIO(contents[name]))))
    for split, part in parts(found).items():
        assert part.images.dtype == np.uint8
        assert part.labels.dtype == np.int64
        assert found.sources[split].sizes.dtype == np.int32
        assert found.sources[split].sizes.tolist() == [[16, 16]] * 10


def test_without_test_pictures_a_share_of_each_class_is_cut(imported):
    sizes = {"one": 3, "two": 10, "ten": 25}
    found = imported(
        {f"{label}/{n}.png": saved(picture(n), "PNG") for label, size in sizes.items() for n in range(size)}
    )
    counts = {split: Counter(found.classes[label] for label in part.labels) for split, part in parts(found).items()}
    assert counts == {"train": {"one": 2, "two": 8, "ten": 20}, "test": {"one": 1, "two": 2, "ten": 5}}


def test_the_cut_follows_the_seed_and_nothing_else(imported):
    contents = good_pictures(each=20)
    names = [imported(contents, seed=seed).sources["test"].names for seed in (1, 1, 2)]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize("fraction", [0.01, 0.5, 0.9])
def test_each_class_keeps_two_pictures_to_learn_from_and_one_to_test(imported, fraction):
    found = imported(good_pictures(each=4), test_fraction=fraction)
    for label in (0, 1):
        assert (found.splits.train.labels == label).sum() >= 2
        assert (found.splits.test.labels == label).sum() >= 1


def test_classes_are_in_the_order_in_which_people_count(imported):
    assert imported(good_pictures(["10", "9", "b", "A"])).classes == ("9", "10", "A", "b")


def test_a_zip_gives_the_same_as_its_folder(imported, tmp_path):
    contents = good_pictures(each=8)
    folder = imported(contents)
    (tmp_path / "a.bin").write_bytes(zipped([Entry("pets/" + name, content) for name, content in contents.items()]))
    zip_ = read(tmp_path / "a.bin", scratch=tmp_path)  # known by its content
    for split, part in parts(folder).items():
        np.testing.assert_array_equal(part.images, parts(zip_)[split].images)
        np.testing.assert_array_equal(part.labels, parts(zip_)[split].labels)


@given(st.data())
@settings(max_examples=15)
def test_random_trees_of_class_folders_come_back_whole(place, scratch, data):
    labels = data.draw(st.lists(st.sampled_from("abcdé01"), min_size=2, max_size=4, unique=True))
    counts = {
        (split, label): data.draw(st.integers(2 if split == "train" else 0, 5))
        for split in ("train", "test", "validation")
        for label in labels
    }
    if not any(n for (split, _), n in counts.items() if split == "test"):
        counts["test", labels[0]] = 1
    tiny = saved(picture(1, 8), "PNG")
    entries = [
        Entry(f"w/{split}/{label}/{n}.png", tiny) for (split, label), size in counts.items() for n in range(size)
    ]
    found = read(write(place, "tree.zip", zipped(entries)), scratch=scratch)
    back = Counter(
        (split, found.classes[label]) for split, part in parts(found).items() for label in part.labels.tolist()
    )
    assert back == {key: n for key, n in counts.items() if n}
    assert not found.refused


def test_a_common_small_size_is_kept_and_others_become_64(imported, tmp_path):
    def of(*sides):
        return {
            f"{label}/{n}.png": saved(Image.new("L", side), "PNG") for label in "ab" for n, side in enumerate(sides)
        }

    for sides, expected in (([(20, 12)] * 3, 20), ([(64, 64)] * 3, 64), ([(65, 65)] * 3, 64), ([(7, 7)] * 3, 64)):
        assert imported(of(*sides)).splits.train.images.shape[1:] == (expected, expected, 1)
    assert imported(of((20, 12), (12, 20), (20, 12))).splits.train.images.shape[1:] == (64, 64, 1)


def test_the_sizes_as_found_are_told(imported):
    contents = {f"{label}/{n}.png": saved(Image.new("L", (30 + n, 20)), "PNG") for label in "ab" for n in range(4)}
    found = imported(contents)
    told = {
        name: tuple(size)
        for one in found.sources.values()
        for name, size in zip(one.names, one.sizes.tolist(), strict=True)
    }
    assert told == {name: (30 + int(name[2]), 20) for name in contents}


def test_grey_pictures_stay_grey_also_where_they_were_saved_in_colour(imported):
    grey = saved(picture(1).convert("L").convert("RGB"), "PNG")
    contents = {f"{label}/{n}.png": grey for label in "ab" for n in range(3)}
    assert imported(contents).splits.train.images.shape[3] == 1
    assert imported(contents, colour="rgb").splits.train.images.shape[3] == 3
    contents["a/1.png"] = saved(picture(1), "PNG")
    assert imported(contents).splits.train.images.shape[3] == 3
    assert imported(contents, colour="grey").splits.train.images.shape[3] == 1


@pytest.mark.parametrize("fit", ["pad", "crop"])
def test_pictures_are_fitted_by_the_one_function_for_it(imported, fit):
    wide = picture(3, 40).crop((0, 0, 40, 24))
    found = imported({f"{label}/{n}.png": saved(wide, "PNG") for label in "ab" for n in range(3)}, size=32, fit=fit)
    np.testing.assert_array_equal(found.splits.train.images[0], fit_picture(wide, 32, 3, fit))


@pytest.mark.parametrize(
    ("wanted", "piece"),
    [
        ({"size": 7}, "between 8 and 128"),
        ({"size": 129}, "between 8 and 128"),
        ({"fit": "stretch"}, "fit=stretch is unknown"),
        ({"colour": "cmyk"}, "colour=cmyk is unknown"),
        ({"seed": -1}, "choose 0 or more"),
        ({"test_fraction": 0}, "between 0.01 and 0.9"),
        ({"test_fraction": float("nan")}, "between 0.01 and 0.9"),
    ],
)
def test_a_setting_out_of_range_is_refused(imported, wanted, piece):
    with pytest.raises(SettingError, match=re.escape(piece)):
        imported(good_pictures(), **wanted)


@pytest.fixture(scope="module")
def hostile(place, scratch):
    return read(write(place, "everything.zip", zip_of_everything()), scratch=scratch)


def test_the_good_pictures_beside_hostile_files_are_imported(hostile):
    assert set(by_name(hostile)) == set(good_pictures())
    assert hostile.classes == ("cat", "dog")


@pytest.mark.parametrize("name", ALL)
def test_each_hostile_file_is_refused_by_name_with_its_reason(hostile, name):
    expected = ALL[name]
    told = [one.reason for one in hostile.refused if one.file == expected.file]
    assert any(re.search(expected.reason, reason) for reason in told), told


def test_nothing_else_is_refused(hostile):
    assert Counter(one.file for one in hostile.refused) == Counter(one.file for one in ALL.values())


@pytest.mark.parametrize("name", ON_DISK)
def test_each_hostile_thing_in_a_folder_is_refused_by_name(imported, tmp_path, name):
    file, make, reason = ON_DISK[name]
    (tmp_path / "pictures" / "cat").mkdir(parents=True)
    make(tmp_path / "pictures" / "cat" / file)
    found = imported(good_pictures())
    assert list(reasons(found)) == ["cat/" + file.replace("\n", "\ufffd")]
    assert reason in found.refused[0].reason
    assert set(by_name(found)) == set(good_pictures())


@pytest.mark.parametrize("name", FILES)
def test_each_hostile_file_of_arrays_is_an_error_that_says_why(place, scratch, name):
    file, content, piece = FILES[name]
    path = write(place, file, content)
    with pytest.raises(DataError, match=re.escape(piece)) as error:
        read(path, scratch=scratch)
    assert re.search(r"[.…][^.]+\.$", str(error.value)), "says what to do next"
    path.unlink()


def test_refusals_can_be_sent_as_json_and_translated(hostile):
    for one in hostile.refused:
        assert one.template.format(**one.values) == one.reason
        assert all(isinstance(value, str | int | float) for value in one.values.values())
        assert len(str(one.values)) < 500


def test_a_class_that_is_too_small_is_left_out_in_one_line(imported):
    few = {f"fox/{n}.png": saved(picture(n), "PNG") for n in range(2)}
    found = imported(good_pictures() | few)
    assert reasons(found) == {"fox": "only 2 usable pictures; a class needs at least 3"}
    assert found.classes == ("cat", "dog")


def test_two_training_pictures_are_enough_where_test_pictures_came_along(imported):
    contents = {f"train/{name}": content for name, content in good_pictures(each=2).items()}
    contents |= {f"test/{name}": content for name, content in good_pictures(each=1).items()}
    contents["train/fox/1.png"] = contents["train/cat/good0.png"]
    found = imported(contents)
    assert reasons(found) == {"fox": "only 1 usable pictures; a class needs at least 2"}
    assert len(found.splits.train) == 4


def test_empty_class_folders_are_listed(imported, tmp_path):
    (tmp_path / "pictures" / "owl").mkdir(parents=True)
    found = imported(good_pictures() | {"fox/1.png": b"", "fox/2.png": b"text"})
    assert reasons(found)["owl"] == reasons(found)["fox"] == "no usable picture in it"
    entries = [Entry(name, content) for name, content in good_pictures().items()] + [Entry("owl/", b"")]
    (tmp_path / "owl.zip").write_bytes(zipped(entries))
    assert reasons(read(tmp_path / "owl.zip", scratch=tmp_path)) == {"owl": "no usable picture in it"}


def test_test_pictures_of_a_class_that_is_not_learned_are_refused(imported):
    contents = {f"train/{name}": content for name, content in good_pictures().items()}
    contents |= {f"test/{name}": content for name, content in good_pictures(["cat", "dog", "fox"], 2).items()}
    found = imported(contents)
    assert set(reasons(found)) == {"test/fox/good0.png", "test/fox/good1.png"}
    assert "its class fox has no training pictures" in found.refused[0].reason


@pytest.mark.parametrize(
    ("contents", "piece"),
    [
        (good_pictures(["cat"]), "one class only with enough pictures, cat; at least two are needed.*Put at least 3"),
        (good_pictures(each=2), "no class with enough pictures.*cat: only 2 usable pictures"),
        ({f"test/{n}": c for n, c in good_pictures().items()}, "test or validation pictures only.*Add the training"),
        ({"a/1.png": b"", "b/2.png": b"no"}, "no usable picture.*a/1.png: it is empty.*; b/2.png: it is not a picture"),
        ({"1.png": b"x"}, "in pictures lie in no class folders.*Put those of each class into a folder, or a zip"),
    ],
)
def test_what_cannot_be_a_dataset_is_an_error_that_says_why(imported, contents, piece):
    with pytest.raises(DataError, match=piece):
        imported(contents)


def test_more_than_a_thousand_classes_are_an_error(place, scratch):
    images = np.zeros((3003, 4, 4), np.uint8)
    path = write(place, "many.npz", npz(x=images, y=np.arange(3003) // 3))
    with pytest.raises(DataError, match="1001 classes; at most 1000"):
        read(path, scratch=scratch, size=8)


def test_an_empty_folder_and_a_path_that_is_not_there_are_errors(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="is empty"):
        read(tmp_path / "empty", scratch=tmp_path / "scratch")
    with pytest.raises(DataError, match="no file or folder"):
        read(tmp_path / "gone", scratch=tmp_path / "scratch")
    with pytest.raises(DataError, match="nothing that can be imported"):
        read(Path("/dev/zero"), scratch=tmp_path / "scratch")


@pytest.mark.parametrize("name", ["a$&b", "$1", "`$'$$", "$<x>"])
def test_signs_that_a_replacement_would_read_stay_in_a_name(imported, name):
    contents = {path.replace("cat/", f"{name}/p$&-"): good for path, good in good_pictures().items()}
    found = imported(contents)
    assert set(found.classes) == {name, "dog"}
