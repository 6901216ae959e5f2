"""What a frozen backbone makes of the images, worked out once: the epochs then train the layers behind it alone.

Its answer to a picture never changes, so it is asked once for each; kept on the disk, the next run need not ask.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import SPLITS, Images, Prepared
from core.errors import N_
from core.files import write_whole, writing_to
from core.folders import data_folder
from core.progress import Progress
from models.transfer import FEATURES

if TYPE_CHECKING:
    import keras

LOOKING = N_("Looking at the images with the backbone")
KEPT_BYTES = 512 * 10**6  # on the disk, of all runs together: 100,000 images of 1,280 features
MADE = "1"  # changes whenever other code would make other features of the same images


@dataclass(frozen=True)
class Asked:
    """What is trained and scored: the network on the images, or what lies behind its frozen backbone on features.

    model   shares its layers with the whole network
    splits  of features where `images` are (n, units) float32
    """

    model: "keras.Model"
    splits: Prepared

    @property
    def shape(self) -> tuple[int, ...]:
        return self.splits.train.images.shape[1:]

    @property
    def dtype(self) -> str:
        return self.splits.train.images.dtype.name

    def scorer(self) -> Any:
        """A `Scorer` of it."""
        from core.training.steps import Scorer  # late: it imports TensorFlow

        return Scorer(self.model, self.shape, self.dtype)


def asked(model: "keras.Model", splits: Prepared, progress: Progress) -> Asked:
    """The part of a network that learns, with what it gets: all of it unless there is a backbone that is frozen.

    progress  may raise, which ends the work: nothing is kept then
    Raises StorageError where the features cannot be kept.
    """
    parts = _halves(model)
    if parts is None:
        return Asked(model, splits)
    backbone, head = parts
    total = sum(len(getattr(splits, split)) for split in SPLITS)
    done, own = 0, _fingerprint(backbone)
    made: dict[str, Any] = {}
    for split in SPLITS:
        part: Images = getattr(splits, split)

        def report(seen: int, done: int = done) -> None:
            progress(LOOKING, (done + seen) / total)

        made[split] = Images(_features(backbone, own, part.images, report), part.labels)
        done += len(part)
    return Asked(head, replace(splits, **made))


def body(model: "keras.Model") -> list[Any]:
    """The layers up to the features; none where the network has no backbone."""
    names = [layer.name for layer in model.layers]
    return model.layers[: names.index(FEATURES) + 1] if FEATURES in names else []


def fine_tuned(model: "keras.Model") -> list[Any]:
    """The variables of a backbone that go on learning; none where there is no backbone or it is frozen."""
    return [variable for layer in body(model) for variable in layer.trainable_variables]


def frozen(model: "keras.Model") -> list[int]:
    """The positions, among the network's variables, of a backbone's that nothing changes; none without a backbone."""
    still = {id(variable) for layer in body(model) if not layer.trainable for variable in layer.variables}
    return [position for position, variable in enumerate(model.variables) if id(variable) in still]


def _halves(model: "keras.Model") -> tuple["keras.Model", "keras.Model"] | None:
    """The frozen backbone and what lies behind it, a row of layers; None where nothing is frozen."""
    import keras

    layers = body(model)
    if not layers or fine_tuned(model):
        return None
    x = features = keras.Input(layers[-1].output.shape[1:])
    for layer in model.layers[len(layers) :]:
        x = layer(x)
    return keras.Model(model.inputs[0], layers[-1].output), keras.Model(features, x)


def _features(body: "keras.Model", own: str, images: np.ndarray, report: Callable[[int], None]) -> np.ndarray:
    """(n, units) float32 of images (n, height, width, channels) uint8, from the disk where they were made before."""
    path = _place(own, images)
    kept = _read(path, (len(images), body.output_shape[-1]))
    if kept is not None:
        report(len(images))
        return kept
    made = _made(body, images, report)
    _keep(path, made)
    return made


def _made(body: "keras.Model", images: np.ndarray, report: Callable[[int], None]) -> np.ndarray:
    from core.training.steps import Extractor  # late: it imports TensorFlow

    extractor = Extractor(body, images.shape[1:])
    made = np.empty((len(images), body.output_shape[-1]), np.float32)
    for start in range(0, len(images), extractor.batch):
        report(start)
        rows = slice(start, start + extractor.batch)
        made[rows] = extractor.features(np.asarray(images[rows]))
    report(len(images))
    return made


def _fingerprint(body: "keras.Model") -> str:
    """Of the layers and all their weights: what the features of a picture depend on beside it."""
    digest = hashlib.sha256(MADE.encode())
    for layer in body.layers:
        digest.update(f"{type(layer).__name__} {layer.output.shape} {layer.compute_dtype}".encode())
    for variable in body.variables:
        digest.update(np.ascontiguousarray(variable.numpy()).data)
    return digest.hexdigest()


def _place(own: str, images: np.ndarray) -> Path:
    digest = hashlib.sha256(f"{own} {images.shape}".encode())
    digest.update(np.ascontiguousarray(images).data)
    return _home() / f"{digest.hexdigest()[:32]}.npy"


def _home() -> Path:
    return data_folder() / ".features"


def forget() -> None:
    """Removes those of all images, where some are to be gone for good: nothing tells of which they were.

    Raises StorageError.
    """
    for path in _home().glob("*"):
        with writing_to(path):
            path.unlink(missing_ok=True)


def _read(path: Path, shape: tuple[int, int]) -> np.ndarray | None:
    """None where they are not kept, or damaged."""
    try:
        kept = np.load(path, allow_pickle=False)
        path.touch()  # used last
    except (OSError, ValueError, EOFError):
        return None
    return kept if kept.shape == shape and kept.dtype == np.float32 and np.isfinite(kept).all() else None


def _keep(path: Path, made: np.ndarray) -> None:
    """Writes them and lets go of those that were used longest ago; what is larger than all the room is not kept."""
    if made.nbytes > KEPT_BYTES:
        return
    with writing_to(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        others = sorted(path.parent.glob("*.npy"), key=lambda one: one.stat().st_mtime, reverse=True)
        room = KEPT_BYTES - made.nbytes
        for other in others:
            room -= other.stat().st_size
            if room < 0:
                other.unlink(missing_ok=True)
    content = io.BytesIO()
    np.save(content, made, allow_pickle=False)
    write_whole(path, lambda file: file.write(content.getbuffer()))
