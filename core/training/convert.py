"""Takes a trained network out of its run, in forms that other programs read; each is checked before it is offered."""

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import TrainingError
from core.files import write_whole
from core.network.inference import Network
from core.pictures.preprocessing import scaled
from core.training.device import device

if TYPE_CHECKING:
    import keras

SCORED = 256  # images at a time
AGREE = 1e-4  # largest allowed difference of a probability between Keras and the exported network


def write_keras(model: "keras.Model", path: Path) -> None:
    """Writes Keras's own format; raises StorageError."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / path.name
        model.save(made)
        write_whole(path, lambda file: file.write(made.read_bytes()))


def write_litert(model: "keras.Model", path: Path, images: np.ndarray, probabilities: np.ndarray) -> None:
    """Writes the network for `core.network.inference`, after checking it on a few images.

    images  (n, height, width, channels) uint8, and what Keras answered to them, (n, classes). Of a network in half
            precision, or on a GPU, which rounds products to 10 bits, they are not believed that exactly: Keras is
            asked once more on the CPU
    Raises TrainingError when the two disagree, StorageError when it cannot be written.
    """
    whole = single_precision(model)
    if whole is not model or device().kind != "cpu":
        probabilities = answers_on_the_cpu(whole, images)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / path.name
        made.write_bytes(litert_converter(whole).convert())
        difference = float(np.abs(Network(made).probabilities(images) - probabilities).max())
        if not difference < AGREE:  # NaN is not less than anything
            raise TrainingError(
                "The network for the web server differs from Keras's by {difference:.2g} and was not written. "
                "Train again; if it happens again, report the recipe.",
                difference=difference,
            )
        write_whole(path, lambda file: file.write(made.read_bytes()))


def litert_converter(model: "keras.Model") -> Any:
    """TensorFlow's converter to LiteRT for a network; it takes any number of images at once.

    `model.export` goes through a SavedModel, which is traced twice and read back: 13 s for EfficientNet-Lite0 and 1.4 s
    for cnn_small, where freezing the weights takes 2.9 s and 0.25 s.
    """
    import tensorflow as tf

    images = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)
    ask = tf.function(lambda pixels: model(pixels, training=False), input_signature=[images], autograph=False)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([ask.get_concrete_function()], model)
    converter.experimental_lower_to_saved_model = False
    return converter


def single_precision(model: "keras.Model") -> "keras.Model":
    """The network with float32 throughout, ready to be written in any form; itself where it is that already.

    LiteRT has no operations in half precision. Layers only ever calculate with halved copies: no weight changes.
    """
    import keras

    if any(layer.dtype_policy.name.startswith("mixed") for layer in model.layers):
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy("float32")  # what a layer is not told it takes from here
        try:
            whole = keras.models.model_from_json(re.sub(r'"mixed_b?float16"', '"float32"', model.to_json()))
        finally:
            keras.config.set_dtype_policy(before)
        whole.set_weights(model.get_weights())
        model = whole
    model(np.zeros((1, *model.input_shape[1:]), np.float32), training=False)  # ONNX wants one that has been asked
    return model


def answers_on_the_cpu(model: "keras.Model", images: np.ndarray) -> np.ndarray:
    """What Keras says there of images (n, height, width, channels) uint8: (n, classes) float32."""
    import keras

    parts = [images[start : start + SCORED] for start in range(0, len(images), SCORED)]
    with keras.device("cpu"):
        return np.concatenate([np.asarray(model(scaled(part), training=False)) for part in parts])
