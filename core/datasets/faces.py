"""Faces: ten emotions from your own pictures, one folder each."""

from collections.abc import Sequence
from pathlib import Path

from core.data import published
from core.data.dataset import Dataset, Form, PublishedFile, Splits
from core.progress import Progress

CLASSES = ("happy", "sad", "angry", "surprise", "neutral", "fear", "disgust", "shame", "pride", "tired")
ALIASES = {"sleepy": "tired"}  # as it was called before
SHAPE = (48, 48, 1)


def read(paths: Sequence[Path], progress: Progress) -> Splits:
    """From a folder or a zip: `happy/anything.jpg`; a fifth of each class becomes the test set.

    Folders of the former ten are read too: `sleepy` is tired now; shame and pride, which were not among them, may have
    no pictures; `bored` and `winking` are none of these ten, and are passed over.
    """
    return published.read_pictures(paths[0], CLASSES, SHAPE, progress, ALIASES, spare=("shame", "pride"))


SPEC = Dataset(
    title="Faces (your own)",
    about="Ten emotions played by you and your class. A few dozen pictures of each are enough to begin with; whether "
    "the network knows emotions or only knows your faces is the question to ask.",
    classes=CLASSES,
    shape=SHAPE,
    n_train=0,
    n_test=0,
    read=read,
    version="2",
    files=(PublishedFile("faces"),),
    forms=(Form((PublishedFile("faces.zip"),), read),),
    flips=("horizontal",),
    faces=True,
    licence="Your own pictures; they stay on this machine.",
)
