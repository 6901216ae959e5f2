"""Early stopping and halving the learning rate: two small objects whose state can be saved and loaded.

Keras's callbacks of the same names reset themselves when training starts, so a resumed run would wait anew;
these follow the same rules (tests compare them on random histories) and keep their counters.
"""

import math
from dataclasses import asdict, dataclass

from core.recipe.config import TrainingConfig


@dataclass
class EarlyStopping:
    """Says after each epoch whether it was the best so far, and whether it is time to stop.

    patience  epochs without improvement before stopping; 0 never stops
    better    "low" for a loss, "high" for an accuracy
    """

    patience: int
    better: str
    best: float = math.nan
    best_epoch: int = 0
    wait: int = 0

    def update(self, epoch: int, value: float) -> bool:
        """Takes the watched value of an epoch; True when it is the best so far. NaN never is."""
        improved = _improves(value, self.best, self.better)
        if improved:
            self.best, self.best_epoch, self.wait = value, epoch, 0
        else:
            self.wait += 1
        return improved

    @property
    def should_stop(self) -> bool:
        return self.patience > 0 and self.wait >= self.patience

    def state(self) -> dict:
        return {key: value for key, value in asdict(self).items() if key in ("best", "best_epoch", "wait")}

    def load(self, state: dict) -> None:
        self.best, self.best_epoch, self.wait = state["best"], state["best_epoch"], state["wait"]


@dataclass
class ReduceLROnPlateau:
    """Lowers the learning rate when the watched value has not improved for `patience` epochs; 0 never does.

    Same rules as Keras's callback: an improvement must exceed `min_delta`, the rate never falls below `min_lr`.
    """

    patience: int
    better: str
    factor: float = 0.5
    min_delta: float = 1e-4
    min_lr: float = 1e-6
    best: float = math.nan
    wait: int = 0

    def update(self, value: float, learning_rate: float) -> float:
        """Takes the watched value of an epoch; returns the learning rate for the next."""
        if self.patience == 0:
            return learning_rate
        if _improves(value, self.best, self.better, self.min_delta):
            self.best, self.wait = value, 0
            return learning_rate
        self.wait += 1
        if self.wait < self.patience:
            return learning_rate
        self.wait = 0
        return min(learning_rate, max(learning_rate * self.factor, self.min_lr))

    def state(self) -> dict:
        return {"best": self.best, "wait": self.wait}

    def load(self, state: dict) -> None:
        self.best, self.wait = state["best"], state["wait"]


BETTER = {"loss": "low", "val_loss": "low", "val_accuracy": "high"}


def early_stopping(config: TrainingConfig) -> EarlyStopping:
    """As a recipe has it."""
    return EarlyStopping(config.early_stopping_patience, BETTER[config.early_stopping_monitor])


def plateau(config: TrainingConfig) -> ReduceLROnPlateau:
    """As a recipe has it."""
    better, lowest = BETTER[rate_monitor(config)], config.min_learning_rate
    return ReduceLROnPlateau(config.reduce_lr_patience, better, config.reduce_lr_factor, min_lr=lowest)


def rate_monitor(config: TrainingConfig) -> str:
    """The value that has to stand still before the learning rate is lowered."""
    monitor = config.reduce_lr_monitor
    return config.early_stopping_monitor if monitor == "watched" else monitor


def _improves(value: float, best: float, better: str, min_delta: float = 0.0) -> bool:
    if math.isnan(value):
        return False
    if math.isnan(best):
        return True
    return value < best - min_delta if better == "low" else value > best + min_delta
