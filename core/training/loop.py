"""The epoch loop: a recipe in, a trained network out. Writes no file and knows no page."""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from core.backbones import branch, chosen
from core.data.catalogue import dataset
from core.data.dataset import Splits
from core.errors import DataError, DivergedError, SettingError
from core.network.estimator import Estimator
from core.progress import Progress, silent
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.recipe.learning_rate import shares
from core.recipe.optimizers import OPTIMIZERS
from core.runs import diary
from core.runs.reports import Changed, EpochDone, Preparing, Reporter, Snapshot, Started, StepsDone
from core.training import scored
from core.training.augmentation import augmenter, strengths
from core.training.device import Device, device
from core.training.features import Asked, asked, fine_tuned, frozen
from core.training.layers import multiply_adds
from core.training.pace import Pace, order
from core.training.patience import early_stopping, plateau, rate_monitor
from core.training.prepare import prepare
from core.training.scored import Asking, ShouldStop, Stopped, answered, evaluate
from core.training.steps import Trainer
from models.architecture import ImpossibleNetwork

POINTS_PER_CALL = 10  # of the thin trace
Changes = Callable[[], Sequence[Mapping[str, Any]]]


@dataclass
class Trained:
    """A network after training.

    model       the network to keep: of the best epoch, or of the last where the recipe says so; or a fitted baseline
    asked       the part of it that learnt and what it got: all of it, or what lies behind a frozen backbone
    epoch       the epoch it comes from, 0 for the untrained network
    last_epoch  the last complete epoch
    stopped     True when Stop ended it, False when it ran to the end or stopped early by itself
    last        the weights of the last epoch where the model has others
    """

    model: keras.Model | Estimator
    asked: Asking
    splits: Splits
    device: Device
    epoch: int
    last_epoch: int
    stopped: bool
    last: list[np.ndarray] | None = None


def train(
    config: TrainingConfig,
    report: Reporter,
    should_stop: ShouldStop,
    last: Snapshot | None = None,
    best: Snapshot | None = None,
    changes: Changes = tuple,
) -> Trained:
    """Trains by a recipe, from the beginning or from a snapshot.

    `last` and `best` are the snapshots of the last and the best epoch of an interrupted training: with them the
    rest runs as if it had never been interrupted, bit for bit on a CPU. `changes` tells what was asked for meanwhile,
    all of it in its order: other values of settings, each taken up once, at the beginning of an epoch.
    Raises SettingError, DataError, and Stopped when Stop comes before the network exists.
    """
    run = _Training(config, report, should_stop, changes)
    run.load(last, best)
    run.start()
    stopped = run.epochs()
    return run.finish(stopped)


def build(
    config: TrainingConfig, input_shape: tuple[int, int, int], num_classes: int, progress: Progress = silent
) -> keras.Model:
    """The network of a recipe, not compiled, with weights drawn from its seed, and those of its backbone.

    Raises SettingError; where a backbone's weights are not to be had, DataError, OfflineError, StorageError.
    """
    keras.utils.set_random_seed(config.seed)
    given = chosen.resolved(config.network_settings())
    try:
        network = architectures.network(config.architecture).build(input_shape, num_classes, given)
    except ImpossibleNetwork as impossible:
        raise SettingError(impossible.template, **impossible.values) from impossible
    chosen.place(network, given, progress)
    return network


def optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    """Keras's optimizer of a recipe."""
    chosen = OPTIMIZERS[config.optimizer]
    return getattr(keras.optimizers, chosen.keras)(config.learning_rate, **chosen.arguments(config))


def precision(config: TrainingConfig, device: Device) -> str:
    """Keras's name for how a recipe calculates on a device; raises SettingError."""
    if not config.mixed_precision:
        return "float32"
    if not device.precision:
        raise SettingError(
            "mixed_precision=true needs a GPU, and this machine trains on {device}; set it to false.",
            device=device.name,
        )
    return device.precision


def put(model: keras.Model, weights: list[np.ndarray]) -> None:
    """Gives a network those weights, in the order of its variables."""
    for variable, value in zip(model.variables, weights, strict=True):
        variable.assign(value)


class _Training:
    def __init__(self, config: TrainingConfig, report: Reporter, should_stop: ShouldStop, changes: Changes):
        self.config, self.report, self.should_stop, self.changes = config, report, should_stop, changes
        self.device = device()
        self.splits = prepare(dataset(config.dataset), config, self._preparing)
        self.num_classes = len(self.splits.classes)
        policy = precision(config, self.device)
        keras.config.set_dtype_policy(policy)
        self.model = build(config, self.splits.train.images.shape[1:], self.num_classes, self._preparing)
        self.augment = augmenter(strengths(config), config.seed)
        whole = Asked(self.model, self.splits)
        self.asked = whole if self.augment else asked(self.model, self.splits, self._preparing)
        train, self.scored = self.asked.splits.train, scored.chosen(self.asked.splits, config.seed)
        self.validation = self.scored.validation
        self.optimizer = optimizer(config)
        if policy == "mixed_float16":
            self.optimizer = keras.optimizers.LossScaleOptimizer(self.optimizer)
        penalties = {"l1": config.l1, "l2": config.l2}
        self.trainer = Trainer(
            self.asked.model, self.optimizer, train, **penalties, augment=self.augment, slow=fine_tuned(self.model)
        )
        self.scorer = self.asked.scorer()
        self.stopping, self.plateau = early_stopping(config), plateau(config)
        self.rate = float(self.optimizer.learning_rate.numpy())  # which a schedule multiplies, step by step
        self.steps_per_epoch = math.ceil(len(self.splits.train) / config.batch_size)
        self.pace = Pace()
        self.done, self.total, self.taken = 0, config.epochs, 0  # epochs complete, and in all; changes taken up
        self.best_weights: list[np.ndarray] | None = None

    def load(self, last: Snapshot | None, best: Snapshot | None) -> None:
        """Puts everything back as it was at the end of the last complete epoch, or of an epoch of another run."""
        if last is None:
            branch.place(self.model, self.config.begin_from)
        if last is not None:
            progress = json.loads(str(last["progress"]))
            self._check_version(progress.get("dataset_version", self.splits.version))
            for position, variable in enumerate(self._variables()):
                variable.assign(last[f"v{position:04d}"])
            self.stopping.load(progress["stopping"])
            self.plateau.load(progress["schedule"])
            self.rate = progress.get("rate", float(self.optimizer.learning_rate.numpy()))  # absent before 0.3
            self.done, self.taken = progress["epoch"], progress.get("taken", 0)
            self.total = progress.get("total", self.total)
            self.stopping.patience = progress.get("patience", self.stopping.patience)
        if best is not None:
            self.best_weights = [best[f"v{position:04d}"] for position in range(len(self.model.variables))]

    def start(self) -> None:
        self.last_weights = self._weights()
        self.report(
            Started(
                epochs=self.total,
                first_epoch=self.done + 1,
                steps_per_epoch=self.steps_per_epoch,
                n_train=len(self.splits.train),
                n_scored=len(self.scored.train),
                n_validation=len(self.validation),
                n_held_back=len(self.splits.rows["validation"]),
                baseline=float(np.bincount(self.validation.labels).max() / len(self.validation)),
                n_test=len(self.splits.test),
                n_classes=self.num_classes,
                classes=self.splits.classes,
                dataset_version=self.splits.version,
                parameters=self.model.count_params(),
                multiply_adds=multiply_adds(self.model),
                device=self.device.name,
                start=self.snapshot,
                images=scored.facts(self.splits, self.scored) | self._diary(),
            )
        )

    def epochs(self) -> bool:
        """Runs the remaining epochs; True when Stop ended them."""
        while True:
            self._take_changes()
            if self.done >= self.total or self.stopping.should_stop:
                return False
            try:
                self._epoch(self.done + 1)
            except Stopped:
                return True

    def _take_changes(self) -> None:
        """What was asked for since the last epoch."""
        asked = self.changes()
        for values in asked[self.taken :]:
            self.rate = values.get("learning_rate", self.rate)
            self.total = values.get("epochs", self.total)
            self.stopping.patience = values.get("early_stopping_patience", self.stopping.patience)
            if values:
                self.report(Changed(self.done + 1, values))
        self.taken = max(self.taken, len(asked))

    def finish(self, stopped: bool) -> Trained:
        """Takes the weights of the epoch to keep. After a stop within an epoch, `last` is what a snapshot holds."""
        keep_best = self.config.restore_best_weights and self.best_weights is not None
        put(self.model, self.best_weights if keep_best and self.best_weights else self.last_weights)
        epoch = self.stopping.best_epoch if keep_best else self.done
        last = None if epoch == self.done else self.last_weights
        return Trained(self.model, self.asked, self.splits, self.device, epoch, self.done, stopped, last)

    def snapshot(self) -> Snapshot:
        """The whole state between two epochs, by position; includes the seeds of dropout and augmentation."""
        arrays = {f"v{position:04d}": np.array(v.numpy()) for position, v in enumerate(self._variables())}
        progress = {
            "epoch": self.done,
            "stopping": self.stopping.state(),
            "schedule": self.plateau.state(),
            "rate": self.rate,
            "total": self.total,
            "taken": self.taken,
            "patience": self.stopping.patience,
            "dataset_version": self.splits.version,
            "network": len(self.model.variables),
            "frozen": frozen(self.model),
        }
        return {**arrays, "progress": np.array(json.dumps(progress))}

    def _epoch(self, epoch: int) -> None:
        began = time.perf_counter()
        self._steps(epoch)
        weights = self._weights()
        loss, accuracy, sampled = evaluate(self.scorer, self.scored.train, self.should_stop)
        said = answered(self.scorer, self.scored, sampled, self.should_stop)
        val_loss, val_accuracy, answers = evaluate(self.scorer, self.validation, self.should_stop)
        # Keras clips probabilities: the loss may stay a number where weights, or moving averages, are none any more.
        if not np.isfinite([loss, val_loss, *(weight.sum(dtype=np.float64) for weight in weights)]).all():
            raise self._diverged(epoch)
        values = {"loss": loss, "val_loss": val_loss, "val_accuracy": val_accuracy}
        rate = float(self.optimizer.learning_rate.numpy())
        best = self.stopping.update(epoch, values[self.config.early_stopping_monitor])
        self.rate = self.plateau.update(values[rate_monitor(self.config)], self.rate)
        self.done = epoch
        self.last_weights = weights
        if best:
            self.best_weights = self.last_weights
        seconds = time.perf_counter() - began
        scores = (loss, accuracy, val_loss, val_accuracy)
        self.report(EpochDone(epoch, *scores, rate, seconds, best, self.snapshot, answers, said))

    def _steps(self, epoch: int) -> None:
        done = 0
        for rows in self.pace.calls(order(len(self.splits.train), self.config.seed, epoch), self.config.batch_size):
            if self.should_stop():
                raise Stopped
            share = shares(self.config, self.steps_per_epoch, (epoch - 1) * self.steps_per_epoch + done, len(rows))
            losses, accuracies = self.pace.timed(self.trainer.train, rows, (self.rate * share).astype(np.float32))
            if not np.isfinite(losses).all():
                raise self._diverged(epoch)
            done += len(losses)
            every = math.ceil(len(losses) / POINTS_PER_CALL)
            rate = self.pace.images_per_second
            self.report(StepsDone(epoch, done, every, _thin(losses, every), _thin(accuracies, every), rate))

    def _preparing(self, what: str, fraction: float) -> None:
        if self.should_stop():
            raise Stopped
        self.report(Preparing(what, fraction))

    def _check_version(self, begun_with: str) -> None:
        if begun_with != self.splits.version:
            raise DataError(
                "The run began with version {before} of {dataset}, and the files on this machine are version {now}. "
                "Put the former files back, or train the recipe as a new run.",
                before=begun_with,
                dataset=self.config.dataset,
                now=self.splits.version,
            )

    def _diverged(self, epoch: int) -> DivergedError:
        rate = float(self.optimizer.learning_rate.numpy())
        return DivergedError(
            "The loss stopped being a number in epoch {epoch}: with a learning rate of {rate:g} the steps overshoot. "
            "Start again with a smaller one, for example {smaller:g}.",
            epoch=epoch,
            rate=rate,
            smaller=rate / 10,
        )

    def _weights(self) -> list[np.ndarray]:
        return [np.array(variable.numpy()) for variable in self.model.variables]

    def _variables(self) -> list:
        random = self.augment.variables if self.augment else []
        return [*self.model.variables, *random, *self.optimizer.variables]

    def _diary(self) -> dict[str, np.ndarray]:
        return diary.facts(self.scored.diary, self.splits.train.labels, self.num_classes)


def _thin(values: np.ndarray, every: int) -> tuple[float, ...]:
    return tuple(round(float(values[start : start + every].mean()), 5) for start in range(0, len(values), every))
