"""Fruits and vegetables: photos taken with a phone in grocery shops, of eight fruits and four vegetables."""

from collections.abc import Sequence
from pathlib import Path

from core.data import published
from core.data.dataset import Dataset, Form, PublishedFile, Splits
from core.data.reading.decode import Refused
from core.data.reading.folders.class_folders import Place, split_of
from core.progress import Progress

CLASSES = (
    "apple",
    "avocado",
    "banana",
    "carrot",
    "kiwi",
    "lemon",
    "melon",
    "orange",
    "pear",
    "pepper",
    "potato",
    "tomato",
)
SHAPE = (100, 100, 3)
ALIASES = {"carrots": "carrot"}  # the publisher's folder


def read(paths: Sequence[Path], progress: Progress) -> Splits:
    """The selection, from a zip or a folder: `train/apple/0001.jpg`, with `test` beside."""
    return published.read_pictures(paths[0], CLASSES, SHAPE, progress, ALIASES)


def read_original(paths: Sequence[Path], progress: Progress) -> Splits:
    """As published: `dataset/train/Fruit/Apple/Pink-Lady/Pink-Lady_001.jpg`, of which the twelve classes are taken."""
    return published.read_pictures(paths[0], CLASSES, SHAPE, progress, ALIASES, placed=placed)


def placed(name: str) -> Place | Refused:
    """The place of a file among the published ones: what lies in no split is a drawing or a description."""
    parts = [part.lower() for part in name.split("/")[:-1]]
    split = next((found for part in parts if (found := split_of(part))), None)
    label = next((part for part in parts if ALIASES.get(part, part) in CLASSES), None)
    return Place(split, label) if split and label else Refused("it is of another kind")


SPEC = Dataset(
    title="Fruits and vegetables",
    about="Photos from the shelves of grocery shops: many pieces at once, price tags, other fruit beside, a hand. Some "
    "classes have three times as many pictures as others, and an apple is red, green or yellow: not easy.",
    classes=CLASSES,
    shape=SHAPE,
    n_train=1_522,
    n_test=509,
    read=read,
    version="2",
    files=(PublishedFile("fruits-vegetables.zip"),),  # a selection of a larger set: no address to download it from
    forms=(
        Form((PublishedFile("fruits-vegetables"),), read),
        Form((PublishedFile("GroceryStoreDataset-master.zip"),), read_original),
        Form((PublishedFile("GroceryStoreDataset"),), read_original),
    ),
    flips=("horizontal", "vertical", "both"),
    licence="Marcus Klasson, Cheng Zhang and Hedvig Kjellström, A Hierarchical Grocery Store Image Dataset, WACV 2019; "
    "MIT licence. The original: github.com/marcusklasson/GroceryStoreDataset, Code, Download ZIP.",
)
