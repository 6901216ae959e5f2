"""A trained network -> a file in each form that other programs read. Nothing is believed yet: see `checked`."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.pictures.preprocessing import scaled
from core.training.convert import litert_converter

if TYPE_CHECKING:
    import keras

CALIBRATION = 300  # training images from which the range of each layer's numbers is taken

Write = Callable[["keras.Model", Path, np.ndarray], None]
"""Called with the model, the file to write, and images (n, height, width, channels) uint8 for calibrating."""


@contextmanager
def quiet() -> Iterator[None]:
    """TensorFlow's converters chat on file descriptor 2 whatever they are told: not within these lines."""
    sys.stderr.flush()
    screen = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(screen, 2)
        os.close(screen)


def write_keras(model: "keras.Model", path: Path, _images: np.ndarray) -> None:
    """Keras's own format: layers and weights in one file."""
    model.save(path)


def write_weights(model: "keras.Model", path: Path, _images: np.ndarray) -> None:
    """The weights alone; the layers go beside them as architecture.json."""
    model.save_weights(path)
    path.with_name("architecture.json").write_text(model.to_json(indent=1), "utf-8")


def write_litert(model: "keras.Model", path: Path, _images: np.ndarray) -> None:
    """LiteRT in single precision, for telephones and small computers."""
    path.write_bytes(litert_converter(model).convert())


def write_int8(model: "keras.Model", path: Path, images: np.ndarray) -> None:
    """LiteRT with weights and activations of 8 bits: a quarter of the size, and a little less exact.

    Input and output stay numbers from 0 to 1, so that it is asked like the others. An operation that LiteRT has in
    single precision only stays so.
    """
    import tensorflow as tf

    def samples() -> Iterator[list[np.ndarray]]:
        for image in images:
            yield [scaled(image[None])]

    converter = litert_converter(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
    path.write_bytes(converter.convert())


def write_onnx(model: "keras.Model", path: Path, _images: np.ndarray) -> None:
    """ONNX in single precision, for nearly every other program."""
    import onnx

    model.export(path, format="onnx", verbose=False)
    network = onnx.load(path)
    if _without_erfc(network.graph):
        onnx.save(network, path)


def _without_erfc(graph: Any) -> bool:
    """Writes TensorFlow's erfc(x), which GELU is made of, as ONNX has it: 1 - erf(x). True where there was one."""
    from onnx import helper, numpy_helper

    nodes, one = [], "one_for_erfc"
    for node in graph.node:
        if node.op_type == "Erfc":
            nodes.append(helper.make_node("Erf", node.input, [f"{node.name}_erf"], f"{node.name}_erf"))
            nodes.append(helper.make_node("Sub", [one, f"{node.name}_erf"], node.output, node.name))
        else:
            nodes.append(node)
    if len(nodes) == len(graph.node):
        return False
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.append(numpy_helper.from_array(np.array(1, np.float32), one))
    return True


WRITERS: Mapping[str, Write] = {
    "network.keras": write_keras,
    "network.tflite": write_litert,
    "network-int8.tflite": write_int8,
    "network.onnx": write_onnx,
    "network.weights.h5": write_weights,
}
