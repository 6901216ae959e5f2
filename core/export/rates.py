"""The learning rate over a training, as lines of the script that trains it again."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.recipe.config import TrainingConfig
from core.recipe.learning_rate import varies
from core.training.patience import rate_monitor

Changes = Sequence[tuple[int, Mapping[str, Any]]]

HEAD = '''

def share(step):
    """What the learning rate is multiplied by in a step, which are counted from 0."""
    warm = {warmup} * STEPS
    if step < warm:
        return step / warm
    step, rest = step - warm, max(1, RATE_EPOCHS * STEPS - warm)
    {value}
'''

VALUES = {
    "constant": "return 1.0",
    "step": "return {config.step_factor} ** (step // ({config.step_epochs} * STEPS))",
    "cosine": "falling = (1 + math.cos(math.pi * min(1, step / rest))) / 2\n"
    "    return (1 - {config.final_share}) * falling + {config.final_share}",
    "one_cycle": "top, last = max(1, 0.3 * rest - 1), max(2, rest - 1)\n"
    "    start, end, done = (1 / 25, 1, step / top) if step <= top else (1, 4e-6, (step - top) / (last - top))\n"
    "    return end + (start - end) * (1 + math.cos(math.pi * min(1, done))) / 2",
}


def settings(config: TrainingConfig) -> list[str]:
    """The lines beside the other settings."""
    lines = []
    if varies(config):
        lines.append(f"RATE_EPOCHS = {config.epochs}  # over which the learning rate changes")
    if config.reduce_lr_patience:
        lines.append(f"RATE_PATIENCE = {config.reduce_lr_patience}  # epochs without improvement, then it is lowered")
    return lines


def before_the_steps(config: TrainingConfig, changes_made: Changes = ()) -> list[str]:
    """The function that the steps ask, and what a plateau counts."""
    lines = []
    if varies(config):
        value = VALUES[config.schedule].format(config=config)
        lines.append(HEAD.format(warmup=config.warmup_epochs, value=value))
        lines += ["", "STEPS = math.ceil(len(x_train) / BATCH_SIZE)"]
    if varies(config) or config.reduce_lr_patience or changes_made:
        lines.append("rate = LEARNING_RATE")
    if config.reduce_lr_patience:
        worst = "0" if _watched(config) == "accuracy" else 'float("inf")'
        lines.append(f"best_for_rate, stuck = {worst}, 0")
    return lines


def changed(config: TrainingConfig, changes_made: Changes) -> list[str]:
    """What somebody changed while it trained, at the beginning of an epoch; how many there are stands in EPOCHS."""
    lines = []
    for epoch, values in changes_made:
        if "learning_rate" in values:
            set_it = "" if varies(config) else "optimizer.learning_rate = "
            lines += [
                f"    if epoch == {epoch}:  # changed while it trained",
                f"        {set_it}rate = {values['learning_rate']}",
            ]
        if "early_stopping_patience" in values:
            lines += [f"    if epoch == {epoch}:", f"        PATIENCE = {values['early_stopping_patience']}"]
    return lines


def before_a_step(config: TrainingConfig) -> list[str]:
    if not varies(config):
        return []
    return ["        optimizer.learning_rate = rate * share((epoch - 1) * STEPS + start // BATCH_SIZE)"]


def after_an_epoch(config: TrainingConfig) -> list[str]:
    """Lowers the learning rate where the watched value stands still."""
    if not config.reduce_lr_patience:
        return []
    watched = _watched(config)
    better = "> best_for_rate + 1e-4" if watched == "accuracy" else "< best_for_rate - 1e-4"
    lines = ["    known, _ = score(x_train, y_train)"] if watched == "known" else []
    lines += [
        f"    if {watched} {better}:",
        f"        best_for_rate, stuck = {watched}, 0",
        "    else:",
        "        stuck += 1",
        "    if stuck == RATE_PATIENCE:",
        f"        rate, stuck = min(rate, max(rate * {config.reduce_lr_factor}, {config.min_learning_rate})), 0",
    ]
    return lines if varies(config) else [*lines, "        optimizer.learning_rate = rate"]


def _watched(config: TrainingConfig) -> str:
    """The name in the script of the value that has to stand still."""
    return {"val_loss": "loss", "val_accuracy": "accuracy", "loss": "known"}[rate_monitor(config)]
