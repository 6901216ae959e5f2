"""Runs that kept a diary of their training images, with answers as wanted, without training anything."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from core.recipe.config import TrainingConfig
from core.runs import diary
from core.runs.recorder import Recorder
from core.runs.run import Run
from core.runs.store import RunStore
from tests.made import by_name
from tests.made.runs import epoch_done, make_run, started_report

NOISY = TrainingConfig(epochs=12, train_images=60, label_noise=0.4)


def kept(store: RunStore, said: np.ndarray, config: TrainingConfig = NOISY, answered: Sequence[str] = ("test",)) -> Run:
    """A finished run that said this of its training images, (epochs, n) classes."""
    run = make_run(store, "finished", config, epochs=len(said), answered=answered)
    for epoch, answers in enumerate(said, start=1):
        diary.write(run.folder, epoch, answers.astype(diary.kind(10)))
    return run


def going_on(store: RunStore, said: np.ndarray, config: TrainingConfig = NOISY) -> Run:
    """A run that trains, and has said this after its epochs so far."""
    run = make_run(store, "running", config, epochs=0)
    recorder = Recorder(run)
    recorder(started_report(config, by_name.of(config)))
    for epoch, answers in enumerate(said, start=1):
        recorder(dataclasses.replace(epoch_done(epoch), said=answers.astype(diary.kind(10))))
    return run


def by_heart(config: TrainingConfig = NOISY, epochs: int = 6) -> np.ndarray:
    """Answers of a network that first finds the true labels, and then learns the changed ones, one after the other.

    Of the images with a right label the first is never right, the second is forgotten twice, the third is right from
    the last epoch on, all others always. Of the k changed ones, sorted, the first is told its wrong label from epoch 2
    on, the second from epoch 3 on, and so forth; those that are left get the true label to the end.
    """
    prepared = by_name.of(config)
    labels, true, changed = np.asarray(prepared.train.labels), prepared.true_labels, prepared.changed
    said = np.tile(true, (epochs, 1))
    for at, image in enumerate(changed):
        said[at + 1 :, image] = labels[image]
    never, forgotten, late = np.setdiff1d(np.arange(len(labels)), changed)[:3]
    said[:, never] = (true[never] + 1) % 10
    said[[1, 3], forgotten] = (true[forgotten] + 1) % 10
    said[:-1, late] = (true[late] + 1) % 10
    return said
