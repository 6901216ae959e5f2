"""Experiments whose runs have ended, with answers as good as wanted, without training anything."""

from collections.abc import Sequence

from core.evaluation.evaluation import read
from core.experiments import experiment as experiments
from core.experiments.experiment import Experiment
from core.experiments.kind import At, kinds
from core.files import read_json, write_json
from core.recipe.config import TrainingConfig
from core.runs.run import Run
from core.runs.store import RunStore
from tests.made.runs import answer_wrongly, lead, make_run, take

BOTH = ("validation", "test")


def ended(store: RunStore, every: int, config: TrainingConfig | None = None) -> Run:
    """A finished run that takes every so-manieth validation image for another, and says so in its result."""
    return answered(make_run(store, "finished", config, answered=BOTH), every)


def end(run: Run, every: int) -> Run:
    """The same of a run that waits in the queue."""
    take(run)
    lead(run, "finished", answered=BOTH)
    return answered(run, every)


def answered(run: Run, every: int) -> Run:
    """A finished run, with other answers."""
    answer_wrongly(run, every)
    right = (answers := read(run, "validation")).predicted == answers.labels
    status = read_json(run.folder / "status.json")
    status["result"] |= {"val_accuracy": float(right.mean()), "n_validation": len(right)}
    write_json(run.folder / "status.json", status)
    return run


def made_of(store: RunStore, kind: str, runs: Sequence[tuple[At, Run]], name: str = "a question") -> Experiment:
    """An experiment of those runs."""
    spec = kinds()[kind]
    recipe = runs[0][1].config if runs else TrainingConfig()
    places = tuple((at, run.id) for at, run in runs)
    made = Experiment("20261126-000000-abcdef", kind, name, 1.0, recipe, spec.chosen({}), places)
    experiments.restore(store, made)
    return made
