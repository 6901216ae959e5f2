"""Digits: 1,797 scanned digits of 8×8 pixels that come with scikit-learn, so they need no network at all."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.data.dataset import Dataset, Images, Splits
from core.progress import Progress

N_TEST = 360  # a fifth, 35 to 37 of each digit
BRIGHTEST = 16  # each pixel counts the inked ones of a 4×4 field of the scan


def read(_paths: Sequence[Path], progress: Progress) -> Splits:
    """From scikit-learn, split once and for all: no official test set comes with it."""
    from sklearn.datasets import load_digits  # 1 s to import, and only needed until the cache is written
    from sklearn.model_selection import train_test_split

    progress("Reading the files", 0.0)
    values, labels = load_digits(return_X_y=True)
    images = np.round(values * 255 / BRIGHTEST).astype(np.uint8).reshape(-1, 8, 8, 1)  # 0..16 -> 0..255
    train, test = train_test_split(np.arange(len(labels)), test_size=N_TEST, stratify=labels, random_state=0)
    progress("Reading the files", 1.0)
    labels = labels.astype(np.int64)
    return Splits(train=Images(images[train], labels[train]), test=Images(images[test], labels[test]))


SPEC = Dataset(
    title="Digits (8×8)",
    about="Small scans of handwritten digits, on board without any download. A network learns them in seconds: "
    "the place to start. The same people wrote training and test digits, so the scores are a little too good.",
    classes=tuple("0123456789"),
    shape=(8, 8, 1),
    n_train=1_437,
    n_test=N_TEST,
    read=read,
    version="1",
    licence="Ethem Alpaydin and Cenk Kaynak, 1998, UCI Machine Learning Repository, by way of scikit-learn; CC BY 4.0.",
)
