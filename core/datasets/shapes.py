"""Shapes: ten drawn figures of any colour, size, place and angle, made here from a seed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from core.data.dataset import Dataset, Images, Splits
from core.progress import Progress

SIDE = 32  # pixels
FINER = 4  # drawn this much larger and averaged down: smooth edges
SMALLEST, LARGEST = 8.5, 14.5  # pixels from centre to corner; below, a hexagon is a circle
CONTRAST = 110  # least distance of figure and background in RGB, of 442 at most
GRADIENT = 25  # grey levels by which the light changes at most from the middle to an edge
NOISE = 6  # grey levels, standard deviation
N_TRAIN, N_TEST = 4_000, 1_000
SEED = 20_260_901


def _regular(corners: int) -> np.ndarray:
    """The corners of a regular polygon, the first on top: (corners, 2) x, y at distance 1 from the centre."""
    angle = 2 * np.pi * np.arange(corners) / corners
    return np.stack([np.sin(angle), -np.cos(angle)], axis=1)


def _box(half_width: float, half_height: float) -> np.ndarray:
    corners = np.array([[-half_width, -half_height], [half_width, -half_height], [half_width, half_height]])
    return np.concatenate([corners, [[-half_width, half_height]]])


def _star() -> np.ndarray:
    points = _regular(10)
    points[1::2] *= 0.42  # a little thicker than a pentagram (0.38), to survive 32 pixels
    return points


def _cross() -> np.ndarray:
    arm, thick = 1.0, 0.32
    quarter = np.array([[thick, -arm], [thick, -thick], [arm, -thick]])
    turn = np.array([[0, 1], [-1, 0]])  # a quarter turn, as row vectors
    outline = np.concatenate([quarter @ np.linalg.matrix_power(turn, k) for k in range(4)])
    return outline / np.linalg.norm(outline, axis=1).max()


# Outline of each class, then how far it may be turned (degrees, either way) and how far it may be squeezed in width.
# A square on its corner is a diamond, a long box at 45° is still a rectangle, a squeezed circle is an ellipse: so
# squares and diamonds stay within 15° of upright; circles and squares are not squeezed, while ellipses and rectangles
# always are, at least to 0.62; and diamonds at least to 0.75, so that none is a turned square.
FIGURES: dict[str, tuple[np.ndarray, float, tuple[float, float]]] = {
    "circle": (_regular(64), 180, (1, 1)),
    "ellipse": (_regular(64), 180, (0.42, 0.62)),
    "square": (_box(0.707, 0.707), 15, (1, 1)),
    "rectangle": (_box(0.8, 0.8), 180, (0.4, 0.6)),
    "triangle": (_regular(3), 180, (0.85, 1)),
    "diamond": (_regular(4), 15, (0.55, 0.75)),
    "pentagon": (_regular(5), 180, (1, 1)),
    "hexagon": (_regular(6), 180, (1, 1)),
    "star": (_star(), 180, (1, 1)),
    "cross": (_cross(), 180, (1, 1)),
}
CLASSES = tuple(FIGURES)


def read(_paths: Sequence[Path], progress: Progress) -> Splits:
    """The same pictures on every machine: training and test images are drawn from seeds of their own."""
    train = draw(N_TRAIN, np.random.default_rng([SEED, 1]), progress)
    test = draw(N_TEST, np.random.default_rng([SEED, 2]), progress)
    return Splits(train=train, test=test)


def draw(n: int, rng: np.random.Generator, progress: Progress) -> Images:
    """`n` pictures in random order, as many of each class."""
    labels = rng.permutation(np.arange(n) % len(CLASSES))
    coverage = np.empty((n, SIDE, SIDE, 1), np.float32)  # 0 background .. 1 figure
    for i, label in enumerate(labels):
        if i % 250 == 0:
            progress("Drawing the pictures", i / n)
        coverage[i, ..., 0] = _coverage(*FIGURES[CLASSES[label]], rng)
    progress("Drawing the pictures", 1.0)
    background, figure = _two_colours(n, rng)
    image = background + coverage * (figure - background)  # (n, 1, 1, 3) and (n, 32, 32, 1) -> (n, 32, 32, 3)
    image += _light(n, rng) + rng.normal(0, NOISE, image.shape)
    return Images(np.clip(np.round(image), 0, 255).astype(np.uint8), labels)


def _coverage(outline: np.ndarray, turn: float, squeeze: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """How much of each pixel the figure covers: (32, 32) 0..1, the figure whole within the picture."""
    radius = rng.uniform(SMALLEST, LARGEST)
    centre = rng.uniform(radius + 1, SIDE - radius - 1, size=2)
    angle = np.deg2rad(rng.uniform(-turn, turn))
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points = (outline * [rng.uniform(*squeeze), 1]) @ rotation * radius + centre
    canvas = Image.new("L", (SIDE * FINER, SIDE * FINER))
    ImageDraw.Draw(canvas).polygon([(x, y) for x, y in points * FINER], fill=255)
    return np.asarray(canvas.reduce(FINER), np.float32) / 255


def _two_colours(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two RGB colours for each picture, (n, 1, 1, 3) 0..255, far enough apart to be told from each other."""
    colours = rng.uniform(0, 255, (n, 2, 3))
    while (too_close := np.linalg.norm(colours[:, 0] - colours[:, 1], axis=1) < CONTRAST).any():
        colours[too_close] = rng.uniform(0, 255, (too_close.sum(), 2, 3))
    return colours[:, 0, None, None], colours[:, 1, None, None]


def _light(n: int, rng: np.random.Generator) -> np.ndarray:
    """Light from one side: (n, 32, 32, 1) grey levels to add."""
    slope = rng.uniform(-GRADIENT, GRADIENT, (n, 2, 1, 1)) / 2
    along = np.linspace(-1, 1, SIDE)
    return (slope[:, 0] * along[:, None] + slope[:, 1] * along)[..., None]


SPEC = Dataset(
    title="Shapes",
    about="Ten figures in any colour, place, size and angle, drawn by Fitscope. Colour tells nothing and place tells "
    "nothing: a dense network learns the training pictures by heart, a convolutional one learns what a corner is.",
    classes=CLASSES,
    shape=(SIDE, SIDE, 3),
    n_train=N_TRAIN,
    n_test=N_TEST,
    read=read,
    version="1",
    licence="Drawn by Fitscope from a fixed seed; free to use.",
)
