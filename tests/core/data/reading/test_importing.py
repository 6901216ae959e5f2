"""Importing gives back exactly what is in a folder, zip, npz, csv or IDX, and lists all that it had to leave out."""

import gzip
import io
import re
import time
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from core.data.reading.importing import read
from core.errors import DataError, SettingError, StorageError
from core.pictures.preprocessing import fit_picture
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

ALL = everything()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("import")


@pytest.fixture
def imported(tmp_path):
    """Imports files given as path -> content."""

    def write_and_read(contents, **wanted):
        root = tmp_path / "pictures"
        for name, content in contents.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        return read(root, scratch=tmp_path / "scratch", **wanted)

    return write_and_read


def parts(found):
    return {split: part for split, part in vars(found.splits).items() if part is not None}


def by_name(found):
    """Name -> (split, class, pixels) of every image."""
    return {
        name: (split, found.classes[part.labels[row]], part.images[row])
        for split, part in parts(found).items()
        for row, name in enumerate(found.sources[split].names)
    }


def reasons(found):
    return {one.file: one.reason for one in found.refused}


def npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def idx(array):
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


def pixels(n, *shape):
    return np.random.default_rng(n).integers(0, 256, (n, *shape), np.uint8)


def write(place, name, content):
    (place / name).write_bytes(content)
    return place / name


# Folders and zips


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


# Size and colour


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


# What is left out


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
        ({"1.png": b"x"}, "no usable picture.*1.png: it is in no class folder"),
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


# Progress and the scratch folder


def test_progress_can_stop_an_import_and_nothing_is_left_behind(imported, tmp_path):
    class StopIt(Exception):
        pass

    seen = []

    def stop_at(what):
        def progress(told, fraction):
            seen.append(told)
            assert 0 <= fraction <= 1
            if told == what:
                raise StopIt

        return progress

    for what in ("Looking through the files", "Reading the pictures", "Putting the pictures in order"):
        with pytest.raises(StopIt):
            imported(good_pictures(), progress=stop_at(what))
        assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("kind", [OSError, ValueError, RuntimeError, EOFError, KeyboardInterrupt])
@pytest.mark.parametrize("content", ["npz", "idx", "csv"])
def test_an_exception_of_progress_comes_through_as_it_is(tmp_path, kind, content):
    images = pixels(8, 8, 8)
    (tmp_path / "x-images-idx3-ubyte").write_bytes(idx(images))
    (tmp_path / "x-labels-idx1-ubyte").write_bytes(idx(np.arange(8) % 2))
    (tmp_path / "x.npz").write_bytes(npz(x=images / 255, y=np.arange(8) % 2))
    (tmp_path / "x.csv").write_bytes(csv(images, np.arange(8) % 2))

    def progress(what, fraction):
        raise kind("stop")

    with pytest.raises(kind, match="stop"):
        read(
            tmp_path / {"npz": "x.npz", "idx": "x-images-idx3-ubyte", "csv": "x.csv"}[content],
            scratch=tmp_path / "scratch",
            progress=progress,
        )
    assert list((tmp_path / "scratch").iterdir()) == []


def test_only_the_arrays_of_the_result_are_left_in_the_scratch_folder(tmp_path):
    path = write(tmp_path, "x.npz", npz(x=pixels(8, 8, 8), y=np.arange(8) % 2))
    found = read(path, scratch=tmp_path / "scratch")
    assert {file.name for file in (tmp_path / "scratch").rglob("*.*")} == {"train.npy", "test.npy"}
    assert isinstance(found.splits.train.images, np.memmap)


def test_an_error_leaves_nothing_behind(imported, tmp_path):
    with pytest.raises(DataError):
        imported(good_pictures(["cat"]))
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_scratch_folder_that_cannot_be_written_is_a_storage_error(imported, tmp_path):
    (tmp_path / "scratch").write_bytes(b"a file")
    with pytest.raises(StorageError):
        imported(good_pictures())


# NumPy files

NUMBERS = st.sampled_from([np.uint8, np.int16, np.int64, np.uint16, np.float32, np.float64, np.bool_])
SHAPES = st.sampled_from([(8, 8), (8, 8, 1), (8, 8, 3), (1, 8, 8), (3, 9, 9), (64,), (192,)])


@given(SHAPES, NUMBERS, st.data())
@settings(max_examples=40)
def test_arrays_come_back_exactly(place, scratch, shape, kind, data):
    values = data.draw(npst.arrays(np.uint8, (6, *shape)))
    values[0].flat[0] = 255  # so that floating-point numbers are not taken for fractions
    expected = 255 * (values > 127).astype(np.uint8) if kind == np.bool_ else values
    array = values > 127 if kind == np.bool_ else values.astype(kind)
    if data.draw(st.booleans()):
        array = np.asfortranarray(array)
    path = write(place, "a.npz", npz(x_train=array, y_train=SIX, x_test=array, y_test=SIX))
    if len(shape) == 3 and shape[0] in (1, 3):
        expected = expected.transpose(0, 2, 3, 1)
    elif len(shape) == 1:
        expected = expected.reshape(6, 8, 8, -1)
    elif len(shape) == 2:
        expected = expected[..., None]
    found = read(path, scratch=scratch, colour="grey" if expected.shape[3] == 1 else "rgb")
    for part in (found.splits.train, found.splits.test):
        np.testing.assert_array_equal(part.images, expected)
        assert part.labels.tolist() == SIX.tolist()
    assert found.sources["test"].names[2] == "x_test[2]"


SIX = np.array([0, 1] * 3)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.linspace(0, 1, 6), [0, 51, 102, 153, 204, 255]),
        (np.array([0, 51, 102, 153, 204, 255.0]), [0, 51, 102, 153, 204, 255]),
        (np.array([0, 257, 514, 32896, 65278, 65535], np.uint16), [0, 1, 2, 128, 254, 255]),
        (np.array([0, 1, 0, 1, 0, 1], np.uint8), [0, 1, 0, 1, 0, 1]),
        (np.array([0, 1, 0, 1, 0, 1], bool), [0, 255, 0, 255, 0, 255]),
    ],
)
def test_other_numbers_are_brought_to_0_to_255(place, scratch, array, expected):
    images = np.repeat(array, 64).reshape(6, 8, 8)
    found = read(write(place, "b.npz", npz(x_train=images, y_train=SIX, x_test=images, y_test=SIX)), scratch=scratch)
    assert found.splits.train.images[:, 0, 0, 0].tolist() == expected


@pytest.mark.parametrize(
    "labels",
    [
        SIX,
        SIX[:, None],
        SIX.astype(float),
        np.eye(2)[SIX],
        SIX.astype(bool) * 1,
        np.array(["0", "1"])[SIX],
        SIX.astype("S"),
    ],
)
def test_labels_may_be_numbers_rows_with_a_one_or_texts(place, scratch, labels):
    path = write(place, "c.npz", npz(X=pixels(6, 8, 8), labels=labels, X_test=pixels(6, 8, 8), test_labels=labels))
    found = read(path, scratch=scratch)
    assert found.classes == ("0", "1")
    assert found.splits.train.labels.tolist() == SIX.tolist()


@pytest.mark.parametrize("labels", [SIX + 0.5, np.ones((6, 2)), np.zeros((6, 2, 2)), SIX + 1j, np.array("x")])
def test_labels_that_name_no_class_are_an_error(place, scratch, labels):
    path = write(place, "d.npz", npz(x=pixels(6, 8, 8), y=labels))
    with pytest.raises(DataError, match=r"no list of labels|damaged"):
        read(path, scratch=scratch)


def test_names_of_classes_are_taken_in_their_order(place, scratch):
    arrays = {"images": pixels(6, 8, 8), "labels": SIX, "class_names": np.array(["warm", "cold", "hot"])}
    found = read(write(place, "e.npz", npz(**arrays)), scratch=scratch)
    assert found.classes == ("warm", "cold")
    assert reasons(found) == {"hot": "no usable picture in it"}
    arrays["class_names"] = np.array(["warm"])
    with pytest.raises(DataError, match="labels from 0 to 1, but there are 1 names"):
        read(write(place, "e.npz", npz(**arrays)), scratch=scratch)


def test_all_splits_of_an_npz_are_found(place, scratch):
    arrays = {}
    for number, split in enumerate(["train", "val", "test"]):  # as MedMNIST writes them
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = (
            pixels(10 + 2 * number, 8, 8, 3),
            np.arange(10 + 2 * number) % 2,
        )
    found = read(write(place, "f.npz", npz(**arrays)), scratch=scratch)
    assert {split: len(part) for split, part in parts(found).items()} == {"train": 10, "validation": 12, "test": 14}


def test_transparent_pixels_of_an_array_become_white(place, scratch):
    rgba = np.zeros((6, 8, 8, 4), np.uint8)
    found = read(write(place, "g.npz", npz(x=rgba, y=SIX)), scratch=scratch)
    assert (found.splits.train.images == 255).all()


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=60)
def test_an_npz_with_changed_bytes_is_read_or_a_data_error(place, scratch, changes):
    content = bytearray(npz(x=pixels(6, 8, 8), y=SIX))
    for position, value in changes:
        content[position % len(content)] = value
    try:
        assert read(write(place, "h.npz", bytes(content)), scratch=scratch).classes
    except DataError as error:
        assert_complete(error)


def assert_complete(error):
    assert str(error).rstrip().endswith((".", "…"))


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\3\4", b"\x1f\x8b", b"\0\0\x08\3", b"label,pixels\n", b"\x93NUMPY"]),
)
@settings(max_examples=100)
def test_any_bytes_under_any_name_are_a_data_error(place, scratch, content, magic):
    for name in ("a.zip", "a.npz", "a.csv", "a.csv.gz", "a-images-idx3-ubyte", "a.png"):
        with pytest.raises(DataError):
            read(write(place, name, magic + content), scratch=scratch)
        (place / name).unlink()


@given(
    npst.arrays(
        st.sampled_from([np.uint8, np.float32, np.dtype("U2"), np.dtype("M8[s]"), np.int64]),
        npst.array_shapes(max_dims=5),
    )
)
@settings(max_examples=60)
def test_arrays_of_any_shape_are_read_or_a_data_error(place, scratch, array):
    with pytest.raises(DataError):
        read(write(place, "i.npz", npz(x=array, y=array)), scratch=scratch)


# Tables


def csv(images, labels, header=True, usage=None, packed=False, separator=","):
    rows = images.reshape(len(images), -1).tolist()
    names = ["pixels"] if packed else [f"pixel{n}" for n in range(len(rows[0]))]
    lines = [["label", *names] + ([" Usage"] if usage else [])] if header else []
    for number, row in enumerate(rows):
        values = [" ".join(map(str, row))] if packed else [str(value) for value in row]
        lines.append([str(labels[number]), *values] + ([usage[number]] if usage else []))
    return "\n".join(separator.join(line) for line in lines).encode()


@given(
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([64, 81, 192]),
    st.data(),
)
@settings(max_examples=40)
def test_tables_come_back_exactly(place, scratch, header, packed, with_usage, separator, n, data):
    values = data.draw(npst.arrays(np.uint8, (8, n)))
    values[0, 0] = 255
    usage = ["Training"] * 4 + ["PublicTest", "PrivateTest"] * 2 if with_usage else None
    labels = ["cat", "dog"] * 2 + ["cat", "cat", "dog", "dog"]
    text = csv(values, labels, header, usage, packed, separator)
    name = data.draw(st.sampled_from(["a.csv", "a.csv.gz"]))
    found = read(
        write(place, name, gzip.compress(text) if name.endswith("gz") else text),
        scratch=scratch,
        colour="grey" if n < 192 else "rgb",
    )
    assert not found.refused
    side = 9 if n == 81 else 8
    for line, (split, label, image) in by_name(found).items():
        number = int(line.removeprefix("line ")) - 1 - header
        assert label == labels[number]
        np.testing.assert_array_equal(image, values[number].reshape(side, side, -1))
        if usage:
            assert split == {"Training": "train", "PublicTest": "validation", "PrivateTest": "test"}[usage[number]]


def test_broken_rows_are_refused_by_their_line_and_the_others_are_read(place, scratch):
    lines = csv(pixels(20, 64), np.arange(20) // 2 % 2).decode().split("\n")
    lines[2] = lines[2].rpartition(",")[0]
    lines[4] = lines[4].replace(",", ",cat,", 1).rpartition(",")[0]
    lines[6] = lines[6].rpartition(",")[0] + ",256"
    lines[8] = lines[8].rpartition(",")[0] + ",-1"
    lines[10] = lines[10].rpartition(",")[0] + ",nan"
    lines[12] = "," + lines[12].partition(",")[2]
    lines[14] = lines[14].rpartition(",")[0] + ",\0"
    lines[16] = ""
    lines[18] = '"' + lines[18]
    found = read(write(place, "j.csv", "\r\n".join(lines).encode()), scratch=scratch)
    told = reasons(found)
    assert len(by_name(found)) == 11
    assert "has 64 columns, and the first line has 65" in told["line 3"]
    assert 'has "cat" where a number is expected' in told["line 5"]
    assert "expected 0 to 255" in told["line 7"]
    assert "from -1" in told["line 9"]
    assert 'has "nan"' in told["line 11"]
    assert "no name" in told["line 13"]
    assert "zero bytes" in told["line 15"]
    assert "quotation marks" in told["line 19"]
    assert len(told) == 8


def test_a_packed_row_of_another_size_or_split_is_refused(place, scratch):
    usage = ["train"] * 4 + ["test"] * 4 + ["Saturday"] + ["train"] * 3
    lines = csv(pixels(12, 64), np.arange(12) % 2, usage=usage, packed=True).decode().split("\n")
    lines[11] = "0,1 2 3,train"
    told = reasons(read(write(place, "k.csv", "\n".join(lines).encode()), scratch=scratch))
    assert told["line 10"] == 'its split is "Saturday"; expected train, validation or test'
    assert "it has 3 pixels; expected 64" in told["line 12"]
    assert len(told) == 2


def test_the_form_in_which_fer2013_is_passed_round_is_read(place, scratch):
    rows = [
        f'{n % 2},"{" ".join(map(str, row))}",{("Training", "PublicTest", "PrivateTest")[n % 3]}'
        for n, row in enumerate(pixels(12, 48 * 48).tolist())
    ]
    found = read(write(place, "fer.csv", "\n".join(["emotion, pixels, Usage", *rows]).encode()), scratch=scratch)
    assert {split: part.images.shape for split, part in parts(found).items()} == dict.fromkeys(
        ("train", "validation", "test"), (4, 48, 48, 1)
    )


def test_fractions_in_a_table_are_brought_to_0_to_255(place, scratch):
    values = np.tile(np.linspace(0, 1, 6)[:, None], 64)
    found = read(write(place, "l.csv", csv(values, SIX.astype(float))), scratch=scratch)
    assert found.classes == ("0", "1")  # and not "0.0", as a table with a gap writes them
    assert {int(image[0, 0, 0]) for _, _, image in by_name(found).values()} == {0, 51, 102, 153, 204, 255}


def test_the_index_that_pandas_writes_is_passed_over(place, scratch):
    lines = csv(pixels(8, 64), np.arange(8) % 2).decode().split("\n")
    text = "\n".join(f"{n or ''},{line}" for n, line in enumerate(lines))
    assert len(by_name(read(write(place, "m.csv", text.encode()), scratch=scratch))) == 8


def test_a_line_without_an_end_is_an_error(place, scratch, monkeypatch):
    monkeypatch.setattr("core.data.reading.csv_rows.MOST_LINE", 1000)
    with pytest.raises(DataError, match="cannot be read to its end"):
        read(write(place, "n.csv", b"label,pixels\n0," + b"1 " * 9000), scratch=scratch)


# IDX files


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
@pytest.mark.parametrize("sign", ["-", "."])
def test_the_four_files_of_mnist_are_read(tmp_path, scratch, pack, sign):
    for word, n in (("train", 10), ("t10k", 6)):
        suffix = ".gz" if pack is gzip.compress else ""
        (tmp_path / f"{word}-images{sign}idx3-ubyte{suffix}").write_bytes(pack(idx(pixels(n, 9, 9))))
        (tmp_path / f"{word}-labels{sign}idx1-ubyte{suffix}").write_bytes(pack(idx(np.arange(n) % 2)))
    (tmp_path / "readme.txt").write_text("read me")
    found = read(tmp_path, scratch=scratch)
    np.testing.assert_array_equal(found.splits.train.images[..., 0], pixels(10, 9, 9))
    np.testing.assert_array_equal(found.splits.test.images[..., 0], pixels(6, 9, 9))
    assert found.splits.test.labels.tolist() == [0, 1] * 3
    one = read(next(tmp_path.glob("train-images*")), scratch=scratch)
    assert (len(one.splits.train), len(one.splits.test)) == (8, 2)


def test_broken_idx_files_are_data_errors(tmp_path, scratch):
    labels, images = tmp_path / "x-labels-idx1-ubyte", tmp_path / "x-images-idx3-ubyte"
    labels.write_bytes(idx(np.arange(6) % 2))
    whole = idx(pixels(6, 8, 8))
    for content in (whole[:-1], whole + b"x", whole[:9], gzip.compress(whole)[:-9], whole[:4] + b"\xff" * 12 + b"abc"):
        images.write_bytes(content)
        with pytest.raises(DataError, match="x-images-idx3-ubyte"):
            read(images, scratch=scratch)
    images.write_bytes(idx(pixels(5, 8, 8)))
    with pytest.raises(DataError, match=r"5 pictures, but .* 6 labels"):
        read(images, scratch=scratch)


# Real data


@pytest.mark.slow
def test_the_zip_of_cifar_is_read_quickly(scratch, published):
    path = published("cifar-10-images.zip")
    start, calls = time.process_time(), []
    found = read(path, scratch=scratch, progress=lambda *told: calls.append(told))
    assert {split: part.images.shape for split, part in parts(found).items()} == {
        "train": (20_000, 32, 32, 3),
        "test": (10_000, 32, 32, 3),
    }
    assert not found.refused
    assert np.bincount(found.splits.test.labels).tolist() == [1000] * 10
    assert time.process_time() - start < 30  # of calculation
    assert len(calls) > 10


def test_the_zip_of_fruits_gives_the_pixels_that_pillow_gives(scratch, published):
    path = published("fruits.zip")
    found = read(path, scratch=scratch, size=100)
    images = by_name(found)
    with zipfile.ZipFile(path) as archive:
        assert set(images) == set(archive.namelist())
        for name in archive.namelist()[::200]:
            expected = np.asarray(Image.open(io.BytesIO(archive.read(name))))
            np.testing.assert_array_equal(images[name][2][..., 0], expected)
