"""What people might bring, and what the import makes of it, taken apart."""

import io

import numpy as np
import pytest

from core.data.reading.importing import read


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


def csv(images, labels, header=True, usage=None, packed=False, separator=","):
    rows = images.reshape(len(images), -1).tolist()
    names = ["pixels"] if packed else [f"pixel{n}" for n in range(len(rows[0]))]
    lines = [["label", *names] + ([" Usage"] if usage else [])] if header else []
    for number, row in enumerate(rows):
        values = [" ".join(map(str, row))] if packed else [str(value) for value in row]
        lines.append([str(labels[number]), *values] + ([usage[number]] if usage else []))
    return "\n".join(separator.join(line) for line in lines).encode()
