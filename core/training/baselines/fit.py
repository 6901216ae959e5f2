"""An estimator is fitted: in a thread that may be left, with a time that is told from a small part of the images."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from core.data.dataset import Images
from core.errors import N_, RunError
from core.network.estimator import pixels
from core.recipe.config import TrainingConfig
from core.runs.reports import Preparing, Reporter
from core.training import scored
from core.training.scored import ShouldStop, Stopped
from models.baseline import Baseline

FITTING = N_("Fitting the baseline")
TRIED = 8  # the time is told from a fit on so small a share of the images
FEWEST = 2000  # images, below which nobody waits for it
ASKED_SECONDS = 0.1  # between two looks whether to stop


def fitted(baseline: Baseline, config: TrainingConfig, train: Images, report: Reporter, should_stop: ShouldStop) -> Any:
    """The estimator on all training images; meanwhile how far it is, by the time that a small part of them took."""
    rows, labels = pixels(train.images), np.asarray(train.labels)
    expected = 0.0
    if len(labels) >= FEWEST:
        tell_nothing = partial(report, Preparing(FITTING, 0.0))
        expected = seconds_each(baseline, config, train, should_stop, lambda _seconds: tell_nothing())
        expected *= len(labels) ** baseline.growth

    def tell(seconds: float) -> None:
        report(Preparing(FITTING, min(seconds / expected, 0.99) if expected else 0.0))

    return _fit(baseline, config, rows, labels, should_stop, tell)


def seconds_each(
    baseline: Baseline,
    config: TrainingConfig,
    train: Images,
    should_stop: ShouldStop = lambda: False,
    tell: Callable[[float], None] = lambda _seconds: None,
) -> float:
    """How long a fit takes for each image to the power of its growth, told from a small part; raises RunError."""
    labels = np.asarray(train.labels)
    few = scored.positions(labels, max(len(labels) // TRIED, min(len(labels), FEWEST // TRIED)), config.seed)
    began = time.perf_counter()
    _fit(baseline, config, pixels(np.asarray(train.images[few])), labels[few], should_stop, tell)
    return (time.perf_counter() - began) / len(few) ** baseline.growth


def _possible(settings: dict[str, Any], n: int, n_pixels: int) -> dict[str, Any]:
    """No more neighbours than there are images, and no more components than these and their pixels have."""
    most = {"n_neighbors": n, "pca_components": min(n, n_pixels)}
    return {name: min(value, most[name]) if name in most else value for name, value in settings.items()}


def _fit(
    baseline: Baseline,
    config: TrainingConfig,
    rows: np.ndarray,
    labels: np.ndarray,
    should_stop: ShouldStop,
    tell: Callable[[float], None],
) -> Any:
    """In a thread of its own: scikit-learn cannot be asked to stop, but it can be left, and ends with its process."""
    estimator = baseline.estimator(_possible(config.network_settings(), *rows.shape), config.seed)
    outcome: list[Any] = []

    def work() -> None:
        try:
            outcome.append(estimator.fit(rows, labels))
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=work, daemon=True)
    began = time.perf_counter()
    thread.start()
    while thread.is_alive():
        if should_stop():
            raise Stopped
        tell(time.perf_counter() - began)
        thread.join(ASKED_SECONDS)
    if isinstance(outcome[0], Exception):
        raise RunError(
            "scikit-learn cannot fit this: {reason}. Change the settings of the baseline, or use more images.",
            reason=outcome[0],
        ) from outcome[0]
    return outcome[0]
