"""Every explanation, whatever it shows: introduced, refused with advice, the same twice."""

import json

import keras
import numpy as np
import pytest

from core.errors import FitscopeError, RunError, SettingError
from core.inside import anatomy
from core.inside.explanation import explanation, explanations
from core.pictures.preprocessing import scaled
from tests.core.inside.explanations.made import ARCHITECTURES, CLASSES, SIDE, pictures, probabilities

pytestmark = pytest.mark.slow  # together they take too long for a commit


EXPLANATIONS = list(explanations())


NEED_FILTERS = {"filters", "grad_cam", "activation_maximisation", "most_exciting"}


FEW_STEPS = {"activation_maximisation": {"steps": 6}}


def pictures_for(spec, shape=(SIDE, SIDE, 3)):
    return None if spec.kind == "network" else pictures(1 if spec.kind == "image" else 12, shape)


def has_filters(model):
    return any("Conv" in type(layer).__name__ for layer in model.layers)


def has_relu(model):
    activations = [getattr(getattr(layer, "activation", None), "__name__", "") for layer in model.layers]
    return "relu" in activations or any(type(layer).__name__ == "ReLU" for layer in model.layers)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("name", EXPLANATIONS)
def test_every_explanation_works_on_every_architecture_or_says_why_not(name, architecture, built):
    spec, model = explanations()[name], built(architecture)
    if (name in NEED_FILTERS and not has_filters(model)) or (name == "dead_units" and not has_relu(model)):
        with pytest.raises(FitscopeError, match=r"This network has no .*Choose"):
            spec(model, pictures_for(spec))
        return
    explained = spec(model, pictures_for(spec), FEW_STEPS.get(name))
    assert json.loads(json.dumps(explained.facts)) == explained.facts
    assert explained.arrays
    for array in explained.arrays.values():
        assert array.dtype in (np.float16, np.float32, np.int64)
        assert array.size
        assert np.isfinite(array).all()


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_an_explanation_introduces_itself(name):
    spec = explanations()[name]
    assert spec.title
    assert spec.about.endswith(".")
    assert spec.limits.endswith(".")
    assert spec.kind in ("network", "image", "images")
    assert (spec.most > 1) == (spec.kind == "images")
    assert json.loads(json.dumps(spec.defaults)) == spec.defaults
    assert all(option.title and option.help.endswith(".") for option in spec.options)


def test_explanations_come_in_their_order():
    assert EXPLANATIONS[0] == "feature_maps"
    orders = [spec.order for spec in explanations().values()]
    assert orders == sorted(orders)


@pytest.mark.parametrize(
    ("name", "images", "options"),
    [
        ("saliency", None, {}),
        ("saliency", pictures(0), {}),
        ("saliency", pictures(2), {}),
        ("saliency", pictures(1, (9, 9, 3)), {}),
        ("saliency", pictures(1).astype(np.float32), {}),
        ("saliency", pictures(1), {"class": CLASSES}),
        ("saliency", pictures(1), {"class": -1}),
        ("saliency", pictures(1), {"colour": "red"}),
        ("grad_cam", pictures(1), {"layer": "dense"}),
        ("most_exciting", pictures(3), {"filter": 10_000}),
        ("hidden_map", pictures(4), {}),
        ("hidden_map", pictures(6), {"method": "magic"}),
    ],
)
def test_what_cannot_be_explained_is_refused_with_advice(name, images, options, built):
    with pytest.raises((RunError, SettingError)) as refusal:
        explanation(name)(built("cnn_small"), images, options)
    assert str(refusal.value).endswith(".") or "one of" in str(refusal.value) or "options are" in str(refusal.value)


def test_an_unknown_explanation_is_refused():
    with pytest.raises(SettingError, match="feature_maps"):
        explanation("magic")


@pytest.mark.parametrize("architecture", ["cnn_small", "faces_deep", "softmax"])
def test_softmax_of_the_scores_is_what_the_network_answers(architecture, built):
    model, images = built(architecture), pictures(5)
    scores = np.asarray(anatomy.scores(model)(scaled(images))[1])
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    np.testing.assert_allclose(powers / powers.sum(axis=1, keepdims=True), probabilities(model, images), atol=1e-6)
    assert model.layers[-1].activation is keras.activations.softmax  # left as it was found
