"""How the network learns: steps, batches, epochs."""

from dataclasses import dataclass

from core.recipe.optimizers import OPTIMIZERS
from core.recipe.setting import setting


@dataclass(frozen=True)
class StepSettings:
    """How the network learns: steps, batches, epochs."""

    augmentation: bool = setting(
        False,
        "Augmentation",
        "Shows the network each training image a little changed every time: more variety from the same images. "
        "Validation and test stay as they are.",
        "bool",
        place="front",
    )
    learning_rate: float = setting(
        1e-3,
        "Learning rate",
        "Length of each step downhill. Too small learns nothing in time, too large jumps over the valley.",
        "float",
        low=1e-6,
        high=1.0,
        log=True,
        place="front",
    )
    batch_size: int = setting(
        64,
        "Batch size",
        "Images looked at before each step. Small batches make noisy steps, large ones fewer steps an epoch.",
        "int",
        low=1,
        high=4096,
        unit="images",
        place="row 1",
        pace=True,
    )
    epochs: int = setting(
        20,
        "Epochs",
        "How many times the network sees every training image.",
        "int",
        low=1,
        high=1000,
        unit="epochs",
        place="row 1",
        in_name=False,
    )
    optimizer: str = setting(
        "adam",
        "Optimizer",
        "The rule that turns gradients into steps.",
        "choice",
        options={name: optimizer.title for name, optimizer in OPTIMIZERS.items()},
    )
    momentum: float = setting(
        0.9,
        "Momentum",
        "SGD: the share of the last step that is taken once more; 0 for none.",
        "float",
        low=0.0,
        high=0.99,
        step=0.01,
        only=("optimizer", "sgd"),
    )
    weight_decay: float = setting(
        0.004,
        "Weight decay",
        "AdamW: the share by which each weight shrinks at a step of length 1, beside what is minimised.",
        "float",
        low=0.0,
        high=1.0,
        log=True,
        only=("optimizer", "adamw"),
    )
    l1: float = setting(
        0.0,
        "L1",
        "Penalty on weights that are not zero, added to the loss that is minimised. Makes many of them zero.",
        "float",
        low=0.0,
        high=0.1,
        log=True,
    )
    l2: float = setting(
        0.0,
        "L2",
        "Penalty on large weights, added to the loss that is minimised. Holds overfitting back.",
        "float",
        low=0.0,
        high=0.1,
        log=True,
    )
    seed: int = setting(
        0,
        "Seed",
        "Start of every random choice: the same recipe with the same seed gives the same run.",
        "int",
        low=0,
        high=2**31 - 1,
        in_name=False,
    )
    begin_from: str = setting(
        "",
        "Begins from",
        "A run and an epoch of it, whose weights are those to begin with; empty begins anew, with random ones.",
        "start",
        in_name=False,
    )
    mixed_precision: bool = setting(
        False,
        "Mixed precision",
        "Calculate in 16 bits where that is safe: faster on a recent GPU, refused on a CPU.",
        "bool",
        gpu=True,
    )
