"""How long a training may take, told from those that went before."""

from core.recipe import architectures
from core.recipe.config import TrainingConfig, settings
from dashboard import resources


def expected_seconds(config: TrainingConfig, n_train: int) -> float | None:
    """How long a training may take, from the newest run here of the same network on images of the same size."""
    for run in resources.store().all()[:50]:
        other = resources.recipe(run)
        if other and _same_work(other, config) and (curves := resources.history(run)).epochs:
            seconds = sorted(curves.column("seconds"))[len(curves.epochs) // 2]
            if baseline := architectures.baselines().get(config.architecture):
                return seconds * (n_train / curves.start["n_train"]) ** baseline.growth
            return seconds / curves.start["n_train"] * n_train * config.epochs
    return None


def _same_work(one: TrainingConfig, other: TrainingConfig) -> bool:
    return all(getattr(one, it.name) == getattr(other, it.name) for it in settings() if it.pace)
