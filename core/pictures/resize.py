"""The images of a dataset at another size; one picture of any kind goes through `core.pictures.preprocessing`."""

import numpy as np
from PIL import Image

from core.errors import SettingError
from core.pictures.preprocessing import FILTER
from core.progress import Progress, silent

SMALLEST, LARGEST = 8, 128  # pixels a side; below 8 nothing is left to see, above 128 a lesson is too slow

BLOCK = 1024  # pictures between two progress reports, about 20 ms


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
