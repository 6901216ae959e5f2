"""A run's network asked about images, without TensorFlow: LiteRT, ready in milliseconds."""

import threading
from pathlib import Path

import numpy as np

from core.pictures.preprocessing import scaled

BATCH = 256  # images an invocation


class Network:
    """A network read from `network.tflite`; several sessions may share it, each question is locked."""

    def __init__(self, path: Path):
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_path=str(path), num_threads=1)
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self._size = 0
        self._lock = threading.Lock()

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Probabilities (n, classes) float32 of images (n, height, width, channels) uint8."""
        parts = [self._ask(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
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
