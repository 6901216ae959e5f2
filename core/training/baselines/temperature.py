"""Margins become probabilities: divided by one temperature, so that the validation images are most likely."""

from typing import Any

import numpy as np

from core.data.dataset import Images
from core.network.estimator import margins, pixels, softmax
from core.training.baselines.scorer import LEAST

TEMPERATURES = (0.01, 100.0)


def temperature(fitted: Any, validation: Images) -> float:
    """What the margins are divided by, so that the validation images are most likely: their order stays as it is.

    Guo, Pleiss, Sun, Weinberger 2017, "On Calibration of Modern Neural Networks", section 4.2.
    """
    from scipy.optimize import minimize_scalar

    places = {label: place for place, label in enumerate(fitted.classes_.tolist())}
    known = np.array([label in places for label in validation.labels.tolist()])
    of, truth = margins(fitted, pixels(validation.images)[known]), validation.labels[known]
    rows = np.arange(len(truth)), np.array([places[label] for label in truth.tolist()])

    def loss(log_temperature: float) -> float:
        return float(-np.log(np.clip(softmax(of / np.exp(log_temperature))[rows], LEAST, 1)).mean())

    found = minimize_scalar(loss, bounds=np.log(TEMPERATURES), method="bounded")
    return float(np.exp(found.x))
