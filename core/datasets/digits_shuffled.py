"""Digits, pixels shuffled: every picture has its pixels moved to the same new places, so neighbours are strangers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.data.built_in import built_in
from core.data.dataset import Dataset, Images, Splits
from core.progress import Progress

SEED = 20_261_126


def read(_paths: Sequence[Path], progress: Progress) -> Splits:
    """The digits with their 64 pixels in one fixed new order."""
    digits, order = built_in()["digits"].read((), progress), np.random.default_rng(SEED).permutation(64)
    return Splits(train=_shuffled(digits.train, order), test=_shuffled(digits.test, order))


def _shuffled(part: Images, order: np.ndarray) -> Images:
    return Images(part.images.reshape(len(part), -1)[:, order].reshape(part.images.shape), part.labels)


SPEC = Dataset(
    title="Digits, pixels shuffled",
    about="The digits with the 64 pixels of every picture moved to other places, the same in each picture. Nothing is "
    "lost, yet neighbours no longer belong together. Pictures that you upload or draw are not recognised, for nobody "
    "shuffles them.",
    classes=tuple("0123456789"),
    shape=(8, 8, 1),
    n_train=1_437,
    n_test=360,
    read=read,
    version="1",
    licence="Ethem Alpaydin and Cenk Kaynak, 1998, UCI Machine Learning Repository, by way of scikit-learn; CC BY 4.0. "
    "Shuffled by Fitscope.",
    translations={
        "fr": {
            "Digits, pixels shuffled": "Chiffres, pixels mélangés",
            "The digits with the 64 pixels of every picture moved to other places, the same in each picture. Nothing "
            "is lost, yet neighbours no longer belong together. Pictures that you upload or draw are not recognised, "
            "for nobody shuffles them.": "Les chiffres, dont les 64 pixels de chaque image sont déplacés, toujours de "
            "la même façon. Rien n'est perdu, pourtant les voisins ne vont plus ensemble. Les images que vous importez "
            "ou dessinez ne sont pas reconnues, car personne ne les mélange.",
            "Ethem Alpaydin and Cenk Kaynak, 1998, UCI Machine Learning Repository, by way of scikit-learn; "
            "CC BY 4.0. Shuffled by Fitscope.": "Ethem Alpaydin et Cenk Kaynak, 1998, UCI Machine Learning "
            "Repository, par l'intermédiaire de scikit-learn ; CC BY 4.0. Mélangés par Fitscope.",
        }
    },
)
