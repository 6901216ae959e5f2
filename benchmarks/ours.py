"""Our worker with everything on: live events, scoring, checkpoints. Prints the seconds to the last checkpoint."""

import sys
import tempfile
import time
from pathlib import Path

import core.training.loop  # noqa: F401  imported before the clock starts, as Keras is in the peer
from core.data.cache import load
from core.data.catalogue import dataset
from core.recipe.config import TrainingConfig
from core.runs.recorder import Recorder
from core.runs.store import RunStore
from core.training.loop import train


def main(architecture: str, epochs: int) -> None:
    load(dataset("mnist"))
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        config = TrainingConfig(dataset="mnist", architecture=architecture, epochs=epochs, batch_size=64)
        run = RunStore(Path(folder)).create(config, queue=False)
        train(config, Recorder(run), lambda: run.stop_asked)
        print(time.perf_counter() - began)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
