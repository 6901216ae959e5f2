"""The learning rate over the steps of a training: what is drawn before is what the loop does."""

import math

import numpy as np

from core.recipe.config import TrainingConfig

RISING = 0.3  # of one cycle: the share of the steps in which the rate rises
BEGINS, ENDS = 1 / 25, 1 / (25 * 10_000)  # of its height


def varies(config: TrainingConfig) -> bool:
    """Whether the learning rate is another from step to step, a plateau apart."""
    return config.schedule != "constant" or config.warmup_epochs > 0


def shares(config: TrainingConfig, steps_per_epoch: int, first: int, count: int) -> np.ndarray:
    """What the learning rate is multiplied by in `count` steps from the one numbered `first`, from 0: (count,) float64.

    A plateau is not in it: nobody knows before when there will be one.
    """
    step = np.arange(first, first + count, dtype=float)
    warm = config.warmup_epochs * steps_per_epoch
    rest = max(1, config.epochs * steps_per_epoch - warm)
    after = np.maximum(0.0, step - warm)
    share = {"step": _stepped, "cosine": _cosine, "one_cycle": _one_cycle}.get(config.schedule, _constant)(
        config, after, rest, steps_per_epoch
    )
    return np.where(step < warm, step / max(1, warm), share)


def events(config: TrainingConfig, steps_per_epoch: int, total: int) -> list[tuple[float, str]]:
    """What a schedule does and when, counted in epochs: ("warmed" up, a "step" down, the "top" of one cycle).

    total  epochs that it has in all, which may be others than were planned
    """
    warm, found = config.warmup_epochs, []
    if warm > 0:
        found.append((float(warm), "warmed"))
    if config.schedule == "step":
        found += [(float(epoch), "step") for epoch in range(warm + config.step_epochs, total, config.step_epochs)]
    if config.schedule == "one_cycle" and warm < config.epochs:
        rest = (config.epochs - warm) * steps_per_epoch
        found.append((warm + max(1.0, RISING * rest - 1) / steps_per_epoch, "top"))
    return [(epoch, kind) for epoch, kind in found if epoch < total]


def _constant(_config: TrainingConfig, after: np.ndarray, _rest: int, _steps_per_epoch: int) -> np.ndarray:
    return np.ones_like(after)


def _stepped(config: TrainingConfig, after: np.ndarray, _rest: int, steps_per_epoch: int) -> np.ndarray:
    """As Keras's ExponentialDecay with `staircase`."""
    return config.step_factor ** np.floor(after / (config.step_epochs * steps_per_epoch))


def _cosine(config: TrainingConfig, after: np.ndarray, rest: int, _steps_per_epoch: int) -> np.ndarray:
    """As Keras's CosineDecay (Loshchilov & Hutter 2017, arXiv 1608.03983, without restarts)."""
    falling = 0.5 * (1 + np.cos(math.pi * np.minimum(1.0, after / rest)))
    return (1 - config.final_share) * falling + config.final_share


def _one_cycle(_config: TrainingConfig, after: np.ndarray, rest: int, _steps_per_epoch: int) -> np.ndarray:
    """Up along half a cosine, then down along a longer one, as in PyTorch (Smith & Topin 2018, arXiv 1708.07120)."""
    top, last = max(1.0, RISING * rest - 1), max(2.0, rest - 1)
    rising = _between(BEGINS, 1.0, np.minimum(1.0, after / top))
    falling = _between(1.0, ENDS, np.clip((after - top) / (last - top), 0.0, 1.0))
    return np.where(after <= top, rising, falling)


def _between(start: float, end: float, share: np.ndarray) -> np.ndarray:
    return end + (start - end) / 2 * (1 + np.cos(math.pi * share))
