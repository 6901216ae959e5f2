"""What a network makes of pictures just before it answers: the numbers that its last layer divides into classes.

Of a network with a backbone these are its features, of softmax regression the pixels themselves.
"""

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from core.inside import anatomy
from core.inside.explanation import Explained, Explanation, Options
from core.pictures.preprocessing import scaled

if TYPE_CHECKING:
    import keras

NAME = "features"  # by which the process is asked for them, as for an explanation
_parts: "WeakKeyDictionary[keras.Model, keras.Model]" = WeakKeyDictionary()
AT_ONCE = 50  # pictures of one question: of a backbone seconds, and on a busy machine far from the limit of 120 s


def features(model: "keras.Model", images: np.ndarray) -> np.ndarray:
    """(n, units) float32 of pictures (n, height, width, channels) uint8: what goes into the last layer.

    Raises RunError where the network does not end with a softmax.
    """
    size = min(32, 8 * anatomy.batch_size(model))  # compiled, the answers of a layer are let go once they were used
    return _part(model).predict(scaled(images), batch_size=size, verbose=0).reshape(len(images), -1)


def _part(model: "keras.Model") -> "keras.Model":
    """The network without its last layer, compiled once: of a backbone that takes 5 s, and then 20 ms a picture.

    Layer by layer, as explanations ask for single pictures, it would be 115 ms.
    """
    import keras

    if model not in _parts:
        _parts[model] = keras.Model(model.inputs[0], anatomy.last_layer(model).input)
        _parts[model].jit_compile = False  # XLA compiles longer than it saves
    return _parts[model]


def has_hidden(model: "keras.Model") -> bool:
    """Whether a layer before the last has learnt anything; else the features are the pixels."""
    return any("kernel" in weight.name for layer in model.layers[:-1] for weight in layer.weights)


def _explain(model: "keras.Model", images: np.ndarray, _options: Options) -> Explained:
    """arrays: features (n, units) float32; facts: hidden, whether they are more than pixels."""
    return Explained({NAME: features(model, images).astype(np.float32)}, {"hidden": has_hidden(model)})


FEATURES = Explanation("Features", "", "", kind="images", explain=_explain, most=AT_ONCE, name=NAME)
"""Answered like an explanation, and no page of its own: it shows nothing, others compare with it."""
