"""PyTorch's old format of weights, read without PyTorch and without pickle.

What the file says to do is followed as far as arrays of numbers need it; everything else is refused. Such a file is
five pickles in a row (a magic number, the version, the system, the arrays, the keys of their numbers), then for each
key a count of 8 bytes and the numbers themselves.
"""

import io
import pickletools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import DataError

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
ORDERED, REBUILD = "collections OrderedDict", "torch._utils _rebuild_tensor_v2"
NUMBERS: dict[str, np.dtype] = {"torch FloatStorage": np.dtype("<f4"), "torch LongStorage": np.dtype("<i8")}
ALLOWED = {ORDERED, REBUILD, *NUMBERS}
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
SAID = ("BININT", "BININT1", "BININT2", "LONG1", "BINUNICODE")
ENDINGS = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class Unfit(ValueError):
    """The file wants something that arrays of numbers do not need, or is cut short."""


@dataclass(frozen=True)
class _Named:
    """Something the file calls by name; never looked up, never called."""

    name: str


@dataclass(frozen=True)
class _Array:
    """Where the numbers of one array lie among those of a key; `strides` in numbers, as a transposed view has them."""

    dtype: np.dtype
    key: str
    first: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file by name; raises DataError. Whoever asks has checked that the file is the published one."""
    try:
        return _arrays(path.read_bytes())
    except (Unfit, ValueError, IndexError, KeyError, TypeError, OSError) as error:
        raise DataError(
            "The weights in {file} cannot be read ({reason}). Get another copy of the file.", file=path, reason=error
        ) from error


def _arrays(content: bytes) -> dict[str, np.ndarray]:
    stream = io.BytesIO(content)
    magic, protocol, _system, arrays, keys = (_followed(stream) for _ in range(5))
    if (magic, protocol) != (MAGIC, PROTOCOL):
        raise Unfit("it does not begin as PyTorch's old format does")
    if not isinstance(arrays, dict) or not all(isinstance(array, _Array) for array in arrays.values()):
        raise Unfit("it holds something else than arrays")
    dtypes = {array.key: array.dtype for array in arrays.values()}
    numbers = dict(_numbers(content, stream.tell(), keys, dtypes))
    return {name: _laid_out(array, numbers[array.key]) for name, array in arrays.items()}


def _numbers(content: bytes, place: int, keys: list[str], dtypes: dict[str, np.dtype]) -> Iterator[tuple[str, Any]]:
    for key in keys:
        count = int.from_bytes(content[place : place + 8], "little")
        yield key, np.frombuffer(content, dtypes[key], count, place + 8)
        place += 8 + count * dtypes[key].itemsize


def _laid_out(array: _Array, numbers: np.ndarray) -> np.ndarray:
    """The numbers in the array's shape.

    50 of EfficientNet-Lite0's 296 are stored as a transposed view: `reshape` would give a network that knows nothing.
    """
    last = array.first + sum((side - 1) * stride for side, stride in zip(array.shape, array.strides, strict=True))
    if array.first < 0 or min(array.strides, default=0) < 0 or (0 not in array.shape and last >= len(numbers)):
        raise Unfit("an array reaches beyond its numbers")  # as_strided itself looks at nothing
    steps = tuple(stride * numbers.itemsize for stride in array.strides)
    return np.lib.stride_tricks.as_strided(numbers[array.first :], array.shape, steps).copy()


def _followed(stream: io.BytesIO) -> Any:
    """One pickle's value: a machine of 25 instructions, none of which looks up a name or calls anything."""
    stack: list[Any] = []
    below: list[list[Any]] = []  # the stacks that a mark has set aside
    memo: dict[int, Any] = {}
    said: Any
    for code, said, _place in pickletools.genops(stream):
        match code.name:
            case "PROTO" | "STOP":
                pass
            case "MARK":
                below.append(stack)
                stack = []
            case "EMPTY_DICT":
                stack.append({})
            case "EMPTY_LIST":
                stack.append([])
            case "EMPTY_TUPLE":
                stack.append(())
            case "TUPLE":
                stack, above = below.pop(), stack
                stack.append(tuple(above))
            case "APPENDS":
                stack, above = below.pop(), stack
                stack[-1].extend(above)
            case "SETITEMS":
                stack, above = below.pop(), stack
                stack[-1].update(zip(above[::2], above[1::2], strict=True))
            case "SETITEM":
                value, key = stack.pop(), stack.pop()
                stack[-1][key] = value
            case "BINPUT" | "LONG_BINPUT":
                memo[said] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(memo[said])
            case "GLOBAL":
                stack.append(_allowed(said))
            case "BINPERSID":
                stack.append(_Stored.of(stack.pop()))
            case "REDUCE":
                arguments, what = stack.pop(), stack.pop()
                stack.append(_made(what, arguments))
            case "BUILD":  # the versions of PyTorch's modules, which say nothing about numbers
                stack.pop()
            case name if name in CONSTANTS:
                stack.append(CONSTANTS[name])
            case name if name in SAID:
                stack.append(said)
            case name if name in ENDINGS:
                stack[-ENDINGS[name] :] = [tuple(stack[-ENDINGS[name] :])]
            case name:
                raise Unfit(f"the instruction {name} is not allowed in a file of weights")
    (value,) = stack
    return value


@dataclass(frozen=True)
class _Stored:
    """The numbers that a key stands for."""

    dtype: np.dtype
    key: str

    @classmethod
    def of(cls, said: Any) -> "_Stored":
        kind, numbers, key, _device, _count, view = said
        if kind != "storage" or not isinstance(numbers, _Named) or numbers.name not in NUMBERS or view is not None:
            raise Unfit("its numbers are of a kind that is not known")
        return cls(NUMBERS[numbers.name], key)


def _allowed(name: str) -> _Named:
    if name not in ALLOWED:
        raise Unfit(f"{name.replace(' ', '.')} is not allowed in a file of weights")
    return _Named(name)


def _made(what: Any, arguments: tuple[Any, ...]) -> Any:
    if what == _Named(ORDERED) and not arguments:
        return {}
    if what == _Named(REBUILD):
        stored, first, shape, strides = arguments[:4]
        if isinstance(stored, _Stored):
            return _Array(stored.dtype, stored.key, first, shape, strides)
    raise Unfit("something is to be made that is no array")
