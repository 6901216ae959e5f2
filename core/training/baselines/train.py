"""A baseline fitted: a recipe in, a fitted estimator out, in one go. Writes no file and knows no page."""

import json
import time
from dataclasses import dataclass

import numpy as np

from core.data.catalogue import dataset
from core.data.dataset import Prepared
from core.network.estimator import Estimator
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.runs.reports import EpochDone, Preparing, Reporter, Snapshot, Started
from core.training import scored
from core.training.baselines.fit import fitted
from core.training.baselines.scorer import EstimatorScorer
from core.training.baselines.size import count
from core.training.baselines.temperature import temperature
from core.training.device import Device
from core.training.loop import Trained
from core.training.prepare import prepare
from core.training.scored import Scored, ShouldStop, Stopped, evaluate


def train(config: TrainingConfig, report: Reporter, should_stop: ShouldStop) -> Trained:
    """Fits a baseline by a recipe, as `core.training.loop.train` trains a network: one epoch, scored as there.

    What was interrupted is begun again: nothing is kept of half a fit.
    Raises SettingError, DataError, RunError, and Stopped when Stop comes before the end.
    """
    baseline = architectures.baselines()[config.architecture]

    def progress(what: str, fraction: float) -> None:
        if should_stop():
            raise Stopped
        report(Preparing(what, fraction))

    splits = prepare(dataset(config.dataset), config, progress)
    assert splits.validation is not None
    began = time.perf_counter()
    estimator = fitted(baseline, config, splits.train, report, should_stop)
    model = Estimator(estimator, len(splits.classes))
    if not hasattr(estimator, "predict_proba"):
        model.temperature = temperature(estimator, splits.validation)
    scorer = EstimatorScorer(model)
    chosen = scored.chosen(splits, config.seed)
    loss, accuracy, _ = evaluate(scorer, chosen.train, should_stop)
    val_loss, val_accuracy, answers = evaluate(scorer, chosen.validation, should_stop)
    where = Device("cpu", "scikit-learn", "")
    report(_started(splits, model, where, chosen))
    seconds = time.perf_counter() - began
    report(EpochDone(1, loss, accuracy, val_loss, val_accuracy, 0.0, seconds, True, lambda: _snapshot(1), answers))
    return Trained(model, Fitted(model, splits), splits, where, 1, 1, False)


@dataclass(frozen=True)
class Fitted:
    """A baseline and its images, as `core.training.features.Asked` is for a network."""

    model: Estimator
    splits: Prepared

    def scorer(self) -> "EstimatorScorer":
        return EstimatorScorer(self.model)


def _started(splits: Prepared, model: Estimator, where: Device, chosen: Scored) -> Started:
    assert splits.validation is not None
    validation = chosen.validation
    return Started(
        epochs=1,
        first_epoch=1,
        steps_per_epoch=1,
        n_train=len(splits.train),
        n_scored=len(chosen.train),
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
        images=scored.facts(splits, chosen),
        at_once=True,
    )


def _snapshot(epoch: int) -> Snapshot:
    """Nothing to go on from, in the form that a run folder has."""
    stopping = {"best_epoch": epoch}
    return {"progress": np.array(json.dumps({"epoch": epoch, "stopping": stopping, "network": 0}))}
