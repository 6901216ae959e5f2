"""When a training ends, and which epoch is kept."""

from dataclasses import dataclass

from core.recipe.setting import setting

MONITORS = {"val_loss": "validation loss", "val_accuracy": "validation accuracy"}


@dataclass(frozen=True)
class StoppingSettings:
    """When a training ends, and which epoch is kept."""

    early_stopping_patience: int = setting(
        0,
        "Patience",
        "Early stopping: stop when the watched value has not improved for so many epochs; 0 never stops early.",
        "int",
        low=0,
        high=1000,
        unit="epochs",
        place="row 2",
    )
    early_stopping_monitor: str = setting(
        "val_loss",
        "Watched value",
        "What counts as better: it decides the best epoch and early stopping.",
        "choice",
        options=MONITORS,
    )
    restore_best_weights: bool = setting(
        True,
        "Keep the best epoch",
        "Test and keep the network of the best epoch; otherwise that of the last.",
        "bool",
    )
