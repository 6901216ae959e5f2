"""What goes into the last layer of each network, and its nearest neighbours: against Keras and scikit-learn."""

import keras
import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from core.errors import RunError
from core.evaluation.neighbours import by_features
from core.inside.features import AT_ONCE, FEATURES, NAME
from tests.core.inside.explanations.made import ARCHITECTURES, pictures

pytestmark = pytest.mark.slow  # they build networks with Keras


def before_the_last(model, images):
    """By Keras itself: a network that ends one layer earlier, asked about each picture alone."""
    shorter = keras.Model(model.inputs[0], model.layers[-1].input)
    return np.stack([np.asarray(shorter(image[None] / np.float32(255), training=False)).ravel() for image in images])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_neighbours_by_features_are_those_of_keras_and_scikit_learn(architecture, built):
    model, train, own = built(architecture), pictures(30), pictures(3, seed=1)
    made, asked = (FEATURES(model, images).arrays[NAME] for images in (train, own))
    expected, queries = before_the_last(model, train), before_the_last(model, own)
    np.testing.assert_allclose(made, expected, atol=1e-4)
    known = by_features(made, np.arange(30) * 2)
    search = NearestNeighbors(n_neighbors=5, metric="cosine", algorithm="brute").fit(expected)
    apart, places = search.kneighbors(queries)
    for query, rows, distances in zip(asked, places, apart, strict=True):
        found, far = known.nearest(query, 5)
        np.testing.assert_allclose(far, distances, atol=1e-4)
        assert set(found) == set(rows * 2) or np.ptp(distances) < 1e-3  # untrained ones may find all of them alike
    np.testing.assert_allclose(known.nearest_distances(asked), apart[:, 0], atol=1e-4)


def test_softmax_regression_has_no_hidden_layer_and_the_others_do(built):
    hidden = {name for name in ARCHITECTURES if FEATURES(built(name), pictures(1)).facts["hidden"]}
    assert hidden == set(ARCHITECTURES) - {"softmax"}


def test_too_many_at_once_are_refused(built):
    with pytest.raises(RunError, match=f"takes {AT_ONCE} pictures at most"):
        FEATURES(built("softmax"), pictures(AT_ONCE + 1))
