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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from core import processes
from core.data.catalogue import dataset
from core.errors import FitscopeError, RunError, as_words
from core.files import read_arrays, write_json, write_whole, writing_to
from core.recipe import architectures
from core.runs.reports import Report
from core.runs.store import ENDED, Run

LETTING_GO_SECONDS = 3.0  # a killed worker is seen as gone up to 0.2 s before its last thread lets go of the run
CHECKED_IMAGES = 64  # compared between Keras and LiteRT


def main() -> None:
    """Imports Keras, says it is ready, then obeys JSON lines: {"describe": {...}} or {"run": folder}."""
    processes.stand_back()
    from core.training.device import device

    _answer({"ready": True, "device": vars(device())})
    import core.training.loop  # noqa: F401  imported early: seconds that the first training need not wait for

    for line in sys.stdin:
        order = json.loads(line)
        if "describe" in order:
            _answer({"id": order.get("id"), **describe(order["describe"])})
        if "augment" in order:
            _answer({"id": order.get("id"), **augmented(order["augment"])})
        if "run" in order:
            sys.exit(_train_in_background(Run(Path(order["run"]))))


def describe(question: dict[str, Any]) -> dict[str, Any]:
    """The plan of a network, or why it cannot be built: {"plan": …} or {"error": template, "values": …}."""
    from core.training.layers import plan
    from models.architecture import ImpossibleNetwork

    try:
        architecture = architectures.get(question["architecture"])
        shape = tuple(question["shape"])
        return {"plan": plan(architecture, shape, question["classes"], question["settings"]).as_dict()}
    except (ImpossibleNetwork, FitscopeError) as error:
        return {"error": error.template, "values": error.values}
    except Exception as error:  # out of memory, for one: the worker is still good for another question
        traceback.print_exc()
        told = RunError("The network cannot be built ({reason}). Make it smaller.", reason=repr(error))
        return {"error": told.template, "values": told.values}


def augmented(question: dict[str, Any]) -> dict[str, Any]:
    """Pictures as a recipe's augmentation would change them: {"pictures": base64 of uint8, "shape": …} or an error.

    question  {"recipe": values of a recipe, "rows": rows of the dataset, "seed": which changes}
    """
    from core.recipe.config import TrainingConfig
    from core.training.augmentation import augmenter, strengths
    from core.training.prepare import pictures

    try:
        config = TrainingConfig.from_dict(question["recipe"])
        images = pictures(dataset(config.dataset), config, np.array(question["rows"]))
        layers = augmenter(strengths(config), question["seed"])
        if layers:
            images = np.round(np.asarray(layers(images.astype(np.float32) / 255, training=True)) * 255).astype(np.uint8)
        return {"pictures": base64.b64encode(images.tobytes()).decode(), "shape": images.shape}
    except FitscopeError as error:
        return {"error": error.template, "values": as_words(error.values)}


@contextmanager
def alone(run: Run, wait: float = 0.0) -> Iterator[None]:
    """Holds the run, so that no other process trains it; raises RunError when one does, StorageError.

    wait  seconds; a worker that was stopped still tests its network
    """
    lock = FileLock(run.folder / "lock")
    with writing_to(run.folder):
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise RunError("Run {run} is already being trained by another process; wait for it.", run=run.id) from None
    try:
        yield
    finally:
        lock.release()


def work(run: Run, listener: Any = None) -> int:
    """Trains a run to its end and writes all its files; returns the exit code: 0, or 1 when it failed.

    The caller holds the run (`alone`) and has noted the attempt.
    listener  a `Reporter` that hears everything too (the progress bar of the command line)
    """
    from core.runs.recorder import Recorder

    recorder = Recorder(run)

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


def _train_and_test(run: Run, recorder: Any, report: Any) -> None:
    from core.training.loop import Stopped, train

    began = time.time()
    last, best = recorder.snapshots()
    try:
        trained = train(run.config, report, lambda: run.stop_asked, last, best)
    except Stopped:
        recorder.status("stopped")
        return
    seconds = time.time() - began
    if trained.stopped:
        recorder.status("stopped")  # at once; the figures of the network so far follow
    result = test(run, trained, seconds)
    recorder.status("stopped" if trained.stopped else "finished", result=result)
    answer_training_images(run, trained)


def test(run: Run, trained: Any, seconds: float) -> dict[str, Any]:
    """Evaluates the kept network on validation and test, writes it with its answers, returns the figures."""
    from core.evaluation.intervals import wilson
    from core.network.classifier import NETWORK, PREPROCESSING
    from core.pictures.ink import preprocessing
    from core.training.convert import write_keras, write_litert
    from core.training.loop import evaluate
    from core.training.steps import Scorer

    model, splits = trained.model, trained.splits
    scorer = Scorer(model, splits.test.images.shape[1:])
    val_loss, val_accuracy, validation = evaluate(scorer, splits.validation)
    test_loss, test_accuracy, probabilities = evaluate(scorer, splits.test)
    answers = {
        "validation_labels": np.asarray(splits.validation.labels),
        "validation_probabilities": validation,
        "test_labels": np.asarray(splits.test.labels),
        "test_probabilities": probabilities,
    }
    write_whole(run.folder / "evaluation.npz", lambda file: np.savez(file, **answers))  # type: ignore[arg-type]
    write_keras(model, run.folder / "network.keras")
    few = np.asarray(splits.test.images[:CHECKED_IMAGES])
    fit = dataset(run.config.dataset).fit
    write_json(run.folder / PREPROCESSING, asdict(preprocessing(splits.validation.images, fit)))
    write_litert(model, run.folder / NETWORK, few, probabilities[:CHECKED_IMAGES])  # last: it is what others look for
    n = len(splits.test)
    low, high = wilson(round(test_accuracy * n), n)
    return {
        "test_loss": test_loss,
        "test_accuracy": test_accuracy,
        "n_test": n,
        "interval": [low, high],
        "val_loss": val_loss,
        "val_accuracy": val_accuracy,
        "n_validation": len(splits.validation),
        "kept_epoch": trained.epoch,
        "epochs": trained.last_epoch,
        "parameters": model.count_params(),
        "seconds": seconds,
    }


def answer_training_images(run: Run, trained: Any) -> None:
    """Adds the kept network's answers to all training images, labels as learnt, to those of `test`.

    Comes after the result, which should not wait: 48,000 small images take 1 s with cnn_small, 8 s with cnn_batchnorm
    on 2 cores. The run has ended, so what goes wrong here is told in its log and changes nothing; a run that is to go
    on is let go of at once.
    """
    from core.training.loop import Stopped, evaluate
    from core.training.steps import Scorer

    train, path = trained.splits.train, run.folder / "evaluation.npz"
    try:
        scorer = Scorer(trained.model, train.images.shape[1:])
        _, _, probabilities = evaluate(scorer, train, lambda: run.state not in ENDED)
        answers = {"train_labels": np.asarray(train.labels), "train_probabilities": probabilities}
        answers |= read_arrays(path) or {}
        write_whole(path, lambda file: np.savez(file, **answers))  # type: ignore[arg-type]
    except Stopped:
        print("The training images were not asked about: the run is to go on.", file=sys.stderr)
    except Exception:
        traceback.print_exc()


def _train_in_background(run: Run) -> int:
    """This process belongs to the run from here on: what it prints goes into the run's log."""
    log = os.open(run.folder / "worker.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o666)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the dashboard does not end the training
    print(time.strftime("%Y-%m-%d %H:%M:%S"), "worker", os.getpid(), "trains", run.id, flush=True)
    try:
        with alone(run, LETTING_GO_SECONDS):
            if not _noted(run):
                run.note_attempt(os.getpid(), processes.started(os.getpid()))
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
