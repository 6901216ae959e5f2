"""A film for Chromium's fake camera: digits on paper, and along the upper edge the number of each frame."""

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks import chromium

WIDTH, HEIGHT, FRAMES = 640, 480, 30  # Chromium plays MJPEG at 30 frames a second
BITS, BLOCK = 10, 32  # of the number; pixels a side

FLAGS = (
    *chromium.FLAGS,
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)


def film(path: Path, digits: Iterable[np.ndarray], seconds: float, numbers: bool = True) -> Path:
    """Writes a film that shows each digit (side, side) uint8, light on dark, for so long, as dark ink on paper.

    numbers  along the upper edge each frame says which it is
    """
    with open(path, "wb") as file:
        number = 0
        for digit in digits:
            frame = scene(digit)
            for _ in range(round(FRAMES * seconds)):
                file.write(_as_jpeg(numbered(frame, number) if numbers else frame))
                number += 1
    return path


def flags(path: Path) -> list[str]:
    """How Chromium is started so that this film is its camera."""
    return [*FLAGS, f"--use-file-for-fake-video-capture={path}"]


def scene(digit: np.ndarray) -> np.ndarray:
    """A digit on paper under uneven light, (480, 640, 3) uint8; it fills half of the middle square."""
    side = HEIGHT // 2
    ink = np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC), np.float32) / 255
    rows, columns = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    light = 205 + 12 * rows - 16 * columns
    top, left = (HEIGHT - side) // 2, (WIDTH - side) // 2
    light[top : top + side, left : left + side] *= 1 - 0.8 * ink
    grain = np.random.default_rng(0).normal(0, 3, light.shape)
    return np.repeat((light + grain).clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def numbered(frame: np.ndarray, number: int) -> np.ndarray:
    """The frame with its number in Gray's code, in which two neighbours differ in one block only."""
    made = frame.copy()
    code = number ^ (number >> 1)
    for bit in range(BITS):
        made[: BLOCK - 8, bit * BLOCK : (bit + 1) * BLOCK] = 255 if code >> bit & 1 else 0
    return made


def _as_jpeg(frame: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "JPEG", quality=85)  # 4:2:0, as cameras do
    return file.getvalue()
