"""Small networks, trained and made by hand, for explanations to look into."""

import numpy as np
import pytest

from core.errors import RunError
from core.inside import anatomy
from core.inside.explanation import explanation
from core.recipe import architectures
from tests.made.tiny_backbone import TINY

ARCHITECTURES = sorted(architectures.networks())


CLASSES, SIDE = 4, 24  # the smallest side that each architecture takes, and the fewest filters: quick to explain


SMALL = {"filter_multiplier": 0.25, "dense_units": 6, "backbone": TINY}


@pytest.fixture(scope="session")
def built():
    """A function: name of an architecture -> its small untrained network, made once."""
    import keras  # seconds, which a test that is not slow does not wait for

    made = {}

    def build(name, **changes):
        key = (name, *changes.items())
        if key not in made:
            keras.utils.set_random_seed(3)
            own = architectures.networks()[name]
            settings = {
                **own.settings,
                **{one: value for one, value in SMALL.items() if one in own.settings},
                **changes,
            }
            made[key] = own.build((SIDE, SIDE, 3), CLASSES, settings)
        return made[key]

    return build


def pictures(n, shape=(SIDE, SIDE, 3), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, *shape)).astype(np.uint8)


def probabilities(model, images):
    return np.asarray(model(images.astype(np.float32) / 255, training=False))


def says_that_it_has_no_convolution(ask, model):
    """Whether it is a network without one, of which the explanation then has to say so."""
    if any("Conv" in type(layer).__name__ for layer in anatomy.layers(model).values()):
        return False
    with pytest.raises(RunError, match="no convolution"):
        explanation(ask)(model, pictures(1))
    return True
