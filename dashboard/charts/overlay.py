"""Frames and words drawn over a picture: what the camera and the faces show."""

import functools
from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.pictures.box import Box

ACCENT, INK = (11, 110, 153), (255, 255, 255)


def framed(picture: Image.Image, boxes: Sequence[tuple[Box, str]], at_least: int = 0) -> Image.Image:
    """A copy of a picture with frames and a word on each; legible from the back row.

    at_least  pixels of its longer side: a small picture is enlarged, so that the words do not cover it
    """
    drawn, factor = picture.convert("RGB"), -(-at_least // max(picture.size))
    if factor > 1:
        drawn = drawn.resize((factor * drawn.width, factor * drawn.height), Image.Resampling.NEAREST)
        boxes = [(Box(*(factor * edge for edge in astuple(box))), word) for box, word in boxes]
    pen = ImageDraw.Draw(drawn)
    width = max(2, round(max(drawn.size) / 220))
    for box, word in boxes:
        right, bottom = box.left + box.width, box.top + box.height
        pen.rectangle((box.left, box.top, right, bottom), outline=ACCENT, width=width)
        if word:
            label(pen, drawn.size, (box.left, box.top), word, above=True)
    return drawn


def label(pen: ImageDraw.ImageDraw, size: tuple[int, int], at: tuple[int, int], word: str, above: bool = False) -> None:
    """A word on the accent colour, moved so that it stays in the picture."""
    font = _font(max(14, round(max(size) / 24)))
    left, top, right, bottom = pen.textbbox((0, 0), word, font=font)
    wide, high = right - left + 12, bottom - top + 10
    x = max(0, min(at[0], size[0] - wide))
    y = max(0, min(at[1] - (high if above else 0), size[1] - high))
    pen.rectangle((x, y, x + wide, y + high), fill=ACCENT)
    pen.text((x + 6 - left, y + 5 - top), word, font=font, fill=INK)


def thumbnail(picture: Image.Image, longest: int) -> np.ndarray:
    """A picture no larger than that, (height, width, 3) uint8."""
    small = picture.convert("RGB")
    small.thumbnail((2 * longest, 2 * longest))
    return np.asarray(small)


@functools.lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)  # Pillow's own: no file of the system is needed
