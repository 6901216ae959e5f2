"""The import reads npz, csv and IDX files, and lists all that it had to leave out."""

import gzip

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from core.data.reading.importing import read
from core.errors import DataError
from tests.core.data.reading.importing.made import by_name, csv, idx, npz, parts, pixels, reasons, write

NUMBERS = st.sampled_from([np.uint8, np.int16, np.int64, np.uint16, np.float32, np.float64, np.bool_])


SHAPES = st.sampled_from([(8, 8), (8, 8, 1), (8, 8, 3), (1, 8, 8), (3, 9, 9), (64,), (192,)])


@given(SHAPES, NUMBERS, st.data())
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
        (np.array([0, 16, 819, 1638, 2457, 4095], np.uint16), [0, 1, 51, 102, 153, 255]),  # 12 bits in 16
        (np.array([0, 16, 819, 1638, 2457, 4095], np.int64), [0, 1, 51, 102, 153, 255]),
        (np.array([0, 51, 102, 153, 204, 255], np.uint16), [0, 51, 102, 153, 204, 255]),
        (np.array([0, 0.2, 0.4, 0.6, 0.8, 1.04]), [0, 51, 102, 153, 204, 255]),  # a little beyond white
        (np.array([0, 1, 0, 1, 0, 1], np.uint8), [0, 1, 0, 1, 0, 1]),
        (np.array([0, 1, 0, 1, 0, 1], bool), [0, 255, 0, 255, 0, 255]),
    ],
)
def test_other_numbers_are_brought_to_0_to_255(place, scratch, array, expected):
    images = np.repeat(array, 64).reshape(6, 8, 8)
    found = read(write(place, "b.npz", npz(x_train=images, y_train=SIX, x_test=images, y_test=SIX)), scratch=scratch)
    assert found.splits.train.images[:, 0, 0, 0].tolist() == expected


def test_all_arrays_of_a_file_have_one_scale(place, scratch):
    """Test pictures are no brighter than training pictures, where these have the highest number of all."""
    values = np.array([0, 819, 1638, 2457, 3276, 4095], np.uint16)
    train, test = (np.repeat(part, 64).reshape(6, 8, 8) for part in (values, values // 8))
    found = read(write(place, "s.npz", npz(x_train=train, y_train=SIX, x_test=test, y_test=SIX)), scratch=scratch)
    assert found.splits.train.images[:, 0, 0, 0].tolist() == [0, 51, 102, 153, 204, 255]
    assert found.splits.test.images[:, 0, 0, 0].tolist() == [0, 6, 13, 19, 25, 32]  # 102 / 4095 · 255 = 6.35 …


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
@example(content=b",", magic=b"label,pixels\n")  # a line with neither a label nor a number
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
def test_arrays_of_any_shape_are_read_or_a_data_error(place, scratch, array):
    with pytest.raises(DataError):
        read(write(place, "i.npz", npz(x=array, y=array)), scratch=scratch)


@given(
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([64, 81, 192]),
    st.data(),
)
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
    monkeypatch.setattr("core.data.reading.tables.csv_rows.MOST_LINE", 1000)
    with pytest.raises(DataError, match="cannot be read to its end"):
        read(write(place, "n.csv", b"label,pixels\n0," + b"1 " * 9000), scratch=scratch)


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
