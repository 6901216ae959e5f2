"""Tables and arrays as other people save them are read rightly, or what is wrong with them is called by its name."""

import gzip
import io
import tarfile
import zipfile

import numpy as np
import pytest

from core.data.reading.importing import read
from core.data.reading.understanding import Undecided
from core.errors import DataError
from tests.core.data.reading.importing.made import idx, npz, write

N, SIDE = 30, 8
LABELS = np.repeat([0, 1, 2], N // 3)
PICTURES = np.random.default_rng(0).integers(0, 60, (N, SIDE * SIDE)) + LABELS[:, None] * 80
HEADER = ["label", *(f"pixel{place}" for place in range(SIDE * SIDE))]
ROWS = [[str(label), *map(str, picture)] for label, picture in zip(LABELS, PICTURES.tolist(), strict=True)]


def text(rows, separator=","):
    return "\n".join(separator.join(row) for row in rows) + "\n"


def savetxt(label_last=False):
    file = io.BytesIO()
    columns = np.c_[PICTURES, LABELS] if label_last else np.c_[LABELS, PICTURES]
    np.savetxt(file, columns, delimiter=",", fmt="%d" if label_last else "%.18e")
    return file.getvalue()


def with_files():
    names = [f"img_{n}.png" for n in range(N)]
    return text([["filename", *HEADER], *([name, *row] for name, row in zip(names, ROWS, strict=True))]).encode()


def one_hot():
    header = ["cat", "dog", "bird", *(f"p{place}" for place in range(SIDE * SIDE))]
    rows = [[*map(str, np.eye(3, dtype=int)[label]), *row[1:]] for label, row in zip(LABELS, ROWS, strict=True)]
    return text([header, *rows]).encode()


def decimal_commas():
    rows = [[row[0], *(f"{int(cell) / 255:.6f}".replace(".", ",") for cell in row[1:])] for row in ROWS]
    return text([HEADER, *rows], ";").encode()


FORMS = {
    "of numpy.savetxt": savetxt(),
    "with the label last": savetxt(label_last=True),
    "with names of files": with_files(),
    "with a column for each class": one_hot(),
    "with a line for a spreadsheet": ("sep=;\n" + text([HEADER, *ROWS], ";")).encode(),
    "in UTF-16": text([HEADER, *ROWS], "\t").encode("utf-16"),
    "with decimal commas": decimal_commas(),
    "with a header of numbers": text([["0", "0", *(f"0.{n}" for n in range(1, SIDE * SIDE))], *ROWS]).encode(),
    "packed": gzip.compress(text([HEADER, *ROWS]).encode()),
}


def everything(imported):
    """The images and labels of all splits, in the order of the file."""
    names = [name for split in ("train", "test") for name in imported.sources[split].names]
    images = np.concatenate([imported.splits.train.images, imported.splits.test.images])
    labels = np.concatenate([imported.splits.train.labels, imported.splits.test.labels])
    order = np.argsort([int(name.removeprefix("line ")) for name in names])
    return images[order].reshape(len(order), -1), [imported.classes[label] for label in labels[order]]


@pytest.mark.parametrize("form", FORMS)
def test_every_picture_and_label_of_a_table_comes_back(form, place, scratch):
    name = "t.csv.gz" if form == "packed" else "t.csv"
    images, labels = everything(read(write(place, name, FORMS[form]), scratch=scratch))
    words = ["cat", "dog", "bird"] if form == "with a column for each class" else ["0", "1", "2"]
    np.testing.assert_array_equal(images, PICTURES)
    assert labels == [words[label] for label in LABELS]


def test_what_was_guessed_of_a_table_can_be_said_otherwise(place, scratch):
    path = write(place, "t.csv", FORMS["with a header of numbers"])
    assert len(everything(read(path, given={"header": "no"}, scratch=scratch))[0]) == N + 1
    path = write(place, "t.csv", FORMS["with the label last"])
    with pytest.raises(DataError):  # pixels are no classes
        read(path, given={"label-column": "first"}, scratch=scratch)


def test_a_table_about_pictures_that_are_not_there_is_told_from_one_of_pixels(place, scratch):
    with pytest.raises(DataError, match=r"t\.csv names pictures, and holds none"):
        read(write(place, "t.csv", b"id,label\n00001,cat\n00002,dog\n"), scratch=scratch)


def table_of(rows):
    return text([HEADER, *rows])


def in_zip(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv").replace("_npz", ".npz"), content)
    return file.getvalue()


SPLIT = {"train": ROWS[::3] + ROWS[1::3], "test": ROWS[2::3]}


@pytest.mark.parametrize("within", ["zip", "folder"])
def test_two_tables_are_the_two_splits(within, place, scratch):
    tables = {f"mnist_{split}": table_of(rows) for split, rows in SPLIT.items()}
    if within == "zip":
        path = write(place, "a.zip", in_zip(**{f"{name}_csv": content for name, content in tables.items()}))
    else:
        path = place / "tables"
        path.mkdir(parents=True, exist_ok=True)
        for name, content in tables.items():
            (path / f"{name}.csv").write_text(content)
    splits = read(path, scratch=scratch).splits
    assert (len(splits.train), len(splits.test)) == (20, 10)
    expected = sorted(",".join(row[1:]) for row in SPLIT["test"])
    assert sorted(",".join(map(str, image.ravel())) for image in splits.test.images) == expected


def test_tables_of_one_name_in_two_folders_are_both_read(place, scratch):
    both = in_zip(train__data_csv=table_of(SPLIT["train"]), test__data_csv=table_of(SPLIT["test"]))
    splits = read(write(place, "f.zip", both), scratch=scratch).splits
    assert (len(splits.train), len(splits.test)) == (20, 10)


def test_a_test_table_without_labels_is_left_out_and_listed(place, scratch):
    unlabelled = text([HEADER[1:], *(row[1:] for row in SPLIT["test"])])
    imported = read(write(place, "d.zip", in_zip(train_csv=table_of(ROWS), test_csv=unlabelled)), scratch=scratch)
    assert imported.cut
    assert sum(map(len, (imported.splits.train, imported.splits.test))) == N
    assert [one.file for one in imported.refused] == ["test.csv"]


def test_arrays_in_a_zip_are_read(place, scratch):
    images, labels = PICTURES.astype(np.uint8).reshape(N, SIDE, SIDE), LABELS.astype(np.uint8)
    arrays = npz(x_train=images[::2], y_train=labels[::2], x_test=images[1::2], y_test=labels[1::2])
    splits = read(write(place, "e.zip", in_zip(dataset__mnist_npz=arrays)), scratch=scratch).splits
    np.testing.assert_array_equal(splits.test.images[..., 0], images[1::2])


LETTERS = np.random.default_rng(1).integers(0, 256, (12, 9, 9), np.uint8)


def emnist(folder, name="emnist-letters"):
    folder.mkdir(parents=True, exist_ok=True)
    labels = (np.arange(12) % 3 + 1).astype(np.uint8)
    for split, rows in (("train", slice(0, 9)), ("test", slice(9, 12))):
        (folder / f"{name}-{split}-images-idx3-ubyte").write_bytes(idx(LETTERS[rows].transpose(0, 2, 1)))
        (folder / f"{name}-{split}-labels-idx1-ubyte").write_bytes(idx(labels[rows]))
    (folder / f"{name}-mapping.txt").write_text("1 65 97\n2 66 98\n3 67 99\n")
    return folder


def test_letters_of_emnist_stand_upright_and_have_their_names(place, scratch):
    imported = read(emnist(place / "emnist"), scratch=scratch)
    assert imported.classes == ("A", "B", "C")
    np.testing.assert_array_equal(imported.splits.train.images[..., 0], LETTERS[:9])
    lying = read(emnist(place / "emnist"), given={"turn": "no", "invert": "yes"}, scratch=scratch)
    np.testing.assert_array_equal(lying.splits.test.images[..., 0], 255 - LETTERS[9:].transpose(0, 2, 1))


def test_of_several_sets_of_idx_files_one_is_to_be_said(place, scratch):
    folder = emnist(emnist(place / "sets"), "emnist-digits")
    with pytest.raises(Undecided, match="--set emnist-digits: files: 2; --set emnist-letters: files: 2"):
        read(folder, scratch=scratch)
    assert len(read(folder, given={"set": "emnist-letters"}, scratch=scratch).splits.train) == 9


def tar():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        entry = tarfile.TarInfo("cat/1.jpg")
        entry.size = 3
        archive.addfile(entry, io.BytesIO(b"abc"))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.zip", b"Rar!\x1a\x07\x01\0" + bytes(99), "a.zip is a rar archive, which is not read here. Unpack it"),
        ("a.zip", b"7z\xbc\xaf\x27\x1c" + bytes(99), "a 7z archive"),
        ("a.tar.gz", tar(), "a tar archive"),
        ("a.zip", b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page, not what was to be downloaded"),
        ("a.csv", b"<html><body>Sign in</body></html>", "a web page"),
    ],
    ids=["rar", "7z", "tar", "page", "page called csv"],  # not their bytes: an archive holds the time of its making
)
def test_what_is_not_read_is_called_by_its_name(name, content, said, place, scratch):
    with pytest.raises(DataError, match=said) as error:
        read(write(place, name, content), scratch=scratch)
    assert str(place) not in str(error.value)
