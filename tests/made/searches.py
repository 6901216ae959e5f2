"""A search step by step, as if its runs were trained: no queue, no Keras."""

from core.experiments import experiment as experiments
from core.experiments.experiment import Experiment
from core.experiments.growing import advance
from core.experiments.kind import kinds
from core.recipe.config import TrainingConfig
from core.runs.run import Run
from core.runs.store import RunStore
from tests.made.experiments import end

RECIPE = TrainingConfig(epochs=6)


def begin(store: RunStore, **options) -> Experiment:
    return experiments.start(store, kinds()["search"], RECIPE, {"trials": 6, **options}, "a search")


def now(store: RunStore) -> Experiment:
    """As it has grown by now."""
    return experiments.experiments(store)[0]


def last(store: RunStore) -> Run:
    """The run that was begun last."""
    return experiments.runs_of(store, now(store))[-1][1]


def whole(store: RunStore) -> Experiment:
    """Trains what is left, as if; a place decides how good it is."""
    while not now(store).done:
        at, run = experiments.runs_of(store, now(store))[-1]
        if run.state == "queued":
            end(run, 2 + int(1e4 * at["learning_rate"]) % 7)
        advance(store, now(store).id)
    return now(store)
