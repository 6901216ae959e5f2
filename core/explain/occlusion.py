"""Occlusion: how much the probability of a class drops while a part of the picture is covered."""

from typing import Any

import numpy as np

from core.inside import anatomy
from core.inside.explanation import CLASS, Explained, Explanation, Options
from core.recipe.setting import Setting

GREY = 128  # of 255: neither ink nor paper
PIXELS: Any = {"low": 1, "high": 128, "unit": "pixels", "own": True}
PATCHES = 7  # side by side across the picture: 4 of 28 pixels, about the width of a pen's stroke


def explain(model: Any, image: np.ndarray, options: Options) -> Explained:
    """Covers one place after the other with a grey square (Zeiler and Fergus 2013, arXiv 1311.2901, section 4.2).

    options  class: number, None for the one that the network chooses
             patch, stride: pixels; None for a seventh of the picture, and for half of the patch
    arrays   drop (rows, columns) float32 in -1..1: probability of the whole picture less that of the covered one, so
             below 0 where covering helps; top (rows,), left (columns,) int64: the pixel at which each square begins;
             map (height, width) float32 in -1..1: of each pixel, the mean drop of the squares that cover it
    facts    class, probability (of the whole picture), patch, stride
    """
    height, width = image.shape[1:3]
    patch = min(_size(options["patch"], max(2, round(min(height, width) / PATCHES))), height, width)
    stride = _size(options["stride"], max(1, patch // 2))
    top, left = _begins(height, patch, stride), _begins(width, patch, stride)
    (before,) = _probabilities(model, image)
    chosen = anatomy.class_number(model, options["class"], before)
    covered = np.concatenate([_covered(image, row, left, patch) for row in top])
    drop = before[chosen] - _probabilities(model, covered)[:, chosen].reshape(len(top), len(left))
    arrays = {"drop": drop, "top": top, "left": left, "map": _spread(drop, top, left, patch, (height, width))}
    facts = {"class": chosen, "probability": float(before[chosen]), "patch": patch, "stride": stride}
    return Explained(arrays, facts)


def _size(chosen: int | None, default: int) -> int:
    return default if chosen is None else max(1, chosen)


def _begins(side: int, patch: int, stride: int) -> np.ndarray:
    """Where the squares begin; the last one ends with the picture."""
    return np.unique([*range(0, side - patch, stride), side - patch])


def _covered(image: np.ndarray, row: int, left: np.ndarray, patch: int) -> np.ndarray:
    """The picture once for each column, (columns, height, width, channels) uint8."""
    copies = np.repeat(image, len(left), axis=0)
    for copy, column in zip(copies, left, strict=True):
        copy[row : row + patch, column : column + patch] = GREY
    return copies


def _probabilities(model: Any, images: np.ndarray) -> np.ndarray:
    return np.concatenate([values[0] for values in anatomy.outputs(model, [model.outputs[0]], images)])


def _spread(drop: np.ndarray, top: np.ndarray, left: np.ndarray, patch: int, size: tuple[int, int]) -> np.ndarray:
    """The mean drop over all squares that cover a pixel; 0 for a pixel that a long stride leaves out."""
    total, times = np.zeros(size, np.float32), np.zeros(size, np.float32)
    for (row, column), value in np.ndenumerate(drop):
        place = np.s_[top[row] : top[row] + patch, left[column] : left[column] + patch]
        total[place] += value
        times[place] += 1
    return total / np.maximum(times, 1)


SPEC = Explanation(
    title="Occlusion",
    about=(
        "A grey square covers one place after the other, and each time the network is asked again. Where the "
        "probability drops most, it was looking at something it needs."
    ),
    limits=(
        "The grey square is itself something the network has never seen, and can mislead it. Where two places say the "
        "same, covering one of them changes nothing. Size and colour of the square change the result."
    ),
    kind="image",
    view="covered",
    explain=explain,
    options=(
        CLASS,
        Setting("patch", "int", None, "Square", "Its side; left open, a seventh of the picture.", **PIXELS),
        Setting("stride", "int", None, "Step", "From one place to the next; left open, half the square.", **PIXELS),
    ),
    order=6,
)
