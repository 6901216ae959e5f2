"""What the process has loaded of which `forked` makes others: all that a training needs. Nothing is calculated yet."""

from core.processes.lean import lean

with lean():
    import core.commands.experiment
    import core.commands.train
    import core.training.device
    import core.training.loop
    import core.training.result  # noqa: F401
