"""A baseline fitted: a recipe in, a fitted estimator out, in one go. Writes no file and knows no page."""

import json
import re
import threading
import time
from typing import Any

import numpy as np

from core.data.dataset import Images, Prepared
from core.errors import N_, RunError
from core.network.estimator import Estimator, margins, pixels, softmax
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.runs.reports import EpochDone, Preparing, Reporter, Snapshot, Started
from core.training import scored
from core.training.device import Device
from core.training.loop import ShouldStop, Stopped, Trained, evaluate, prepared
from models.baseline import Baseline

FITTING = N_("Fitting the baseline")
TRIED = 8  # the time is told from a fit on so small a share of the images
FEWEST = 2000  # images, below which nobody waits for it
ASKED_SECONDS = 0.1  # between two looks whether to stop
LEAST = 1e-7  # probability that counts as such in the loss, as Keras has it
TEMPERATURES = (0.01, 100.0)


def train(config: TrainingConfig, report: Reporter, should_stop: ShouldStop) -> Trained:
    """Fits a baseline by a recipe, as `core.training.loop.train` trains a network: one epoch, scored as there.

    What was interrupted is begun again: nothing is kept of half a fit.
    Raises SettingError, DataError, RunError, and Stopped when Stop comes before the end.
    """
    baseline = architectures.baselines()[config.architecture]
    splits = prepared(config, report, should_stop)
    assert splits.validation is not None
    began = time.perf_counter()
    fitted = _fitted(baseline, config, splits.train, report, should_stop)
    model = Estimator(fitted, len(splits.classes))
    if not hasattr(fitted, "predict_proba"):
        model.temperature = temperature(fitted, splits.validation)
    scorer = EstimatorScorer(model)
    n_scored, n_validation = scored.sizes(len(splits.train), len(splits.validation))
    sample = scored.sample(splits.train, scored.positions(splits.train.labels, n_scored, config.seed))
    watched = scored.positions(splits.validation.labels, n_validation, config.seed)
    validation = scored.sample(splits.validation, watched)
    loss, accuracy, _ = evaluate(scorer, sample, should_stop)
    val_loss, val_accuracy, answers = evaluate(scorer, validation, should_stop)
    where = Device("cpu", "scikit-learn", "")
    report(_started(splits, model, where, len(sample), validation, watched))
    seconds = time.perf_counter() - began
    report(EpochDone(1, loss, accuracy, val_loss, val_accuracy, 0.0, seconds, True, lambda: _snapshot(1), answers))
    return Trained(model, splits, where, 1, 1, False)


class EstimatorScorer:
    """Asks an estimator as `core.training.steps.Scorer` asks a network."""

    def __init__(self, model: Estimator):
        self.model = model

    def score(self, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cross-entropy and probabilities of a few images: (n,) and (n, classes), float32."""
        probabilities = self.model.probabilities(images)
        return -np.log(np.clip(probabilities[np.arange(len(labels)), labels], LEAST, 1)), probabilities


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


def count(part: Any) -> int:
    """How many real numbers an estimator has learnt or keeps: in its arrays, its trees and the estimators within it."""
    if isinstance(part, np.ndarray):
        return part.size if part.dtype.kind == "f" else 0
    if isinstance(part, list | tuple):
        return sum(map(count, part))
    if hasattr(part, "node_count"):  # of a tree: the brightness that each node asks for, and what it says
        return part.node_count + part.value.size
    if hasattr(part, "get_params"):  # in scikit-learn what was learnt ends with a line
        return sum(
            count(value) for name, value in vars(part).items() if re.fullmatch(r"[a-zA-Z].*_|_fit_X|steps", name)
        )
    return 0


def _fitted(
    baseline: Baseline, config: TrainingConfig, train: Images, report: Reporter, should_stop: ShouldStop
) -> Any:
    """The estimator on all training images; meanwhile how far it is, by the time that a small part of them took."""
    rows, labels = pixels(train.images), np.asarray(train.labels)
    expected = 0.0
    if len(labels) >= FEWEST:
        few = scored.positions(labels, len(labels) // TRIED, config.seed)
        began = time.perf_counter()
        _fit(baseline, config, rows[few], labels[few], should_stop, lambda _seconds: report(Preparing(FITTING, 0.0)))
        expected = (time.perf_counter() - began) * TRIED**baseline.growth

    def tell(seconds: float) -> None:
        report(Preparing(FITTING, min(seconds / expected, 0.99) if expected else 0.0))

    return _fit(baseline, config, rows, labels, should_stop, tell)


def _fit(
    baseline: Baseline,
    config: TrainingConfig,
    rows: np.ndarray,
    labels: np.ndarray,
    should_stop: ShouldStop,
    tell: Any,
) -> Any:
    """In a thread of its own: scikit-learn cannot be asked to stop, but it can be left, and ends with its process."""
    estimator = baseline.estimator(config.network_settings(), config.seed)
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


def _started(
    splits: Prepared, model: Estimator, where: Device, n_scored: int, validation: Images, watched: np.ndarray
) -> Started:
    assert splits.validation is not None
    return Started(
        epochs=1,
        first_epoch=1,
        steps_per_epoch=1,
        n_train=len(splits.train),
        n_scored=n_scored,
        n_validation=len(validation),
        n_held_back=len(splits.validation),
        n_test=len(splits.test),
        n_classes=len(splits.classes),
        baseline=float(np.bincount(validation.labels).max() / len(validation)),
        classes=splits.classes,
        dataset_version=splits.version,
        parameters=count(model.fitted),
        device=where.name,
        start=lambda: _snapshot(0),
        images={**splits.rows, "changed": splits.changed, "scored": watched},
        at_once=True,
    )


def _snapshot(epoch: int) -> Snapshot:
    """Nothing to go on from, in the form that a run folder has."""
    stopping = {"best_epoch": epoch}
    return {"progress": np.array(json.dumps({"epoch": epoch, "stopping": stopping, "network": 0}))}
