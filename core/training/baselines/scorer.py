"""An estimator is scored as a network is."""

import numpy as np

from core.network.estimator import BATCH, Estimator

LEAST = 1e-7  # probability that counts as such in the loss, as Keras has it


class EstimatorScorer:
    """Asks an estimator as `core.training.steps.Scorer` asks a network."""

    batch = BATCH

    def __init__(self, model: Estimator):
        self.model = model

    def score(self, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cross-entropy and probabilities of a few images: (n,) and (n, classes), float32."""
        probabilities = self.model.probabilities(images)
        return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], LEAST, 1)), probabilities
