"""Shapes, pixels shuffled: every picture has its pixels moved to the same new places, so neighbours are strangers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.data.built_in import built_in
from core.data.dataset import Dataset, Images, Splits
from core.progress import Progress

SIDE = 16  # pixels: those of `shapes` at half the side, so that a lesson has time for four networks
SEED = 20_261_126
CLASSES = (
    "circle",
    "ellipse",
    "square",
    "rectangle",
    "triangle",
    "diamond",
    "pentagon",
    "hexagon",
    "star",
    "cross",
)  # of `shapes`, in its order


def read(_paths: Sequence[Path], progress: Progress) -> Splits:
    """The shapes at half their side, with their 256 pixels in one fixed new order."""
    shapes = built_in()["shapes"].read((), progress)
    order = np.random.default_rng(SEED).permutation(SIDE * SIDE)
    return Splits(train=_shuffled(shapes.train, order), test=_shuffled(shapes.test, order))


def _shuffled(part: Images, order: np.ndarray) -> Images:
    halved = part.images.reshape(len(part), SIDE, 2, SIDE, 2, 3).mean(axis=(2, 4)).round().astype(np.uint8)
    moved = halved.reshape(len(part), SIDE * SIDE, 3)[:, order]  # a pixel keeps its colour
    return Images(moved.reshape(halved.shape), part.labels)


SPEC = Dataset(
    title="Shapes, pixels shuffled",
    about="The shapes at half their size, with the pixels of every picture moved to other places, the same in each "
    "picture. Nothing is lost, yet neighbours no longer belong together. Pictures that you upload or draw are not "
    "recognised, for nobody shuffles them.",
    classes=CLASSES,
    shape=(SIDE, SIDE, 3),
    n_train=4_000,
    n_test=1_000,
    read=read,
    version="1",
    licence="Drawn by Fitscope from a fixed seed; free to use.",
    translations={
        "fr": {
            "Shapes, pixels shuffled": "Formes, pixels mélangés",
            "The shapes at half their size, with the pixels of every picture moved to other places, the same in each "
            "picture. Nothing is lost, yet neighbours no longer belong together. Pictures that you upload or draw are "
            "not recognised, for nobody shuffles them.": "Les formes à la moitié de leur taille, les pixels de chaque "
            "image étant déplacés, toujours de la même façon. Rien n'est perdu, pourtant les voisins ne vont plus "
            "ensemble. Les images que vous importez ou dessinez ne sont pas reconnues, car personne ne les mélange.",
        }
    },
)
