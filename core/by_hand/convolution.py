"""A convolution by hand: one small image, one kernel, every product and sum; then activation and pooling."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.errors import SettingError

Padding = Literal["valid", "same"]
Pooling = Literal["max", "average"]

# The example of the university lab this page grew out of; its results are in tests/test_convolution.py.
EXAMPLE = np.array(
    [
        [0.6, 0.4, 0.1, 0.2, 0.2],
        [0.2, 0.3, 0.8, 0.5, 0.3],
        [0.1, 0.9, 0.6, 0.0, 0.1],
        [0.4, 0.2, 0.1, 0.0, 0.0],
        [0.5, 0.1, 0.0, 0.1, 0.3],
    ]
)

LARGEST = 7  # rows and columns of a kernel
MOST_CHANNELS = 3

_OF_THREE: dict[str, np.ndarray] = {
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], float),
    "sobel_x": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], float),
    "sobel_y": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], float),
}


def kernels(size: int) -> dict[str, np.ndarray]:
    """The kernels (size, size) that have a name at that size, 1..7; sharpening and Sobel's are defined for 3 × 3."""
    identity = np.zeros((size, size))
    identity[(size - 1) // 2, (size - 1) // 2] = 1  # of an even size, where `same` lays the first of the two middles
    made = {"blur": np.full((size, size), 1 / size**2), "identity": identity}
    if size > 1:
        made["edges"] = size**2 * identity - 1
    return (_OF_THREE if size == 3 else {}) | made


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "none": lambda x: x,
    "relu": lambda x: np.maximum(x, 0.0),
    "leaky_relu": lambda x: np.where(x < 0, 0.2 * x, x),  # Keras's slope for negative values
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}


@dataclass(frozen=True)
class Steps:
    """A window that went over an image: where it lay, and what came out.

    padded  (h, w), or (h, w, channels), the image with its border of zeros
    border  (top, left) rows and columns of that border
    corners (n, 2) row and column of the window's upper left corner in `padded`, in reading order
    output  (rows, columns), n of them in reading order
    """

    padded: np.ndarray
    border: tuple[int, int]
    corners: np.ndarray
    output: np.ndarray


def convolve(
    image: np.ndarray, kernel: np.ndarray, padding: Padding = "valid", stride: int = 1, bias: float = 0.0
) -> Steps:
    """Lays a kernel (k, k) on every place of an image (h, w), multiplies, adds, adds the bias.

    An image of several channels (h, w, channels) has a kernel (k, k, channels): all their products make one sum.
    As Keras's Conv2D does it, which does not turn the kernel round (a mathematician says cross-correlation).
    Raises SettingError where the kernel does not fit.
    """
    return _slide(image, kernel.shape[:2], padding, stride, lambda window: float((window * kernel).sum() + bias))


def pool(image: np.ndarray, size: int = 2, stride: int = 2, kind: Pooling = "max") -> Steps:
    """The largest value, or the mean, of every window of size × size; raises SettingError where none fits."""
    best = {"max": lambda window: float(window.max()), "average": lambda window: float(window.mean())}[kind]
    return _slide(image, (size, size), "valid", stride, best)


def products(steps: Steps, kernel: np.ndarray, number: int) -> np.ndarray:
    """The products of one step, in the kernel's shape: what is added up to one number of the output."""
    row, column = steps.corners[number]
    height, width = kernel.shape[:2]
    return steps.padded[row : row + height, column : column + width] * kernel


def _slide(
    image: np.ndarray, window: tuple[int, ...], padding: Padding, stride: int, make: Callable[[np.ndarray], float]
) -> Steps:
    padded, border = _padded(image, window, padding, stride)
    rows, columns = ((side - one) // stride + 1 for side, one in zip(padded.shape[:2], window, strict=True))
    if rows < 1 or columns < 1:
        raise SettingError(
            "A window of {height}×{width} does not fit into an image of {rows}×{columns}; make the image larger or "
            "the window smaller, or choose the padding “same”.",
            height=window[0],
            width=window[1],
            rows=image.shape[0],
            columns=image.shape[1],
        )
    corners = np.array([(row * stride, column * stride) for row in range(rows) for column in range(columns)])
    values = [make(padded[row : row + window[0], column : column + window[1]]) for row, column in corners]
    return Steps(padded, border, corners, np.array(values).reshape(rows, columns))


def _padded(
    image: np.ndarray, window: tuple[int, ...], padding: Padding, stride: int
) -> tuple[np.ndarray, tuple[int, int]]:
    """With `same`, so many zeros round the image that ceil(side / stride) windows fit; an odd one goes to the end."""
    if padding == "valid":
        return np.asarray(image, float), (0, 0)
    missing = [
        max(0, (math.ceil(side / stride) - 1) * stride + one - side)
        for side, one in zip(image.shape[:2], window, strict=True)
    ]
    before = [one // 2 for one in missing]
    around = [(first, one - first) for first, one in zip(before, missing, strict=True)]
    around += [(0, 0)] * (image.ndim - 2)
    return np.pad(np.asarray(image, float), around), (before[0], before[1])
