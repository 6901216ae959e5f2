"""README.txt of an export: what each file is, how it is used, and what was checked."""

import textwrap
from collections.abc import Sequence
from typing import Any

from core.data.catalogue import dataset
from core.export.images import Source
from core.export.offered import Form
from core.folders import COMMAND
from core.recipe import architectures
from core.runs.run import Run

WIDTH = 100
FILES = {
    "network.keras": 'layers and weights in Keras\'s own format: keras.models.load_model("network.keras")',
    "network.tflite": "LiteRT in single precision, for telephones and small computers",
    "network-int8.tflite": "LiteRT with 8 bits for each weight and activation, a quarter of the size",
    "network.onnx": "ONNX in single precision, for onnxruntime and many other programs",
    "network.weights.h5": "the weights alone; the layers are in architecture.json",
    "predict.py": "names what is in a picture: python predict.py PICTURE",
    "reproduce.py": "trains the network again from scratch; reproduce.ipynb is the same as a notebook",
}
BESIDE = {
    "classes.json": "names of the classes, in the order of the network's answers",
    "preprocessing.json": "what the network's pictures look like; picture_file.py opens, preprocessing.py prepares",
}


def readme(run: Run, forms: Sequence[Form], source: Source, carries_images: bool, epoch: int | None = None) -> str:
    """The text; `forms` with those that are left out, which it names with their reasons.

    epoch  whose network it is; None for that which the run keeps, which was tested
    """
    config, status = run.config, run.status
    result = (status.result if status else None) or {}
    spec = dataset(config.dataset)
    title = f"{spec.title}, {architectures.get(config.architecture).title}"
    height, width, channels = _shape(run)
    paragraphs = [
        f"{title}\n{'=' * len(title)}",
        _wrapped(_about_network(run, result, epoch)),
        "    pip install numpy pillow ai-edge-litert\n    python predict.py photo.jpg",
        _wrapped(
            f"Every form takes images (n, {height}, {width}, {channels}), float32 from 0 (black) to 1, and gives "
            f"(n, {len(run.history.start['classes'])}) probabilities. preprocessing.py makes such images."
        ),
        "Files\n-----\n" + "\n".join(_files(forms, source, carries_images)),
        "Checked before it was put here\n------------------------------\n" + "\n".join(map(_checked, forms)),
    ]
    if carries_images:
        paragraphs.append("The images\n----------\n" + _wrapped(_about_images(run)))
    elif source.file == "images.npz":
        paragraphs.append(
            "The images\n----------\n" + _wrapped(MISSING.format(mb=source.bytes / 1e6, run=run.id, command=COMMAND))
        )
    return "\n\n".join(paragraphs) + "\n"


def _about_network(run: Run, result: dict[str, Any], epoch: int | None) -> str:
    """Whose network it is, and how good: of another epoch than the tested one what validation said."""
    own = result.get("kept_epoch")  # absent in runs from before it was written down
    if epoch is None:
        return f"Run {run.id} of Fitscope{f', network of epoch {own}' if own else ''}. It gets {_tested(result)}."
    history = run.history
    scored = next((one for one in history.epochs if one["epoch"] == epoch), None)
    how_good = (
        f"It got {scored['val_accuracy']:.2%} of {history.start['n_validation']:,} validation images right. "
        if scored
        else "It has not learnt anything yet. "
    )
    untested = (
        f"the network that the run keeps, of epoch {own}, gets {_tested(result)}. reproduce.py trains the whole run "
        "again, and keeps that one."
        if result
        else "the run had not ended when this was made. reproduce.py trains its recipe to the last epoch."
    )
    return f"Run {run.id} of Fitscope, network of epoch {epoch}. {how_good}It was not tested: {untested}"


def _tested(result: dict[str, Any]) -> str:
    low, high = result["interval"]
    return (
        f"{result['test_accuracy']:.2%} of {result['n_test']:,} test images right (95 % interval {low:.2%} to "
        f"{high:.2%}), loss {result['test_loss']:.4f}"
    )


MISSING = (
    "reproduce.py needs images.npz beside it: {mb:.0f} MB of pixels, which it cannot download, were too many to bring "
    "along. Where Fitscope has them: {command} export {run} --with-images"
)


def _shape(run: Run) -> tuple[int, int, int]:
    stored, size = dataset(run.config.dataset).shape, run.config.image_size
    return (size, size, stored[2]) if size else stored


def _files(forms: Sequence[Form], source: Source, carries_images: bool) -> list[str]:
    offered = {form.file for form in forms if form.offered}
    lines = [f"{name:20} {about}" for name, about in FILES.items() if name in offered]
    lines += [f"{name:20} {about}" for name, about in BESIDE.items()]
    if "reproduce.py" in offered and (carries_images or source.file == "splits.npz"):
        about = "the images of the run" if carries_images else "which image of the dataset is in which split"
        lines.append(f"{source.file:20} {about}, for reproduce.py")
    return lines


def _checked(form: Form) -> str:
    """One line of the table: each was loaded in a process that had nothing but this folder."""
    if not form.offered:
        return f"{form.file:20} left out: {form.reason}"
    if form.accuracy is not None:
        return (
            f"{form.file:20} {form.accuracy:.2%} right instead of {form.keras_accuracy:.2%}, on {form.n:,} test images"
        )
    if form.file == "reproduce.py":
        return f"{form.file:20} has the run's images and as many weights; the training was not repeated"
    images = "1 test image" if form.n == 1 else f"{form.n:,} test images"
    return f"{form.file:20} differs from Keras by {form.difference:.1e} at most, on {images}"


def _about_images(run: Run) -> str:
    spec = dataset(run.config.dataset)
    said = "images.npz holds the images of the run, because reproduce.py cannot download them."
    if spec.licence:
        said += f" {spec.licence}"
    if spec.faces or spec.folder:
        said += " Do not pass them on without asking those who took them and those who are on them."
    return said


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, WIDTH))
