"""What a baseline is: a classical learner of scikit-learn in the list of the networks, which are held against it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # scikit-learn takes a second to import
    from sklearn.base import BaseEstimator


@dataclass(frozen=True)
class Baseline:
    """One classical learner. It is fitted in one go: no epochs, no layers.

    title      shown in the form, English
    about      one or two sentences: what it is and what it is good for, English
    settings   the defaults of the settings it understands, by their names in the recipe
    estimator  (settings, seed) -> a scikit-learn classifier, not fitted, with `predict_proba` or `decision_function`.
               `settings` has a value for each name in `self.settings`. It is fitted on (n, pixels) float32 in 0..1
    growth     the power of the number of images with which its fitting grows: told from a small one, the time is known
    name       of its file, filled in where it is found
    translations  language -> {English: translation} of title and about, where the catalogues lack them
    """

    title: str
    about: str
    estimator: "Callable[[Mapping[str, Any], int], BaseEstimator]"
    settings: Mapping[str, Any] = field(default_factory=dict)
    growth: float = 1.0
    name: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def after_pca(estimator: "BaseEstimator", components: int, seed: int) -> "BaseEstimator":
    """The estimator on so many principal components of the pixels; on the pixels themselves where it is 0."""
    if not components:
        return estimator
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline

    return make_pipeline(PCA(components, svd_solver="randomized", random_state=seed), estimator)
