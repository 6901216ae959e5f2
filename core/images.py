"""Any picture -> network input: the one place for resizing, so that training and classifying see the same."""

from typing import Literal

import numpy as np
from PIL import Image

from core.dataset import Progress, silent
from core.errors import SettingError

SMALLEST, LARGEST = 8, 128  # pixels a side; below 8 nothing is left to see, above 128 a lesson is too slow

# The triangle filter, which Pillow widens when it shrinks (so it antialiases). All its weights are positive:
# bicubic and Lanczos are a little sharper, but paint dark and light halos along strokes, which a network can learn.
FILTER = Image.Resampling.BILINEAR

BLOCK = 1024  # pictures between two progress reports, about 20 ms

REDUCING_GAP = 3.0  # large pictures are first averaged by whole blocks of pixels, down to no less than 3 times the size

Fit = Literal["pad", "crop"]
"""How a picture that is not square becomes one."""


def resize(images: np.ndarray, size: int, progress: Progress = silent) -> np.ndarray:
    """Images (n, height, width, channels) uint8 -> (n, size, size, channels) uint8, never stretched."""
    check_size(size)
    resized = np.empty((len(images), size, size, images.shape[3]), np.uint8)
    for start in range(0, len(images), BLOCK):
        progress("Resizing the pictures", start / len(images))
        block = square(images[start : start + BLOCK])
        resized[start : start + BLOCK] = [_resize_one(image, size) for image in block]
    progress("Resizing the pictures", 1.0)
    return resized


def check_size(size: int) -> int:
    """The size itself; raises SettingError when a picture cannot be resized to it."""
    if not SMALLEST <= size <= LARGEST:
        raise SettingError(
            "image_size={size} is out of range; choose between {low} and {high}, or 0 for the size as published.",
            size=size,
            low=SMALLEST,
            high=LARGEST,
        )
    return size


def square(images: np.ndarray) -> np.ndarray:
    """Images (n, height, width, channels) uint8 -> (n, side, side, channels), the picture in the middle.

    The new border has each picture's own border colour (the median of its outermost pixels): black round an
    MNIST digit, white round a fruit. Plain black would put a bright picture into a frame, and a network might
    learn the frame.
    """
    n, height, width, channels = images.shape
    if height == width:
        return images
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    padded = np.empty((n, side, side, channels), np.uint8)
    padded[:] = _border_colours(images)[:, None, None]
    padded[:, top : top + height, left : left + width] = images
    return padded


def _border_colours(images: np.ndarray) -> np.ndarray:
    """The median colour of the outermost pixels of each image: (n, channels) uint8."""
    top, bottom, left, right = images[:, 0], images[:, -1], images[:, 1:-1, 0], images[:, 1:-1, -1]
    return np.median(np.concatenate([top, bottom, left, right], axis=1), axis=1).astype(np.uint8)


def _resize_one(image: np.ndarray, size: int) -> np.ndarray:
    """One image (side, side, channels), grey or RGB, through Pillow."""
    grey = image.shape[2] == 1
    picture = Image.fromarray(image[..., 0] if grey else image)
    resized = np.asarray(picture.resize((size, size), FILTER))
    return resized[..., None] if grey else resized


def fit_picture(picture: Image.Image, size: int, channels: int, fit: Fit) -> np.ndarray:
    """A picture of mode "L" or "RGB" -> (size, size, channels) uint8, never stretched; SettingError for the size.

    fit  "pad" shows all of it on a canvas of its own border colour, "crop" cuts out the middle

    A picture that has this size already goes through pixel for pixel.
    """
    check_size(size)
    if picture.size != (size, size):
        picture = _cropped(picture, size) if fit == "crop" else _padded(picture, size)
    pixels = np.array(picture.convert("L" if channels == 1 else "RGB"))
    return pixels.reshape(size, size, channels)


def _cropped(picture: Image.Image, size: int) -> Image.Image:
    side = min(picture.size)
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    box = (left, top, left + side, top + side)
    return picture.resize((size, size), FILTER, box, reducing_gap=REDUCING_GAP)


def _padded(picture: Image.Image, size: int) -> Image.Image:
    longer = max(picture.size)
    width, height = (max(1, round(side * size / longer)) for side in picture.size)
    canvas = Image.new(picture.mode, (size, size), _border_colour(picture))
    scaled = picture.resize((width, height), FILTER, reducing_gap=REDUCING_GAP)
    canvas.paste(scaled, ((size - width) // 2, (size - height) // 2))
    return canvas


def _border_colour(picture: Image.Image) -> tuple[int, ...]:
    """As `_border_colours`, of one picture and without an array of all its pixels."""
    width, height = picture.size
    rows = [picture.crop((0, y, width, y + 1)) for y in (0, height - 1)]
    columns = [picture.crop((x, 1, x + 1, height - 1)) for x in (0, width - 1)] if height > 2 else []
    pixels = [np.asarray(edge).reshape(edge.width * edge.height, -1) for edge in rows + columns]
    return tuple(int(value) for value in np.median(np.concatenate(pixels), axis=0))
