"""How long experiments take: the default of each kind, several runs at once, and how far predictions are off.

`python -m benchmarks.experiments defaults [KIND …] | packed | predicted`, where nobody else works, or with the CPU
seconds of all their processes in view.
"""

import contextlib
import dataclasses
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from core.experiments.expected import calibrate, expected
from core.experiments.kind import Cell, kinds
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from core.training.trials.calibration import SECONDS
from core.training.worker import calibrated, describe, work

PAIRS = 2
LOOK_SECONDS = 0.2
SEVERAL = {
    "digits, softmax": ("architecture=softmax",),
    "digits, cnn_small": ("architecture=cnn_small",),
    "digits, cnn_batchnorm": ("architecture=cnn_batchnorm", "epochs=5"),
    "3,000 of fashion_mnist, cnn_small": (
        "dataset=fashion_mnist",
        "architecture=cnn_small",
        "train_images=3000",
        "epochs=3",
    ),
}
NETWORKS = ("softmax", "mlp_dropout", "cnn_small", "cnn_batchnorm")  # those that take digits of 8×8
EPOCHS = 8


@dataclass(frozen=True)
class Took:
    """seconds by the clock, the start of the command included; CPU seconds of all its processes together."""

    seconds: float
    calculated: float


def asked(*words: str, **environment: str) -> Took:
    """One experiment on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        command = subprocess.Popen(
            [sys.executable, "-m", "core", "experiment", *words],
            env={**os.environ, "FITSCOPE_NICE": "0", "FITSCOPE_RUNS": folder, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        calculated = _calculated(command)
        if command.returncode:
            raise subprocess.CalledProcessError(command.returncode, command.args)
        return Took(time.perf_counter() - began, calculated)


def _calculated(command: subprocess.Popen) -> float:
    """CPU seconds of a command and what it begins, as last seen of each: nobody waits for those that are forked."""
    used: dict[psutil.Process, float] = {}
    whole = psutil.Process(command.pid)
    while command.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            for one in (whole, *whole.children(recursive=True)):
                used[one] = sum(one.cpu_times()[:2])
        time.sleep(LOOK_SECONDS)
    return sum(used.values())


def defaults(names: Sequence[str]) -> None:
    for name in names or kinds():
        took = asked(name)
        runs = len(kinds()[name].cells(TrainingConfig(), {}))
        print(f"{name}: {runs} runs, {took.seconds:.0f} s, CPU {took.calculated:.0f} s", flush=True)


def packed() -> None:
    """The same six runs one at a time, two at a time, and as the queue decides, in turns."""
    for name, settings in SEVERAL.items():
        words = ["seeds", "--with", "seeds=6", *(word for setting in settings for word in ("--set", setting))]
        for _pair in range(PAIRS):
            alone, two = (asked(*words, FITSCOPE_WORKERS=workers).seconds for workers in "12")
            decided = asked(*words).seconds
            print(
                f"{name}: one at a time {alone:.0f} s, two {two:.0f} s ({alone / two:.2f}×), "
                f"as decided {decided:.0f} s ({alone / decided:.2f}×)",
                flush=True,
            )


def predicted() -> None:
    """An epoch of each network, predicted from the smallest and the largest, then trained."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        recipes = {name: TrainingConfig(architecture=name, epochs=EPOCHS) for name in NETWORKS}
        began = time.perf_counter()
        calibrate(store, [Cell({}, recipe) for recipe in recipes.values()], _ask)
        print(f"calibrated in {time.perf_counter() - began:.0f} s, {SECONDS:g} s of steps each")
        guesses = {name: _epoch(store, recipe) for name, recipe in recipes.items()}
        for name, recipe in recipes.items():
            run = store.create(recipe, queue=False)
            with run.held():
                work(run)
            ends = run.history.column("at")
            epoch = statistics.median(later - sooner for sooner, later in itertools.pairwise(ends))
            off = guesses[name] / epoch - 1
            print(
                f"{name}: {1000 * epoch:.0f} ms an epoch, predicted {1000 * guesses[name]:.0f} ms, {off:+.0%}",
                flush=True,
            )


def _ask(question: dict[str, Any]) -> dict[str, Any]:
    return describe(question["describe"]) if "describe" in question else calibrated(question["calibrate"])


def _epoch(store: RunStore, recipe: TrainingConfig) -> float:
    one, two = (expected(store, [Cell({}, dataclasses.replace(recipe, epochs=n))]).seconds for n in (1, 2))
    assert one is not None
    assert two is not None
    return two - one


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["defaults", *names]:
            defaults(names)
        case [what]:
            {"packed": packed, "predicted": predicted}[what]()
