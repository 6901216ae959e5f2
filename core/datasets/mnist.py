"""MNIST: 70,000 handwritten digits, the first dataset of nearly every course."""

from collections.abc import Sequence
from pathlib import Path

from core.data import idx
from core.data.dataset import Dataset, Splits
from core.progress import Progress

CLASSES = tuple("0123456789")


def read(paths: Sequence[Path], progress: Progress) -> Splits:
    """From the four IDX files."""
    return idx.read_splits(paths, len(CLASSES), progress)


SPEC = Dataset(
    title="MNIST",
    about="Handwritten digits of about 500 American clerks and pupils, centred, white on black. "
    "Even a simple network gets nine in ten right, a small convolutional one 99 in 100.",
    classes=CLASSES,
    shape=(28, 28, 1),
    n_train=60_000,
    n_test=10_000,
    read=read,
    version="1",
    files=idx.published_files(
        "mnist",
        sizes=(9_912_422, 28_881, 1_648_877, 4_542),  # bytes
        hashes=(
            "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "md5:d53e105ee54ea40749a09fcbcd1e9432",
            "md5:9fb629c4189551a2d022fa330f9573f3",
            "md5:ec29112dd5afa0611ce80d1b7f02629c",
        ),
        mirrors=(  # yann.lecun.com, the first publisher, no longer serves them reliably
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
    ),
    licence="Yann LeCun, Corinna Cortes and Christopher J. C. Burges, from NIST's databases; CC BY-SA 3.0.",
)
