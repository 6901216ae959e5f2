"""How long the steps are over the course of a training."""

from dataclasses import dataclass

from core.recipe.setting import setting

SCHEDULES = {"constant": "constant", "step": "in steps", "cosine": "cosine", "one_cycle": "one cycle"}


@dataclass(frozen=True)
class ScheduleSettings:
    """How long the steps are over the course of a training."""

    schedule: str = setting(
        "constant",
        "Learning-rate schedule",
        "How the learning rate changes while it trains: stays, falls in steps, falls along a cosine, or rises first "
        "and then falls (one cycle).",
        "choice",
        place="schedule",
        options=SCHEDULES,
    )
    warmup_epochs: int = setting(
        0,
        "Warm-up",
        "In the first epochs the learning rate rises from nothing, so that the first steps spoil nothing; 0 begins at "
        "once.",
        "int",
        place="schedule",
        low=0,
        high=100,
        unit="epochs",
    )
    step_epochs: int = setting(
        10,
        "Epochs between two steps",
        "In steps: after so many epochs the learning rate is multiplied by the factor.",
        "int",
        place="schedule",
        low=1,
        high=500,
        unit="epochs",
        only=("schedule", "step"),
    )
    step_factor: float = setting(
        0.5,
        "Factor of a step",
        "In steps: what the learning rate is multiplied by each time.",
        "float",
        place="schedule",
        low=0.05,
        high=0.95,
        step=0.05,
        only=("schedule", "step"),
    )
    final_share: float = setting(
        0.0,
        "Left at the end",
        "Cosine: the share of the learning rate that is left at the end.",
        "float",
        place="schedule",
        low=0.0,
        high=1.0,
        step=0.05,
        only=("schedule", "cosine"),
    )
    reduce_lr_patience: int = setting(
        0,
        "Learning-rate patience",
        "Lower the learning rate when a watched value has not improved for so many epochs; 0 never does.",
        "int",
        place="schedule",
        low=0,
        high=500,
        unit="epochs",
    )
    reduce_lr_monitor: str = setting(
        "watched",
        "Watched for the learning rate",
        "Which value has to stand still before the learning rate is lowered.",
        "choice",
        place="schedule",
        options={
            "watched": "the watched value",
            "val_loss": "validation loss",
            "val_accuracy": "validation accuracy",
            "loss": "training loss",
        },
        but=("reduce_lr_patience", 0),
    )
    reduce_lr_factor: float = setting(
        0.5,
        "Lowered to",
        "What the learning rate is multiplied by when it is lowered.",
        "float",
        place="schedule",
        low=0.05,
        high=0.95,
        step=0.05,
        but=("reduce_lr_patience", 0),
    )
    min_learning_rate: float = setting(
        1e-6,
        "Lowest learning rate",
        "It is never lowered below this.",
        "float",
        place="schedule",
        low=0.0,
        high=1.0,
        log=True,
        but=("reduce_lr_patience", 0),
    )
