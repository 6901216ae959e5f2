"""Colours: a coloured thing on a grey ground in changing light, made here from a seed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.data.dataset import Dataset, Images, Splits
from core.progress import Progress

SIDE = 16  # pixels
N_TRAIN, N_TEST = 4_000, 1_000
SEED = 20_260_902
NOISE = 8  # grey levels, standard deviation
TINT = 0.1  # share of red added and of blue taken away by the warmest light; the coldest does the opposite

# How a colour is drawn at random: a box in HSV, (hue in degrees, saturation, value), uniform within it. The boxes
# have gaps between them (at least 8° of hue, or 0.2 in saturation or value), so no colour has two names. Brown is
# dark orange and pink is pale red, as for people: they differ from orange and red in value and saturation only.
# Black and white are left out: in changing light they are greys. The ground is grey in every picture, and under the
# same light as the thing, so it tells how bright and how warm that light is.
BOXES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "red": ((-12, 8), (0.75, 1.0), (0.65, 1.0)),
    "orange": ((18, 36), (0.75, 1.0), (0.8, 1.0)),
    "yellow": ((48, 64), (0.6, 1.0), (0.75, 1.0)),
    "green": ((90, 145), (0.4, 1.0), (0.4, 1.0)),
    "turquoise": ((165, 190), (0.45, 1.0), (0.55, 1.0)),
    "blue": ((205, 245), (0.5, 1.0), (0.5, 1.0)),
    "purple": ((262, 295), (0.4, 1.0), (0.4, 0.9)),
    "pink": ((320, 350), (0.2, 0.5), (0.85, 1.0)),
    "brown": ((14, 34), (0.5, 0.8), (0.3, 0.5)),
    "grey": ((0, 360), (0.0, 0.07), (0.25, 0.9)),
}
CLASSES = tuple(BOXES)


def read(_paths: Sequence[Path], progress: Progress) -> Splits:
    """The same pictures on every machine: training and test images come from seeds of their own."""
    progress("Drawing the pictures", 0.0)
    train = paint(N_TRAIN, np.random.default_rng([SEED, 1]))
    progress("Drawing the pictures", 0.8)
    test = paint(N_TEST, np.random.default_rng([SEED, 2]))
    progress("Drawing the pictures", 1.0)
    return Splits(train=train, test=test)


def paint(n: int, rng: np.random.Generator) -> Images:
    """`n` pictures in random order, as many of each class."""
    labels = rng.permutation(np.arange(n) % len(CLASSES))
    colour = _colours(labels, rng)[:, None, None]  # (n, 1, 1, 3) 0..255
    ground = 255 * rng.uniform(0.2, 0.95, (n, 1, 1, 1))
    surface = np.where(_inside(n, rng)[..., None], colour, ground)  # (n, 16, 16, 3)
    light = (_slope(n, rng) * _shadow(n, rng) * _texture(n, rng))[..., None] * _tint(n, rng)
    image = surface * light + rng.normal(0, NOISE, surface.shape)
    return Images(np.clip(np.round(image), 0, 255).astype(np.uint8), labels)


def _colours(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A colour from the box of each label: (n, 3) RGB, 0..255."""
    boxes = np.array([BOXES[name] for name in CLASSES])[labels]  # (n, 3, 2): hue, saturation, value; from, to
    hue, saturation, value = rng.uniform(boxes[..., 0], boxes[..., 1]).T
    sector = (
        np.array([5, 3, 1])[:, None] + hue / 60
    ) % 6  # https://en.wikipedia.org/wiki/HSL_and_HSV#HSV_to_RGB_alternative
    return 255 * (value * (1 - saturation * np.clip(np.minimum(sector, 4 - sector), 0, 1))).T


def _inside(n: int, rng: np.random.Generator) -> np.ndarray:
    """Where the thing is: (n, 16, 16) bool, an ellipse of any place that is whole within the picture."""
    radius = rng.uniform(3, 7, (n, 2, 1, 1))  # pixels; a tenth to three fifths of the picture
    centre = rng.uniform(radius, SIDE - radius)
    pixel = np.arange(SIDE) + 0.5
    x, y = (pixel - centre[:, 0]) / radius[:, 0], (pixel[:, None] - centre[:, 1]) / radius[:, 1]
    return x**2 + y**2 < 1


def _slope(n: int, rng: np.random.Generator) -> np.ndarray:
    """Light that falls off evenly from one side: (n, 16, 16) factors, 0.55 to 1.15."""
    strength, brightness = rng.uniform(0, 0.15, (2, n, 1, 1))
    return 1 - brightness + strength * _across(n, rng) * 2


def _shadow(n: int, rng: np.random.Generator) -> np.ndarray:
    """A shadow with a straight edge over less than half of every other picture: (n, 16, 16) factors, 0.45 to 1."""
    darkness = rng.uniform(0.2, 0.55, (n, 1, 1)) * (rng.random((n, 1, 1)) < 0.5)
    return 1 - darkness * (_across(n, rng) > rng.uniform(0.1, 0.6, (n, 1, 1)))


def _texture(n: int, rng: np.random.Generator) -> np.ndarray:
    """Stripes of any direction and width, as of cloth or wood: (n, 16, 16) factors, 0.85 to 1.15."""
    waves, phase = rng.uniform(1, 5, (n, 1, 1)), rng.uniform(0, 2 * np.pi, (n, 1, 1))
    return 1 + rng.uniform(0, 0.15, (n, 1, 1)) * np.sin(np.pi * waves * _across(n, rng) + phase)


def _tint(n: int, rng: np.random.Generator) -> np.ndarray:
    """Warm or cold light: (n, 1, 1, 3) factors for red, green and blue."""
    warmth = rng.uniform(-TINT, TINT, (n, 1, 1, 1))
    return 1 + warmth * np.array([1, 0, -1])


def _across(n: int, rng: np.random.Generator) -> np.ndarray:
    """Position along a random direction: (n, 16, 16), -1..1, 0 in the middle."""
    angle = rng.uniform(0, 2 * np.pi, (n, 1, 1))
    along = np.linspace(-1, 1, SIDE)
    return (np.cos(angle) * along + np.sin(angle) * along[:, None]) / np.sqrt(2)


SPEC = Dataset(
    title="Colours",
    about="A thing in one of ten named colours on a grey ground, in changing light, drawn by Fitscope. The colour "
    "alone decides, wherever the thing is; yet in a shadow orange looks brown: watch which pairs are confused.",
    classes=CLASSES,
    shape=(SIDE, SIDE, 3),
    n_train=N_TRAIN,
    n_test=N_TEST,
    read=read,
    version="1",
    licence="Drawn by Fitscope from a fixed seed; free to use.",
)
