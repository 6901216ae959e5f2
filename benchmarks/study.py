"""Long benchmarks made of whole trainings: ordinary runs in a folder that is kept, so that nothing is trained twice.

FITSCOPE_RUNS names that folder. What was interrupted goes on where it was, and the report tells what has ended so far;
what has not is listed as missing.
"""

import dataclasses
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from core.evaluation.intervals import wilson
from core.experiments.measured import Measured, measured
from core.recipe.config import TrainingConfig
from core.runs.run import RESUMABLE, Run
from core.runs.store import RunStore

FOLDER = Path(__file__).resolve().parent
Recipes = Sequence[tuple[str, TrainingConfig]]


def recipe(**settings: Any) -> TrainingConfig:
    """A recipe as it is kept with its run; raises SettingError."""
    return TrainingConfig.from_dict(settings).pinned()


def train(recipes: Recipes) -> None:
    """Trains those that have no run yet, and goes on with those that were interrupted, one after the other."""
    store = RunStore()
    for name, one in recipes:
        run = _run_of(store, one)
        if run and measured(run):
            continue
        words = ["resume", run.id] if run and run.state in RESUMABLE else ["train", "--name", name, *_settings(one)]
        print(name, flush=True)
        subprocess.run([sys.executable, "-m", "core", *words], env=os.environ, check=True)


def found(recipes: Recipes) -> list[tuple[str, TrainingConfig, Measured | None]]:
    """What became of each; None where it has not ended."""
    store = RunStore()
    return [(name, one, measured(run) if (run := _run_of(store, one)) else None) for name, one in recipes]


def share(value: float, n: int) -> str:
    """A share with its 95 % interval and what it was counted on."""
    low, high = wilson(round(value * n), n)
    return f"{value:.4f} ({low:.3f}–{high:.3f}, n = {n:,})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """In Markdown; the first column is text, the others are numbers."""
    ruler = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ruler, *rows))


def tested(one: Measured) -> tuple[float, int]:
    """Test accuracy 0..1 and the number of test images."""
    result = (one.run.status.result if one.run.status else None) or {}
    return result["test_accuracy"], result["n_test"]


def over_seeds(name: str, recipe: TrainingConfig, seeds: Iterable[int]) -> list[tuple[str, TrainingConfig]]:
    """The same recipe with each seed."""
    return [(f"{name}, seed {seed}", dataclasses.replace(recipe, seed=seed)) for seed in seeds]


def mean(values: Iterable[float]) -> str:
    known = list(values)
    return f"{statistics.mean(known):.4f}" if known else "–"


def run(path: Path, recipes: Callable[[], Recipes], report: Callable[[], str]) -> None:
    """Trains what is missing, unless `report` is the only word of the command line; then writes the report."""
    if sys.argv[1:] != ["report"]:
        train(recipes())
    path.write_text(report(), "utf-8")


def _run_of(store: RunStore, recipe: TrainingConfig) -> Run | None:
    """The newest run of a recipe; one that has ended before one that has not."""
    same = [run for run in store.all() if not run.damage and run.config == recipe]
    return next((run for run in same if measured(run)), same[0] if same else None)


def _settings(recipe: TrainingConfig) -> list[str]:
    return [word for name, text in recipe.link().items() for word in ("--set", f"{name}={text}")]
