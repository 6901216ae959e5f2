"""Fruits: photos of eight fruits on white, from Fruits-360, in folders of 100×100 pictures."""

from collections.abc import Sequence
from pathlib import Path

from core.data import published
from core.data.dataset import Dataset, Form, PublishedFile, Splits
from core.progress import Progress

CLASSES = ("apple", "avocado", "banana", "lemon", "orange", "pear", "pineapple", "strawberry")
SHAPE = (100, 100, 3)


def read(paths: Sequence[Path], progress: Progress) -> Splits:
    """From a zip or a folder: `train/apple/0001.jpg` or, as Fruits-360 has it, `Training/Apple/0_100.jpg`."""
    return published.read_pictures(paths[0], CLASSES, SHAPE, progress)


SPEC = Dataset(
    title="Fruits",
    about="Eight fruits, each filmed while it turned before a white wall. Nearly every network gets all of them right, "
    "and fails on a photo from your kitchen: it has only ever seen white walls.",
    classes=CLASSES,
    shape=SHAPE,
    n_train=1_600,
    n_test=640,
    read=read,
    version="1",
    files=(PublishedFile("fruits.zip"),),  # a selection of a larger set: there is no address to download it from
    forms=(Form((PublishedFile("fruits"),), read), Form((PublishedFile("fruits-360"),), read)),
    flips=("horizontal", "vertical", "both"),
    licence="Horea Mureșan and Mihai Oltean, Fruits-360, 2018; CC BY-SA 4.0.",
)
