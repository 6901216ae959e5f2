"""Pictures changed by steps as a camera changes them, and how often a network is right then: distribution shift."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from core.errors import N_
from core.evaluation.intervals import wilson
from core.network.estimator import Estimator
from core.network.inference import Network

STEPS = 9  # places at which the accuracy is measured


@dataclass(frozen=True)
class Change:
    """One way in which pictures change.

    low, high  the strengths of the slider; at 0 nothing changes
    unit       written after a strength: "%" of the picture's side or of 255 grey levels, "°"
    apply      (images (n, height, width, channels) uint8, strength) -> images alike
    """

    title: str
    about: str
    low: int
    high: int
    unit: str
    apply: Callable[[np.ndarray, float], np.ndarray]

    @property
    def strengths(self) -> list[float]:
        """Where the accuracy is measured, evenly spread, 0 among them."""
        if not self.low:
            return [float(one) for one in np.linspace(0, self.high, STEPS)]
        half = STEPS // 2
        return [*np.linspace(self.low, 0, half, endpoint=False).tolist(), *np.linspace(0, self.high, half + 1).tolist()]


@dataclass(frozen=True)
class Accuracy:
    """How often a network is right at one strength: hits of n, with Wilson's 95 % interval."""

    strength: float
    hits: int
    n: int

    @property
    def share(self) -> float:
        return self.hits / self.n

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.n)


def robustness(network: Network | Estimator, images: np.ndarray, labels: np.ndarray, change: Change) -> list[Accuracy]:
    """The accuracy on images (n, height, width, channels) uint8 with labels (n,), at each strength of a change."""
    curves = []
    for strength in change.strengths:
        answers = network.probabilities(change.apply(images, strength)).argmax(axis=1)
        curves.append(Accuracy(strength, int(np.count_nonzero(answers == labels)), len(labels)))
    return curves


def brighter(images: np.ndarray, percent: float) -> np.ndarray:
    """So many per cent of 255 grey levels are added; what leaves 0..255 is cut off."""
    return np.clip(images.astype(np.int16) + round(percent * 2.55), 0, 255).astype(np.uint8)


def moved(images: np.ndarray, percent: float) -> np.ndarray:
    """Moved to the right by so many per cent of the width; what comes in has each picture's border colour."""
    width = images.shape[2]
    by = round(percent / 100 * width)
    made = np.empty_like(images)
    made[:] = border(images)[:, None, None]
    if by >= 0:
        made[:, :, by:] = images[:, :, : width - by]
    else:
        made[:, :, :by] = images[:, :, -by:]
    return made


def turned(images: np.ndarray, degrees: float) -> np.ndarray:
    """Turned about the middle, to the left where positive; the corners get each picture's border colour."""
    if not degrees:
        return images.copy()
    return _each(images, lambda one, colour: one.rotate(degrees, Image.Resampling.BILINEAR, fillcolor=colour))


def blurred(images: np.ndarray, percent: float) -> np.ndarray:
    """Blurred by a Gaussian whose standard deviation is so many per cent of the side."""
    if not percent:
        return images.copy()
    radius = percent / 100 * images.shape[1]
    return _each(images, lambda one, _colour: one.filter(ImageFilter.GaussianBlur(radius)))


def on_background(images: np.ndarray, percent: float) -> np.ndarray:
    """A cloudy pattern takes the place of the ground, the more so the nearer a pixel is to the border colour.

    The pattern is the same in all pictures: smooth noise over the whole range of grey levels.
    """
    size = images.shape[1:3]
    coarse = np.random.default_rng(7).integers(0, 256, (5, 5), np.uint8)
    clouds = np.asarray(Image.fromarray(coarse).resize(size[::-1], Image.Resampling.BICUBIC), np.float32)[..., None]
    shown = images.astype(np.float32)
    ground = border(images).astype(np.float32)[:, None, None]
    through = 1 - np.abs(shown - ground).max(axis=3, keepdims=True) / 255
    return np.clip(shown + percent / 100 * through * (clouds - shown), 0, 255).round().astype(np.uint8)


def border(images: np.ndarray) -> np.ndarray:
    """The median colour of the outermost pixels of each image (n, height, width, channels): (n, channels) uint8."""
    edges = (images[:, 0], images[:, -1], images[:, 1:-1, 0], images[:, 1:-1, -1])
    return np.median(np.concatenate(edges, axis=1), axis=1).astype(np.uint8)


def _each(images: np.ndarray, change: Callable[[Image.Image, tuple[int, ...]], Image.Image]) -> np.ndarray:
    grey = images.shape[3] == 1
    made = np.empty_like(images)
    for place, (one, colour) in enumerate(zip(images, border(images), strict=True)):
        picture = change(Image.fromarray(one[..., 0] if grey else one), tuple(map(int, colour)))
        made[place] = np.asarray(picture).reshape(one.shape)
    return made


CHANGES = {
    "brightness": Change(N_("Brightness"), N_("The lamp, the window, the camera's exposure."), -80, 80, "%", brighter),
    "shift": Change(N_("Shift"), N_("Not in the middle of the frame."), -40, 40, "%", moved),
    "rotation": Change(N_("Rotation"), N_("The paper or the head held askew."), -90, 90, "°", turned),
    "blur": Change(N_("Blur"), N_("Out of focus, or moved while the picture was taken."), 0, 15, "%", blurred),
    "background": Change(
        N_("Background"), N_("A table, a wall, a shadow where it learnt a plain ground."), 0, 100, "%", on_background
    ),
}
