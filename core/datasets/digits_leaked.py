"""Digits with a leak: grainy copies of the digits, whose test images all stand among the training images too."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.data.built_in import built_in
from core.data.dataset import Dataset, Images, Splits
from core.progress import Progress

SEED = 20_261_127
GRAIN = 0.45  # standard deviation, of full brightness: new digits are then often misread, known ones learnt by heart
N_OWN = 720  # training images that are in the training set only: two for each that leaks


def read(_paths: Sequence[Path], progress: Progress) -> Splits:
    """Training images: some of their own, and every test image once more."""
    digits, rng = built_in()["digits"].read((), progress), np.random.default_rng(SEED)
    own = Images(_grainy(digits.train.images[:N_OWN], rng), digits.train.labels[:N_OWN])
    test = Images(_grainy(digits.test.images, rng), digits.test.labels)
    order = rng.permutation(len(own) + len(test))
    images, labels = np.concatenate([own.images, test.images]), np.concatenate([own.labels, test.labels])
    return Splits(train=Images(images[order], labels[order]), test=test)


def _grainy(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    grain = rng.normal(0, 255 * GRAIN, images.shape)
    return np.clip(np.round(images + grain), 0, 255).astype(np.uint8)


SPEC = Dataset(
    title="Digits with a leak",
    about="Digits under heavy grain, with a fault on purpose: every test image stands among the training images as "
    "well. Whoever has learnt them by heart passes the test. Do not trust the test accuracy here; look at validation, "
    "whose images are held back.",
    classes=tuple("0123456789"),
    shape=(8, 8, 1),
    n_train=1_080,
    n_test=360,
    read=read,
    version="1",
    licence="Ethem Alpaydin and Cenk Kaynak, 1998, UCI Machine Learning Repository, by way of scikit-learn; CC BY 4.0. "
    "Grain added by Fitscope.",
    translations={
        "fr": {
            "Digits with a leak": "Chiffres avec une fuite",
            "Digits under heavy grain, with a fault on purpose: every test image stands among the training images as "
            "well. Whoever has learnt them by heart passes the test. Do not trust the test accuracy here; look at "
            "validation, whose images are held back.": "Des chiffres sous un grain épais, avec un défaut voulu : "
            "chaque image de test se trouve aussi parmi les images d'entraînement. Qui les a apprises par cœur réussit "
            "le test. Ne vous fiez pas ici à l'exactitude de test ; regardez la validation, dont les images sont mises "
            "de côté.",
            "Ethem Alpaydin and Cenk Kaynak, 1998, UCI Machine Learning Repository, by way of scikit-learn; CC BY 4.0. "
            "Grain added by Fitscope.": "Ethem Alpaydin et Cenk Kaynak, 1998, UCI Machine Learning "
            "Repository, par scikit-learn ; CC BY 4.0. Grain ajouté par Fitscope.",
        }
    },
)
