"""One training in one process: `python -m core.training.worker` waits, Keras imported, for a run folder on its stdin.

A worker leads a session of its own, outlives the web server once it trains, and leaves when its stdin closes
before that. While it waits it also answers what only Keras knows: the layers and shapes of a network.
"""

import base64
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.backbones.chosen import resolved
from core.data.catalogue import dataset
from core.errors import FitscopeError, RunError, SettingError
from core.pictures.preprocessing import scaled
from core.processes.gpu_energy import GpuMeter
from core.processes.lean import lean
from core.processes.meter import Meter, memory
from core.processes.running import stand_back, started
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.runs import changes
from core.runs.recorder import Recorder
from core.runs.reports import Report
from core.runs.run import Run
from core.training.augmentation import augmenter, strengths
from core.training.device import gpu_memory
from core.training.layers import plan, question
from core.training.prepare import pictures
from core.training.trials.calibration import seconds_of_fit, seconds_per_image
from core.training.trials.rate_finder import sweep
from models.architecture import ImpossibleNetwork

LETTING_GO_SECONDS = 10.0  # a killed worker is seen as gone up to 0.2 s before its last thread lets go of the run


def main() -> None:
    """Imports Keras, says it is ready, then obeys JSON lines: {"describe": {...}} or {"run": folder}."""
    from core.training.device import device  # late, with the next: they import Keras

    with lean():
        _answer({"ready": True, "device": vars(device())})
        import core.training.loop  # noqa: F401  late, yet early: seconds that the first training need not wait for

    for line in sys.stdin:
        order = json.loads(line)
        if "describe" in order:
            _answer({"id": order.get("id"), **describe(order["describe"])})
        if "augment" in order:
            _answer({"id": order.get("id"), **augmented(order["augment"])})
        if "calibrate" in order:
            _answer({"id": order.get("id"), **calibrated(order["calibrate"])})
        if "sweep" in order:
            _answer({"id": order.get("id"), **swept(order["sweep"])})
        if "run" in order:
            stand_back()  # not before: on a crowded machine the form would wait minutes for the plan of a network
            sys.exit(_train_in_background(Run(Path(order["run"]))))


def describe(asked: dict[str, Any]) -> dict[str, Any]:
    """The plan of a network, or why it cannot be built: {"plan": …} or an error as JSON."""
    try:
        architecture = architectures.network(asked["architecture"])
        shape = tuple(asked["shape"])
        settings = resolved(asked["settings"])
        return {"plan": plan(architecture, shape, asked["classes"], settings).as_dict()}
    except ImpossibleNetwork as impossible:
        return SettingError(impossible.template, **impossible.values).as_json()
    except FitscopeError as error:
        return error.as_json()
    except Exception as error:  # out of memory, for one: the worker is still good for another question
        traceback.print_exc()
        return RunError("The network cannot be built ({reason}). Make it smaller.", reason=repr(error)).as_json()


def augmented(question: dict[str, Any]) -> dict[str, Any]:
    """Pictures as a recipe's augmentation would change them: {"pictures": base64 of uint8, "shape": …} or an error.

    question  {"recipe": values of a recipe, "rows": rows of the dataset, "seed": which changes}
    """
    try:
        config = TrainingConfig.from_dict(question["recipe"])
        images = pictures(dataset(config.dataset), config, np.array(question["rows"]))
        layers = augmenter(strengths(config), question["seed"])
        if layers:
            images = np.round(np.asarray(layers(scaled(images), training=True)) * 255).astype(np.uint8)
        return {"pictures": base64.b64encode(images.tobytes()).decode(), "shape": images.shape}
    except FitscopeError as error:
        return error.as_json()


def calibrated(recipe: dict[str, Any]) -> dict[str, Any]:
    """How fast the network of a recipe learns here, and what that takes, or an error.

    seconds  of a training step for each image
    memory   bytes of this process afterwards
    """

    def tried(config: TrainingConfig) -> dict[str, Any]:
        return {"seconds": _seconds(config), "memory": memory()}

    return _tried(recipe, tried)


def _seconds(config: TrainingConfig) -> float:
    if architectures.is_baseline(config.architecture):
        return seconds_of_fit(config)
    asked = question(config)
    return seconds_per_image(config, tuple(asked["shape"]), asked["classes"])


def swept(recipe: dict[str, Any]) -> dict[str, Any]:
    """The loss over longer and longer steps: the values of a `Sweep`, or an error."""
    return _tried(recipe, lambda config: vars(sweep(config)))


def _tried(recipe: dict[str, Any], what: Callable[[TrainingConfig], dict[str, Any]]) -> dict[str, Any]:
    try:
        return what(TrainingConfig.from_dict(recipe))
    except FitscopeError as error:
        return error.as_json()
    except Exception as error:  # out of memory, for one: the worker is still good for another question
        traceback.print_exc()
        return RunError("The network cannot be built ({reason}). Make it smaller.", reason=repr(error)).as_json()


def work(run: Run, listener: Any = None) -> int:
    """Trains a run to its end and writes all its files; returns the exit code: 0, or 1 when it failed.

    The caller holds the run and has noted the attempt.
    listener  a `Reporter` that hears everything too (the progress bar of the command line)
    """
    recorder = Recorder(run, _meter(run))

    def report(what: Report) -> None:
        recorder(what)
        if listener:
            listener(what)

    try:
        recorder.status("starting")
        _train_and_test(run, recorder, report)
        return 0
    except Exception as error:
        if isinstance(error, FitscopeError):
            print(error, file=sys.stderr)
        else:
            traceback.print_exc()
        recorder.status("failed", error)
        return 1


def _meter(run: Run) -> Callable[[], dict[str, Any]]:
    """What this process used since it was asked last."""
    meter, gpu = Meter(), GpuMeter()

    def read() -> dict[str, Any]:
        held = None if architectures.is_baseline(run.config.architecture) else gpu_memory()
        joules = gpu.joules()
        return {**meter.read(), "gpu_memory": held, "gpu_joules": None if held is None else joules}

    return read


def _train_and_test(run: Run, recorder: Any, report: Any) -> None:
    with lean():
        from core.training.baselines import train as baseline  # late, with the next: Keras
        from core.training.loop import train
        from core.training.scored import Stopped
    from core.training.result import answer_training_images, write_result

    began = time.time()
    last, best = recorder.snapshots()
    try:
        if architectures.is_baseline(run.config.architecture):
            trained = baseline.train(run.config, report, lambda: run.stop_asked)
        else:
            trained = train(run.config, report, lambda: run.stop_asked, last, best, lambda: changes.asked(run))
    except Stopped:
        recorder.status("stopped")
        return
    seconds = time.time() - began
    if trained.stopped:
        recorder.status("stopped")  # at once; the figures of the network so far follow
    result = write_result(run, trained, seconds)
    recorder.status("stopped" if trained.stopped else "finished", result=result)
    answer_training_images(run, trained)


def _train_in_background(run: Run) -> int:
    """This process belongs to the run from here on: what it prints goes into the run's log."""
    log = os.open(run.folder / "worker.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o666)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the dashboard does not end the training
    print(time.strftime("%Y-%m-%d %H:%M:%S"), "worker", os.getpid(), "trains", run.id, flush=True)
    try:
        with run.held(wait=LETTING_GO_SECONDS):
            if not _noted(run):
                run.note_attempt(os.getpid(), started(os.getpid()))
            return work(run)
    except FitscopeError as error:
        print(error, file=sys.stderr)
        return 1


def _noted(run: Run) -> bool:
    """Whether the last attempt is this process, as the scheduler notes it before the hand-over."""
    return bool(run.attempts) and run.attempts[-1]["pid"] == os.getpid()


def _answer(value: dict[str, Any]) -> None:
    print(json.dumps(value, default=str), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(_train_in_background(Run(Path(sys.argv[1]))))
    main()
