"""What a network makes of pictures just before it answers: the numbers that its last layer divides into classes.

Of a network with a backbone these are its features, of softmax regression the pixels themselves.
"""

from typing import TYPE_CHECKING

import numpy as np

from core.inside import anatomy
from core.inside.explanation import Explained, Explanation, Options

if TYPE_CHECKING:
    import keras

NAME = "features"  # by which the process is asked for them, as for an explanation
AT_ONCE = 250  # pictures of one question, which then takes seconds and not minutes


def features(model: "keras.Model", images: np.ndarray) -> np.ndarray:
    """(n, units) float32 of pictures (n, height, width, channels) uint8: what goes into the last layer.

    Raises RunError where the network does not end with a softmax.
    """
    tensor = anatomy.last_layer(model).input
    return np.concatenate(
        [values[0].reshape(len(values[0]), -1) for values in anatomy.outputs(model, [tensor], images)]
    )


def has_hidden(model: "keras.Model") -> bool:
    """Whether a layer before the last has learnt anything; else the features are the pixels."""
    return any("kernel" in weight.name for layer in model.layers[:-1] for weight in layer.weights)


def _explain(model: "keras.Model", images: np.ndarray, _options: Options) -> Explained:
    """arrays: features (n, units) float32; facts: hidden, whether they are more than pixels."""
    return Explained({NAME: features(model, images).astype(np.float32)}, {"hidden": has_hidden(model)})


FEATURES = Explanation("Features", "", "", kind="images", explain=_explain, most=AT_ONCE, name=NAME)
"""Answered like an explanation, and no page of its own: it shows nothing, others compare with it."""
