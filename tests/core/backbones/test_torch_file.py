"""The reader of PyTorch's old format gives what pickle would give, and does nothing that pickle would do."""

import collections
import io
import pickle

import numpy as np
import pytest

from core.backbones import published, torch_file
from core.errors import DataError
from models.backbones import efficientnet_lite0

FILE = published.find(efficientnet_lite0.SPEC.weights)
RAN = []


class Plain(pickle.Unpickler):
    """The other way to read it: Python's own pickle, with names that stand for themselves."""

    def find_class(self, _module, name):
        return {"OrderedDict": collections.OrderedDict, "_rebuild_tensor_v2": lambda *told: told}.get(name, name)

    def persistent_load(self, told):
        return told[1], told[2]


def read_by_pickle(content):
    stream = io.BytesIO(content)
    _magic, _protocol, _system, arrays, keys = (Plain(stream).load() for _ in range(5))
    kinds = dict(stored[::-1] for stored, *_rest in arrays.values())
    numbers = {}
    for key in keys:
        dtype = np.dtype({"FloatStorage": "<f4", "LongStorage": "<i8"}[kinds[key]])
        (count,) = np.frombuffer(stream.read(8), "<i8")
        numbers[key] = stream.read(count * dtype.itemsize), dtype
    whole = {}
    for name, ((_kind, key), first, shape, strides, *_rest) in arrays.items():
        content, dtype = numbers[key]
        places = first + sum(np.indices(shape, sparse=True)[axis] * step for axis, step in enumerate(strides))
        whole[name] = np.frombuffer(content, dtype)[places]
    return whole


def changed(tmp_path, change):
    path = tmp_path / "changed.pth"
    path.write_bytes(change(FILE.read_bytes()))
    return path


def with_state(tmp_path, pickled):
    """The published file with another pickle where its arrays are described."""
    content = FILE.read_bytes()
    stream = io.BytesIO(content)
    for _ in range(3):
        Plain(stream).load()
    begin = stream.tell()
    Plain(stream).load()
    return changed(tmp_path, lambda whole: whole[:begin] + pickled + whole[stream.tell() :])


def test_all_arrays_are_those_that_pickle_reads():
    ours, theirs = torch_file.read(FILE), read_by_pickle(FILE.read_bytes())
    assert list(ours) == list(theirs)
    assert len(ours) == 296
    for name, array in ours.items():
        assert array.dtype == theirs[name].dtype, name
        np.testing.assert_array_equal(array, theirs[name], name)


class Malicious:
    def __reduce__(self):
        return RAN.append, ("it ran",)


class Shell:
    def __reduce__(self):
        import os

        return os.system, ("touch /tmp/fitscope-was-here",)


@pytest.mark.parametrize("thing", [Malicious(), Shell(), np.zeros(3), {"a": print}, collections.Counter("ab")])
def test_a_name_that_no_array_needs_is_refused_and_nothing_runs(tmp_path, thing):
    path = with_state(tmp_path, pickle.dumps(thing, 2))
    RAN.clear()
    with pytest.raises(DataError, match="not allowed in a file of weights"):
        torch_file.read(path)
    assert not RAN


def test_what_may_be_named_may_not_be_called(tmp_path):
    path = with_state(tmp_path, b"\x80\x02ctorch\nFloatStorage\n)R.")  # FloatStorage()
    with pytest.raises(DataError, match="no array"):
        torch_file.read(path)


@pytest.mark.parametrize(
    "code", [b"\x80\x02}(X\x01\x00\x00\x00ai.", b"\x80\x02(i os\nsystem\n.", b"\x80\x04\x8c\x02os\x94."]
)
def test_an_instruction_that_is_not_known_is_refused(tmp_path, code):
    with pytest.raises(DataError, match="cannot be read"):
        torch_file.read(with_state(tmp_path, code))


def test_an_array_that_reaches_beyond_its_numbers_is_refused():
    numbers = np.arange(6, dtype=np.float32)
    place = torch_file._Array(numbers.dtype, "0", 0, (2, 3), (3, 1))
    np.testing.assert_array_equal(torch_file._laid_out(place, numbers), numbers.reshape(2, 3))
    turned = torch_file._Array(numbers.dtype, "0", 0, (3, 2), (1, 3))
    np.testing.assert_array_equal(torch_file._laid_out(turned, numbers), numbers.reshape(2, 3).T)
    for first, shape, strides in [(1, (2, 3), (3, 1)), (0, (2, 3), (4, 1)), (0, (6,), (-1,)), (-1, (2,), (1,))]:
        with pytest.raises(torch_file.Unfit, match="beyond"):
            torch_file._laid_out(torch_file._Array(numbers.dtype, "0", first, shape, strides), numbers)


@pytest.mark.parametrize("left", [0, 10, 5000, 43_000, 10**6])
def test_a_file_that_is_cut_short_is_refused(tmp_path, left):
    with pytest.raises(DataError, match="cannot be read"):
        torch_file.read(changed(tmp_path, lambda content: content[:left]))
