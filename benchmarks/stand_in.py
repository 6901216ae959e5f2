"""A training for measurements that are not about training: multiplies matrices on all cores, reports as a worker does.

`python -m benchmarks.stand_in RUNS` makes a run in that folder, prints its id, and goes on until the run is stopped. It
needs no Keras and no images, and it stands back behind the server as a worker does.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np

from core.processes.running import stand_back, started
from core.recipe.config import TrainingConfig
from core.runs.recorder import Recorder
from core.runs.reports import EpochDone, Started, StepsDone
from core.runs.run import Run
from core.runs.store import RunStore

POINT_SECONDS = 0.08  # as in core/training/pace.py
EPOCH_SECONDS = 3.0  # of MNIST with a small network on two cores
SIDE = 384  # of the matrices: a multiplication takes 1 ms or two
EPOCHS = 10_000


def main(runs: Path) -> None:
    run = RunStore(runs).create(TrainingConfig(epochs=500), name="stand-in", queue=False)
    run.note_attempt(os.getpid(), started(os.getpid()))
    print(run.id, flush=True)
    stand_back()
    recorder = Recorder(run)
    recorder(beginning())
    for epoch in range(1, EPOCHS):
        if _epoch(run, recorder, epoch):
            break
    recorder.status("stopped")


def _epoch(run: Run, recorder: Recorder, epoch: int) -> bool:
    """Points for one epoch, then the epoch; True once the run was asked to stop."""
    matrix = np.random.default_rng(epoch).random((SIDE, SIDE), np.float32)
    began, step = time.monotonic(), 0
    while (here := time.monotonic()) - began < EPOCH_SECONDS:
        loss = 2.0 / epoch
        multiplied = 0
        while time.monotonic() - here < POINT_SECONDS:
            matrix @ matrix
            multiplied += 1
        step += multiplied
        recorder(StepsDone(epoch, step, 1, (loss,) * 10, (1 - loss / 3,) * 10, 64.0 * multiplied / POINT_SECONDS))
        if run.stop_asked:
            return True
    share = 1 - 0.6 / epoch
    recorder(EpochDone(epoch, 2.0 / epoch, share, 2.1 / epoch, share - 0.02, 1e-3, 3.0, True, snapshot))
    return False


def beginning() -> Started:
    """What a worker says before its first step."""
    counts = dict.fromkeys(("n_train", "n_scored", "n_validation", "n_held_back", "n_test"), 10_000)
    about = {
        "n_classes": 10,
        "baseline": 0.1,
        "classes": tuple("0123456789"),
        "dataset_version": "",
        "parameters": 122_000,
    }
    return Started(
        epochs=500, first_epoch=1, steps_per_epoch=900, **counts, **about, device="CPU", start=snapshot, images={}
    )


def snapshot() -> dict[str, np.ndarray]:
    """Of a network with three weights."""
    progress = '{"network": 1, "epoch": 1, "stopping": {"best_epoch": 1}}'
    return {"v0000": np.zeros(3, np.float32), "progress": np.array(progress)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
