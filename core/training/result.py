"""What a training ends with: its network in two forms, its answers to all images, its figures."""

import sys
import traceback
from dataclasses import asdict
from typing import Any

import keras
import numpy as np

from core.data.catalogue import dataset
from core.evaluation.intervals import wilson
from core.files import read_arrays, write_arrays, write_json
from core.network.classifier import ESTIMATOR, NETWORK, PREPROCESSING
from core.network.estimator import Estimator
from core.pictures.ink import preprocessing
from core.runs.run import ENDED, EVALUATION, Run
from core.training.baselines.size import count
from core.training.convert import write_keras, write_litert
from core.training.loop import Trained, put
from core.training.scored import Scores, Stopped, evaluate

CHECKED_IMAGES = 64  # compared between Keras and LiteRT


def write_result(run: Run, trained: Trained, seconds: float) -> dict[str, Any]:
    """Evaluates the kept network on validation and test, writes it with its answers, returns the figures."""

    model, splits, asked = trained.model, trained.splits, trained.asked.splits
    assert splits.validation is not None
    assert asked.validation is not None
    scorer = trained.asked.scorer()
    val_loss, val_accuracy, validation = evaluate(scorer, asked.validation)
    last = (val_loss, val_accuracy) if trained.last is None else _of_the_last(trained, trained.last, scorer)
    test_loss, test_accuracy, probabilities = evaluate(scorer, asked.test)
    answers = {
        "validation_labels": np.asarray(splits.validation.labels),
        "validation_probabilities": validation,
        "test_labels": np.asarray(splits.test.labels),
        "test_probabilities": probabilities,
    }
    write_arrays(run.folder / EVALUATION, answers)
    spec = dataset(run.config.dataset)
    write_json(run.folder / PREPROCESSING, asdict(preprocessing(splits.validation.images, spec.fit, spec.white)))
    few = np.asarray(splits.test.images[:CHECKED_IMAGES])
    _write_network(run, model, few, probabilities[:CHECKED_IMAGES])  # last: it is what others look for
    n = len(splits.test)
    low, high = wilson(round(test_accuracy * n), n)
    return {
        "test_loss": test_loss,
        "test_accuracy": test_accuracy,
        "n_test": n,
        "interval": [low, high],
        "val_loss": val_loss,
        "val_accuracy": val_accuracy,
        "last_val_loss": last[0],
        "last_val_accuracy": last[1],
        "n_validation": len(splits.validation),
        "kept_epoch": trained.epoch,
        "epochs": trained.last_epoch,
        "parameters": count(model.fitted) if isinstance(model, Estimator) else model.count_params(),
        "seconds": seconds,
    }


def _write_network(run: Run, model: keras.Model | Estimator, few: np.ndarray, probabilities: np.ndarray) -> None:
    if isinstance(model, Estimator):
        model.write(run.folder / ESTIMATOR)
        return
    write_keras(model, run.folder / "network.keras")
    write_litert(model, run.folder / NETWORK, few, probabilities)


def _of_the_last(trained: Trained, weights: list[np.ndarray], scorer: Scores) -> tuple[float, float]:
    """Loss and accuracy of the last epoch on all validation images; the network is left as it was."""
    assert trained.asked.splits.validation is not None
    assert not isinstance(trained.model, Estimator)
    kept = [np.array(variable.numpy()) for variable in trained.model.variables]
    put(trained.model, weights)
    loss, accuracy, _ = evaluate(scorer, trained.asked.splits.validation)
    put(trained.model, kept)
    return loss, accuracy


def answer_training_images(run: Run, trained: Trained) -> None:
    """Adds the kept network's answers to all training images, labels as learnt, to those of the result.

    Comes after the result, which should not wait: 48,000 small images take 1 s with cnn_small, 8 s with cnn_batchnorm
    on 2 cores. The run has ended, so what goes wrong here is told in its log and changes nothing; a run that is to go
    on is let go of at once.
    """
    train, path = trained.asked.splits.train, run.folder / EVALUATION
    try:
        _, _, probabilities = evaluate(trained.asked.scorer(), train, lambda: run.state not in ENDED)
        answers = {"train_labels": np.asarray(train.labels), "train_probabilities": probabilities}
        answers |= read_arrays(path) or {}
        write_arrays(path, answers)
    except Stopped:
        print("The training images were not asked about: the run is to go on.", file=sys.stderr)
    except Exception:
        traceback.print_exc()
