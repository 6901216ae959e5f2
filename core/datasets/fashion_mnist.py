"""Fashion-MNIST: 70,000 pictures of clothes in MNIST's form, and a good deal harder."""

from collections.abc import Sequence
from pathlib import Path

from core.data import idx
from core.data.dataset import Dataset, Splits
from core.progress import Progress

CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def read(paths: Sequence[Path], progress: Progress) -> Splits:
    """From the four IDX files."""
    return idx.read_splits(paths, len(CLASSES), progress)


SPEC = Dataset(
    title="Fashion-MNIST",
    about="Clothes, shoes and bags from a web shop, grey on black. Shirts, T-shirts, pullovers and coats look alike "
    "at this size: good networks stop near 93 in 100.",
    classes=CLASSES,
    shape=(28, 28, 1),
    n_train=60_000,
    n_test=10_000,
    read=read,
    version="1",
    files=idx.published_files(
        "fashion-mnist",
        sizes=(26_421_880, 29_515, 4_422_102, 5_148),  # bytes
        hashes=(
            "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "md5:25c81989df183df01b3e8a0aad5dffbe",
            "md5:bef4ecab320f06d8554ea6380940ec79",
            "md5:bb300cfdad3c16e7a12a480ee83cd310",
        ),
        # The publisher's own bucket speaks plain HTTP only, and proxies on the way have answered with MNIST's files
        # of the same name (zalandoresearch/fashion-mnist issue 107): it comes last.
        mirrors=(
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
    ),
    licence="Zalando Research (Han Xiao, Kashif Rasul, Roland Vollgraf), 2017; MIT licence.",
)
