"""A fitted baseline asked about images, as a network is: scikit-learn's estimator, kept in `network.skops`.

skops writes the estimator without pickle and builds only types that are named here when it reads one.
"""

from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile

import numpy as np

from core.files import write_whole
from core.pictures.preprocessing import scaled

BATCH = 256  # images a question: a quarter of a gigabyte of distances to 100,000 neighbours
TRUSTED = ["sklearn.tree._tree.Tree"]
"""Types that skops does not take for harmless by itself; see `_check_trees`."""


class Estimator:
    """A fitted scikit-learn classifier; several sessions may share it, asking changes nothing in it.

    n_classes    of the run; one that no training image shows has no chance
    temperature  divides the margins of an estimator that gives no probabilities
    """

    def __init__(self, fitted: Any, n_classes: int, temperature: float = 1.0):
        self.fitted, self.n_classes, self.temperature = fitted, n_classes, temperature

    @classmethod
    def read(cls, path: Path) -> "Estimator":
        """As `write` kept it; raises ValueError, OSError where it is damaged."""
        import skops.io  # with scikit-learn a second: only where a baseline is asked

        try:
            stored = skops.io.load(path, trusted=TRUSTED)
            _check_trees(stored["estimator"])
            return cls(stored["estimator"], stored["n_classes"], stored["temperature"])
        except (BadZipFile, LookupError, TypeError, AttributeError) as error:  # among them the types not trusted
            raise ValueError(error) from error

    def write(self, path: Path) -> None:
        """Keeps it in one file; raises StorageError."""
        import skops.io  # see above

        stored = {"estimator": self.fitted, "n_classes": self.n_classes, "temperature": self.temperature}
        write_whole(path, lambda file: file.write(skops.io.dumps(stored, compression=ZIP_DEFLATED)))

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Probabilities (n, classes) float32 of images (n, height, width, channels) uint8."""
        parts = [self._ask(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
        return np.concatenate(parts)

    def _ask(self, images: np.ndarray) -> np.ndarray:
        rows = pixels(images)
        if hasattr(self.fitted, "predict_proba"):
            known = self.fitted.predict_proba(rows)
        else:
            known = softmax(margins(self.fitted, rows) / self.temperature)
        chances = np.zeros((len(images), self.n_classes), np.float32)
        chances[:, self.fitted.classes_] = known
        return chances


def _check_trees(fitted: Any) -> None:
    """Raises ValueError where a tree points beside itself: scikit-learn follows it without looking."""
    for one in getattr(fitted, "estimators_", ()):
        tree = getattr(one, "tree_", None)
        if tree is None:
            continue
        children = np.concatenate([tree.children_left, tree.children_right])
        if children.max() >= tree.node_count or children.min() < -1 or tree.feature.max() >= tree.n_features:
            raise ValueError("a tree points beside itself")


def pixels(images: np.ndarray) -> np.ndarray:
    """Images (n, height, width, channels) uint8 as rows (n, pixels) float32 in 0..1."""
    return scaled(np.asarray(images)).reshape(len(images), -1)


def margins(fitted: Any, rows: np.ndarray) -> np.ndarray:
    """(n, classes) float64: how far each row is on the side of each class."""
    margins = fitted.decision_function(rows)
    return np.stack([-margins, margins], axis=1) if margins.ndim == 1 else margins


def softmax(margins: np.ndarray) -> np.ndarray:
    """Probabilities (n, classes) float64 that are ordered as the margins are."""
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
