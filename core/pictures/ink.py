"""How drawings lie in the pictures of a dataset: measured on its images, so that others can be made to look alike."""

import numpy as np
from PIL import Image

from core.pictures.preprocessing import FAINT, FILTER, FINER, Fit, Ink, Preprocessing, ink_box, stroke_width
from core.pictures.resize import square

SAMPLE = 400  # images that are measured: a median of so many is stable, and they take 0.1 s
PLAIN = 0.6  # of an image's outermost pixels: so many have the colour of the ground, in the median image
STROKES = 0.3  # of the extent: wider than that is a thing, not a stroke
UNIFORM = 0.35  # quartile distance of the stroke widths, as a part of their median: beyond, they have no common width


def preprocessing(images: np.ndarray, fit: Fit = "pad", white: int | None = None) -> Preprocessing:
    """For a network that learns from images (n, side, side, channels) uint8, which are measured for their ink."""
    return Preprocessing(images.shape[1], images.shape[3], fit, measured(images), white)


def measured(images: np.ndarray) -> Ink | None:
    """The ink of grey images (n, height, width, 1) uint8; None where they are coloured or have no plain ground."""
    if images.shape[3] != 1 or not len(images):
        return None
    chosen = np.linspace(0, len(images) - 1, min(SAMPLE, len(images))).astype(int)
    sample = square(np.asarray(images[chosen]))[..., 0]
    outer = np.concatenate([sample[:, 0], sample[:, -1], sample[:, 1:-1, 0], sample[:, 1:-1, -1]], axis=1)
    ground = float(np.median(outer))
    if np.median((np.abs(outer - ground) <= FAINT).mean(axis=1)) < PLAIN:
        return None
    apart = sample.astype(np.float32) - ground
    sign = 1.0 if apart.sum() > 0 else -1.0
    ink = np.maximum(sign * apart, 0)
    full = float(np.percentile(ink[ink > FAINT], 90)) if (ink > FAINT).any() else 0.0
    if full <= FAINT:
        return None
    masks = [_finer(np.clip(one / full, 0, 1)) for one in ink]
    boxes = np.array([ink_box(mask) for mask in masks], np.float64)
    side = masks[0].shape[0]
    widths = np.array([stroke_width(mask > 0.5) for mask in masks]) / side
    extents = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) / side
    low, width, high = np.percentile(widths, (25, 50, 75))
    extent = float(np.median(extents))
    strokes = width < STROKES * extent and high - low < UNIFORM * width
    return Ink(
        ground=round(ground),
        level=round(np.clip(ground + sign * full, 0, 255)),
        extent=extent,
        stroke=float(width) if strokes else 0.0,
        by_mass=_spread(np.array([_centre_of_mass(mask) for mask in masks]))
        < _spread((boxes[:, :2] + boxes[:, 2:]) / 2),
    )


def _finer(ink: np.ndarray) -> np.ndarray:
    """On the grid on which drawings are prepared, so that both are measured alike."""
    side = FINER * ink.shape[0]
    return np.asarray(Image.fromarray(ink.astype(np.float32)).resize((side, side), FILTER))


def _centre_of_mass(mask: np.ndarray) -> tuple[float, float]:
    mass = max(float(mask.sum()), 1e-9)
    places = np.arange(mask.shape[0]) + 0.5
    return float((mask.sum(axis=0) * places).sum() / mass), float((mask.sum(axis=1) * places).sum() / mass)


def _spread(points: np.ndarray) -> float:
    """How far points (n, 2) lie apart: their spread about the median."""
    return float(np.abs(points - np.median(points, axis=0)).mean())
