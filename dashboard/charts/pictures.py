"""Arrays in, displayable pictures out, as HTML. Small images are enlarged by whole factors, large ones shrunk."""

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np
from PIL import Image

RIGHT, WRONG = "✓", "✗"


def png(image: np.ndarray) -> bytes:
    """A picture (height, width, 1 or 3) uint8 as PNG, in its own size and polarity."""
    file = io.BytesIO()
    Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image).save(file, "PNG")
    return file.getvalue()


def wall(images: np.ndarray, captions: Sequence[str], alts: Sequence[str], side: int = 84) -> str:
    """Pictures (n, height, width, channels) uint8 in a grid that fills the width, each with a line of text under it.

    side  wished size in pixels on the screen; the whole factor nearest to it is used
    """
    return wall_of_html(images, [escape(caption) for caption in captions], alts, side)


def answered_wall(images: np.ndarray, answers: Sequence[tuple[bool, str, str, str]], alts: Sequence[str]) -> str:
    """Pictures with what a network said: (right, its answer, how sure, what it is where it is wrong)."""
    captions = [
        f"{RIGHT if right else WRONG} <b>{escape(said)}</b> {escape(sure)}" + (f"<br>{escape(truth)}" if truth else "")
        for right, said, sure, truth in answers
    ]
    return wall_of_html(images, captions, alts, 84)


def wall_of_html(images: np.ndarray, captions: Sequence[str], alts: Sequence[str], side: int = 84) -> str:
    """The grid; captions are HTML."""
    figures = [_figure(*parts, side) for parts in zip(images, captions, alts, strict=True)]
    return f'<div style="display:flex;flex-wrap:wrap;gap:12px 8px">{"".join(figures)}</div>'


def numbered_wall(images: np.ndarray, words: Sequence[str], numbers: Sequence[int], side: int = 56) -> str:
    """The same with the number of each picture beside its word, pale."""
    captions = [
        f"{escape(word)} <span style='opacity:.6'>{number}</span>" for word, number in zip(words, numbers, strict=True)
    ]
    return wall_of_html(images, captions, words, side)


def strip(images: np.ndarray, alts: Sequence[str], side: int = 24, columns: int = 0) -> str:
    """Pictures side by side without captions; where they do not fit the sidebar, in lines of equal length."""
    shown = [_img(image, alt, side) for image, alt in zip(images, alts, strict=True)]
    columns = columns or (len(shown) if _factor(images[0], side) * images.shape[2] <= 20 else 5)
    style = f"display:grid;grid-template-columns:repeat({columns},max-content);gap:3px"
    return f'<div style="{style}">{"".join(shown)}</div>'


def layers(boxes: Sequence[tuple[str, str, str]]) -> str:
    """The network as a strip of boxes: (kind, shape, parameters), left to right in the order of the data."""
    shown = [
        '<div style="border:1px solid rgba(122,135,148,.4);border-radius:6px;padding:6px 10px;text-align:center">'
        f"<div style='font-weight:600'>{escape(kind)}</div><div style='opacity:.8'>{escape(shape)}</div>"
        f"<div style='opacity:.65;font-size:.85em'>{escape(parameters)}</div></div>"
        for kind, shape, parameters in boxes
    ]
    arrow = '<div style="align-self:center;opacity:.5" aria-hidden="true">→</div>'
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px;font-size:.9rem">{arrow.join(shown)}</div>'


def as_grey(maps: np.ndarray, common: bool) -> np.ndarray:
    """(n, height, width) of any range -> (n, height, width, 1) uint8, by one scale or each by its own."""
    axes = None if common else (1, 2)
    low, high = maps.min(axis=axes, keepdims=True), maps.max(axis=axes, keepdims=True)
    return np.round(255 * (maps - low) / np.maximum(high - low, 1e-9)).astype(np.uint8)[..., None]


def as_rgb(picture: np.ndarray) -> np.ndarray:
    """(height, width, 1 or 3) -> (height, width, 3)."""
    return np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture


def _figure(image: np.ndarray, caption: str, alt: str, side: int) -> str:
    words = f'<figcaption style="font-size:.85rem;line-height:1.25;margin-top:3px">{caption}</figcaption>'
    width = round(_factor(image, side) * image.shape[1])
    return f'<figure style="margin:0;width:{max(width, 64)}px">{_img(image, alt, side)}{words}</figure>'


def _img(image: np.ndarray, alt: str, side: int) -> str:
    factor = _factor(image, side)
    data = base64.b64encode(png(image)).decode()
    size = f"width:{round(factor * image.shape[1])}px;height:{round(factor * image.shape[0])}px"
    sharp = "image-rendering:pixelated;" if factor >= 1 else ""
    return (
        f'<img alt="{escape(alt, quote=True)}" src="data:image/png;base64,{data}" '
        f'style="{size};{sharp}border-radius:2px">'
    )


def _factor(image: np.ndarray, side: int) -> float:
    """The whole factor nearest to the wished size; below 1 for a picture that is much larger than that."""
    width = image.shape[1]
    return side / width if width > 1.5 * side else max(1, round(side / width))
