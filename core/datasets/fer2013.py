"""FER2013: 35,887 grey photos of faces, sorted by emotion, as one CSV file or as folders of pictures."""

from collections.abc import Sequence
from pathlib import Path

from core.data import published
from core.data.dataset import Dataset, Form, PublishedFile, Splits
from core.progress import Progress

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")  # in the order of the CSV's numbers
SHAPE = (48, 48, 1)


def read_table(paths: Sequence[Path], progress: Progress) -> Splits:
    """The published CSV: `emotion,pixels,Usage`, each picture as 2,304 numbers with spaces between."""
    return published.read_table(paths[0], CLASSES, SHAPE, progress)


def read_pictures(paths: Sequence[Path], progress: Progress) -> Splits:
    """Folders of pictures: `train/happy/0001.jpg`, with `test`, or with `PublicTest` and `PrivateTest` beside."""
    return published.read_pictures(paths[0], CLASSES, SHAPE, progress, ALIASES)


ALIASES = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
    **{str(number): name for number, name in enumerate(CLASSES)},
}

SPEC = Dataset(
    title="FER2013 (emotions)",
    about="Faces found by a web search for words of emotion, grey and small. Many are hard to tell even for people, "
    "who agree with the labels on about two in three; disgust has hardly any pictures. Leave it out under Classes.",
    classes=CLASSES,
    shape=SHAPE,
    n_train=28_709,
    n_validation=3_589,
    n_test=3_589,
    read=read_table,
    version="1",
    files=(PublishedFile("fer2013.csv"),),  # offered behind a login only, so there is no address to download it from
    forms=(
        Form((PublishedFile("fer2013/fer2013.csv"),), read_table),
        Form((PublishedFile("fer2013.zip"),), read_pictures),
        Form((PublishedFile("fer2013"),), read_pictures),
    ),
    flips=("horizontal",),
    faces=True,
    licence="Pierre-Luc Carrier and Aaron Courville; Goodfellow et al., Challenges in Representation Learning, 2013.",
)
