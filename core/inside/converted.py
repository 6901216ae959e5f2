"""The network of a kept epoch written for `core.network`, so that pages, HTTP and the camera ask it without Keras."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from core.data.catalogue import dataset
from core.data.dataset import Prepared
from core.files import write_json
from core.inside import weights
from core.network import at_epoch
from core.network.classifier import PREPROCESSING
from core.pictures.ink import preprocessing
from core.progress import silent
from core.runs.run import Run

if TYPE_CHECKING:
    import keras

CHECKED = 16  # pictures of noise on which the file must agree with Keras


def make(run: Run, epoch: int, model: "keras.Model | None" = None) -> None:
    """Writes it where it is not there yet. Imports Keras, unless it is.

    model  the network of that epoch, where it is at hand
    Raises RunError where that epoch is not kept, TrainingError where the file does not agree, DataError, StorageError.
    """
    if at_epoch.is_made(run, epoch):
        return
    from core.training.convert import answers_on_the_cpu, write_litert  # late: Keras

    model = model or weights.network(run, epoch)
    noise = np.random.default_rng(0).integers(0, 256, (CHECKED, *model.input_shape[1:]), dtype=np.uint8)
    write_preprocessing(run)
    write_litert(model, at_epoch.path_of(run, epoch), noise, answers_on_the_cpu(model, noise))
    at_epoch.make_room(run)


def write_preprocessing(run: Run, splits: Prepared | None = None) -> None:
    """While it trains: what its worker writes at the end, of the same images.

    splits  its images, where they are at hand
    """
    from core.training.prepare import prepare  # late: only a run that goes on needs it

    if (run.folder / PREPROCESSING).exists():
        return
    spec = dataset(run.config.dataset)
    validation = (splits or prepare(spec, run.config, silent)).validation
    assert validation is not None
    write_json(run.folder / PREPROCESSING, asdict(preprocessing(validation.images, spec.fit, spec.white)))
