"""A run's network asked about images, without TensorFlow: LiteRT, ready in milliseconds."""

import threading
from pathlib import Path
from typing import Any

import numpy as np

from core.pictures.preprocessing import scaled

BATCH = 256  # images an invocation, and as many fewer as large layers need to stay within the next number
LARGEST = 64 * 10**6  # bytes of one layer's answers to a batch; LiteRT holds about two of them at a time


class Network:
    """A network read from `network.tflite`; several sessions may share it, each question is locked."""

    def __init__(self, path: Path):
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_path=str(path), num_threads=1)
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self._size = 0
        self._batch = _batch(self._interpreter)
        self._lock = threading.Lock()

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Probabilities (n, classes) float32 of images (n, height, width, channels) uint8."""
        parts = [self._ask(images[at : at + self._batch]) for at in range(0, len(images), self._batch)]
        return np.concatenate(parts)

    def _ask(self, images: np.ndarray) -> np.ndarray:
        with self._lock:
            if len(images) != self._size:
                self._interpreter.resize_tensor_input(self._input, images.shape)
                self._interpreter.allocate_tensors()
                self._size = len(images)
            self._interpreter.set_tensor(self._input, scaled(images))
            self._interpreter.invoke()
            return self._interpreter.get_tensor(self._output).copy()


def _batch(interpreter: Any) -> int:
    """Images to ask about at once, by the largest of what the layers hand on for one; weights have no place for it."""
    details = interpreter.get_tensor_details()
    handed_on = [one for one in details if len(one["shape"]) > 1 and one["shape_signature"][0] == -1]
    largest = max((int(np.prod(one["shape"])) for one in handed_on), default=1)
    return min(BATCH, max(1, LARGEST // (4 * largest)))
