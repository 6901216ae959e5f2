"""Single rows of the log of files that once failed: refused with advice that fits, or read as they are."""

import gzip
import io
import zipfile

import numpy as np
import pytest

from core.data.reading.importing import read
from core.errors import DataError
from tests.core.data.reading.importing.made import by_name, idx, npz, write

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
