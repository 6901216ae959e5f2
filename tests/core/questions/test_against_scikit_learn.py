"""A learning curve and a validation curve of a classical learner are those of scikit-learn on the same images."""

import dataclasses

import numpy as np
import pytest
from sklearn.model_selection import learning_curve, validation_curve
from sklearn.neighbors import KNeighborsClassifier

from core.data.catalogue import dataset
from core.experiments import experiment as experiments
from core.experiments.kind import kinds
from core.network.estimator import pixels
from core.recipe.config import TrainingConfig
from core.training.prepare import prepare
from tests.made.workers import train_here

RECIPE = TrainingConfig(dataset="digits", architecture="k_nearest")
pytestmark = pytest.mark.slow


def asked(store, kind, options):
    """[(where it stands, what became of it)] of an experiment on a baseline, trained here."""
    made = experiments.start(store, kinds()[kind], RECIPE, options)
    experiments.pause(store, made)  # out of the queue
    for _at, run in experiments.runs_of(store, made):
        assert train_here(run) == 0
    return experiments.results(store, made)


def images(config):
    """(rows, labels) of the training and of the validation images of a recipe."""
    splits = prepare(dataset("digits"), config)
    return [(pixels(part.images), np.asarray(part.labels)) for part in (splits.train, splits.validation)]


def held_back(config, order):
    """All images in one array, and scikit-learn's `cv` for it: training images in that order, then those held back."""
    (train, train_labels), (validation, labels) = images(config)
    split = np.array(order), np.arange(len(train), len(train) + len(validation))
    return np.concatenate([train, validation]), np.concatenate([train_labels, labels]), [split]


def nested(config, sizes):
    """The positions of all training images, such that the first n are those of a recipe with n images."""
    (everything, _labels), _validation = images(config)
    places = {row.tobytes(): place for place, row in enumerate(everything)}
    order = []
    for n in sizes:
        fewer = dataclasses.replace(config, train_images=0 if n == len(everything) else n)
        (rows, _some), _same = images(fewer)
        order += [place for row in rows if (place := places[row.tobytes()]) not in set(order)]
    return order


def test_a_learning_curve(store):
    results = asked(store, "learning_curve", {"points": 3, "seeds": 1})
    sizes = [at["train_images"] for at, _one in results]
    rows, labels, cv = held_back(RECIPE, nested(RECIPE, sizes))
    n, training, validation = learning_curve(KNeighborsClassifier(5), rows, labels, train_sizes=sizes, cv=cv)
    assert n.tolist() == sizes
    assert [one.val_accuracy for _at, one in results] == pytest.approx(validation[:, 0])
    assert [one.accuracy for _at, one in results] == pytest.approx(training[:, 0])


def test_a_validation_curve(store):
    results = asked(store, "validation_curve", {"setting": "n_neighbors", "values": ("1", "5", "40"), "seeds": 1})
    rows, labels, cv = held_back(RECIPE, range(len(images(RECIPE)[0][0])))
    training, validation = validation_curve(
        KNeighborsClassifier(), rows, labels, param_name="n_neighbors", param_range=[1, 5, 40], cv=cv
    )
    assert [one.val_accuracy for _at, one in results] == pytest.approx(validation[:, 0])
    assert [one.accuracy for _at, one in results] == pytest.approx(training[:, 0])
