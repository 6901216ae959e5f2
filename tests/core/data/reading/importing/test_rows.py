"""Single rows of the log of files that once failed: refused with advice that fits, or read as they are."""

import gzip
import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.data.reading.importing import read
from core.data.reading.understanding import Undecided
from core.errors import DataError
from tests.core.data.reading.importing.made import by_name, idx, npz, parts, reasons, write

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 8, 8), np.uint8)
WORDS = np.array(["cat", "dog", "bird"] * 4)


def test_an_idx_file_alone_says_which_file_is_missing_and_what_a_browser_can_do(place, scratch):
    packed = write(place, "train-images-idx3-ubyte.gz", gzip.compress(idx(IMAGES)))
    with pytest.raises(DataError) as refused:
        read(packed, scratch=scratch)
    assert str(refused.value) == (
        "The labels of train-images-idx3-ubyte.gz are not beside it; expected train-labels-idx1-ubyte. Put both files "
        "into one folder, or pack them as a zip."
    )


def test_idx_files_in_a_zip_are_read(place, scratch):
    labels = (np.arange(12) % 3).astype(np.uint8)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for split, rows in (("train", slice(0, 9)), ("t10k", slice(9, 12))):
            archive.writestr(f"gzip/emnist/{split}-images-idx3-ubyte.gz", gzip.compress(idx(IMAGES[rows])))
            archive.writestr(f"gzip/emnist/{split}-labels-idx1-ubyte.gz", gzip.compress(idx(labels[rows])))
    found = read(write(place, "gzip.zip", stream.getvalue()), scratch=scratch)
    np.testing.assert_array_equal(found.splits.test.images[..., 0], IMAGES[9:])
    assert [found.classes[label] for label in found.splits.test.labels] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("arrays", "member", "advice"),
    [
        ({"x": IMAGES, "y": WORDS.astype(object)}, "y", "Save the labels as texts: y.astype(str)."),
        (
            {"x": IMAGES, "y": np.arange(12) % 3, "class_names": WORDS[:3].astype(object)},
            "class_names",
            "y.astype(str)",
        ),
        ({"x": np.array([*list(IMAGES), None], object)[:12], "y": WORDS}, "x", "np.stack(list(x)).astype('uint8')."),
    ],
)
def test_objects_are_refused_with_advice_that_works(place, scratch, arrays, member, advice):
    with pytest.raises(DataError) as refused:
        read(write(place, "objects.npz", npz(**arrays)), scratch=scratch)
    assert f"objects.npz: {member} holds object" in str(refused.value)
    assert advice in str(refused.value)


def test_what_the_advice_says_is_read(place, scratch):
    saved = npz(x=IMAGES, y=WORDS.astype(object).astype(str))
    assert set(read(write(place, "texts.npz", saved), scratch=scratch).classes) == {"bird", "cat", "dog"}


def test_letters_in_both_cases_are_as_many_classes_in_an_array_too(place, scratch):
    letters = np.array(["A", "a", "B", "b"] * 3)
    found = read(write(place, "letters.npz", npz(x=IMAGES, y=letters)), scratch=scratch)
    assert set(found.classes) == {"A", "a", "B", "b"}
    assert len(by_name(found)) == 12


# Teachable Machine, and zips within a zip


def picture(value):
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(value).integers(0, 256, (16, 16, 3), np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


SAMPLES = {f"{number}.png": picture(number) for number in range(4)}


def counted(found):
    every = [found.classes[label] for part in parts(found).values() for label in part.labels]
    return {name: every.count(name) for name in sorted(set(every))}


def test_a_project_of_teachable_machine_has_the_classes_of_its_names(place, scratch):
    members = {"manifest.json": b'{"type": "image", "version": "2.4.9"}'}
    members |= {f"{label}-!-{number}.png": picture(number) for label in ("cat", "hot dog") for number in range(4)}
    found = read(write(place, "pets.tm", zipped(members)), scratch=scratch)
    assert counted(found) == {"cat": 4, "hot dog": 4}
    assert reasons(found) == {"manifest.json": "it is no picture by its name; where it is none, nothing has to be done"}


def test_the_pictures_of_one_class_alone_are_told_from_such_that_lack_a_folder(place, scratch):
    with pytest.raises(DataError) as refused:
        read(write(place, "samples_cat.zip", zipped(SAMPLES)), scratch=scratch)
    said = str(refused.value)
    assert said.startswith("The pictures in samples_cat.zip lie in no class folders")
    assert "Put those of each class into a folder, or a zip, of its own" in said
    assert said.endswith("Pictures of one class can be added to a dataset that is there.")
    assert "0.png" not in said


@pytest.mark.parametrize("name", ["samples_cat.zip", "cat-samples.zip", "cat.zip"])
def test_the_pictures_of_one_class_are_added_to_that_class(name, place, scratch):
    found = read(write(place, name, zipped(SAMPLES)), adding=("cat", "dog"), scratch=scratch)
    assert counted(found) == {"cat": 4}
    assert found.understanding.questions[0].template == "Where are the labels?"


def test_whether_other_loose_pictures_are_of_one_class_has_to_be_said(place, scratch):
    path = write(place, "holidays.zip", zipped(SAMPLES))
    with pytest.raises(Undecided, match=r"--labels one-class: all of them show the same, .*: holidays"):
        read(path, adding=("cat", "dog"), scratch=scratch)
    assert counted(read(path, adding=("cat",), given={"labels": "one-class"}, scratch=scratch)) == {"holidays": 4}
    with pytest.raises(DataError, match="lie in no class folders"):
        read(path, adding=("cat",), given={"labels": "none"}, scratch=scratch)


def test_the_zips_of_the_classes_beside_one_another_are_a_dataset(place, scratch):
    folder = place / "downloads"
    folder.mkdir()
    for name in ("samples_cat.zip", "dog-samples.zip", "emu.zip"):
        (folder / name).write_bytes(zipped(SAMPLES))
    assert counted(read(folder, scratch=scratch)) == {"cat": 4, "dog": 4, "emu": 4}


def test_a_zip_within_a_zip_is_read_beside_a_stray_table(place, scratch):
    inner = {f"pets/{label}/{number}.png": picture(number) for label in ("cat", "dog") for number in range(4)}
    outer = zipped({"train.zip": zipped(inner), "sample.csv": b"id,label\n"})
    found = read(write(place, "zip_in_zip.zip", outer), scratch=scratch)
    assert counted(found) == {"cat": 4, "dog": 4}
    assert list(reasons(found)) == ["sample.csv"]
    assert "class folder" not in reasons(found)["sample.csv"]


def test_the_labels_of_zips_within_a_zip_may_stand_in_a_table_beside_them(place, scratch):
    table = "id,breed\n" + "".join(f"{number},{'cat' if number % 2 else 'dog'}\n" for number in range(8))
    inner = zipped({f"{number}.png": picture(number) for number in range(8)})
    unlabelled = zipped({f"x{number}.png": picture(number) for number in range(2)})
    outer = zipped({"labels.csv": table, "train.zip": inner, "test.zip": unlabelled})
    found = read(write(place, "breeds.zip", outer), scratch=scratch)
    assert counted(found) == {"cat": 4, "dog": 4}
    assert set(reasons(found).values()) == {"the table of labels does not name it"}
