"""A run -> `export.zip` in its folder: every form that agrees, and what is needed to use it and to train it again."""

import json
import shutil
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.data import cache
from core.data.catalogue import dataset
from core.data.dataset import Prepared
from core.errors import DataError, FitscopeError, RunError, TrainingError, as_words
from core.evaluation import evaluation
from core.export import begun_from, written
from core.export.checked import (
    CARRIED,
    COUNTED,
    FAILED,
    KerasProcess,
    Questions,
    check_network,
    check_predict,
    check_script,
)
from core.export.images import SHIPPED, Source, fingerprint, source
from core.export.notebook import notebook
from core.export.offered import FACTS, ZIP, Export, Form, check, is_same
from core.export.readme import readme
from core.export.reproduce import cells, script
from core.files import locked, write_json, write_whole
from core.inside import weights
from core.inside.converted import write_preprocessing
from core.network.at_epoch import asked_epoch
from core.network.classifier import preprocessing as preprocessing_of
from core.network.classifier import unreadable
from core.pictures import picture_file, preprocessing
from core.processes.interruption import settle
from core.processes.lean import lean
from core.progress import Progress
from core.runs.run import Run
from core.scratch import scratch
from core.training.convert import answers_on_the_cpu, single_precision
from core.training.prepare import prepare

if TYPE_CHECKING:
    import keras

ASKED_AT_ONCE = 2  # forms, beside what is written
Check = Callable[[], Form]
COMPANIONS = {
    "network.weights.h5": ("architecture.json",),
    "predict.py": ("picture_file.py", "preprocessing.py", "preprocessing.json", "classes.json"),
    "reproduce.py": ("reproduce.ipynb",),
}


@dataclass(frozen=True)
class _Work:
    """What all steps need: the run's network and images, the folder that becomes the zip, and who asks the forms."""

    run: Run
    epoch: int | None
    model: "keras.Model"
    splits: Prepared
    source: Source
    folder: Path
    progress: Progress
    keras: KerasProcess
    beside: ThreadPoolExecutor


def export(run: Run, progress: Progress, with_images: bool = False, epoch: int | None = None) -> Export:
    """Writes the zip of a run and its facts; what does not agree with Keras is left out, with the reason.

    epoch        whose network, of those that were kept, also while it trains; None: that which the run keeps
    with_images  the run's images go into the zip however many they are, where a script could not download them
    Imports Keras, on the CPU. Raises PeopleError, RunError, DataError, StorageError, TrainingError where none agrees.
    """
    epoch = asked_epoch(run, epoch)
    began_with = check(run, epoch)
    busy = RunError("Run {run} is being exported already; wait for that.", run=run.id)
    with locked(run.folder / "export.lock", 0.0, busy), scratch() as place:
        (place / "export").mkdir()
        # left in the other order: whoever still waits for Keras is told first that no answer comes
        with ThreadPoolExecutor(ASKED_AT_ONCE) as beside, KerasProcess(place / "export") as keras:
            splits = _splits(run, progress, epoch)
            write_preprocessing(run, splits)
            progress("Writing every form", 0.05)
            model = _load(run) if epoch is None else weights.network(run, epoch)
            given = source(run.config, splits)
            work = _Work(run, epoch, model, splits, given, place / "export", progress, keras, beside)
            forms = _fill(work)
        carries = carries_images(work.source, with_images)
        (work.folder / "README.txt").write_text(readme(run, forms, work.source, carries, epoch), "utf-8")
        progress("Packing", 0.95)
        packed = place / ZIP
        further = [work.source.file] if carries or work.source.file == "splits.npz" else []
        further += [begun_from.FILE] if (work.folder / begun_from.FILE).exists() else []
        _pack(packed, work.folder, forms, further)
        if not is_same(run, epoch, began_with):
            raise RunError("The network of run {run} was trained on meanwhile. Prepare it again.", run=run.id)
        settle()
        write_whole(run.folder / ZIP, lambda file: _copy(packed, file))
        images = work.source.bytes if carries else 0
        made = Export(run.id, time.time(), began_with, packed.stat().st_size, images, tuple(forms), epoch)
        write_json(run.folder / FACTS, made.as_dict())
        return made


def carries_images(source: Source, wanted: bool) -> bool:
    """Whether the zip holds the run's images: only those that nobody can download, and not too many unless asked."""
    return source.file == "images.npz" and (wanted or source.bytes <= SHIPPED)


def _splits(run: Run, progress: Progress, epoch: int | None) -> Prepared:
    """The images of the run, which must be the ones it was trained and tested on; raises DataError.

    epoch  whose network is taken away: the run may not have been tested yet
    """
    config = run.config
    if not cache.available(dataset(config.dataset)):
        raise DataError(
            "The images of {dataset} are not on this machine. Download them on the Images page.", dataset=config.dataset
        )
    splits = prepare(dataset(config.dataset), config, progress)
    rows = evaluation.read(run, "test").rows if epoch is None else (run.images or {}).get("test", np.empty(0))
    if not np.array_equal(splits.rows["test"], rows) or splits.version != run.history.start.get(
        "dataset_version", splits.version
    ):
        raise DataError(
            "The images of {dataset} are others than those run {run} was trained on. Put the former files back, or "
            "train its recipe again as a new run.",
            dataset=config.dataset,
            run=run.id,
        )
    return splits


def _load(run: Run) -> "keras.Model":
    """The network as the worker kept it; raises RunError where its file is damaged."""
    with written.quiet():
        with lean():
            import keras

        try:
            return keras.models.load_model(run.folder / "network.keras", compile=False)
        except Exception as error:  # Keras raises what its zip, its JSON and its HDF5 stumble on
            raise unreadable(run, error) from error


def _fill(work: _Work) -> list[Form]:
    """Writes everything and has each form asked meanwhile; those that do not agree say why."""
    whole = single_precision(work.model)
    questions = _questions(work, whole)
    _write_beside(work)
    calibration = _some(work.splits.train.images, written.CALIBRATION)[1]
    tried = []
    for place, (file, write) in enumerate(written.WRITERS.items()):
        work.progress("Writing every form and asking it", 0.1 + 0.7 * place / len(written.WRITERS))
        tried.append(_tried(work, file, lambda w=write, f=file: _network(work, whole, w, f, calibration, questions)))  # type: ignore[misc]
    work.progress("Trying the scripts", 0.8)
    tried.append(_tried(work, "predict.py", lambda: _predict(work, questions)))
    tried.append(_tried(work, "reproduce.py", lambda: _reproduce(work)))
    forms = [one.result() for one in tried]
    if not any(form.offered for form in forms if form.file in written.WRITERS):
        raise TrainingError(forms[0].template, **forms[0].values)
    return forms


def _tried(work: _Work, file: str, write: Callable[[], Check]) -> "Future[Form]":
    """The form, or why it is left out: whatever goes wrong with one does not keep the others.

    write  makes it, here: Keras is no matter for two threads; what it returns asks it, beside what is written next
    """
    try:
        return work.beside.submit(_asked, file, write())
    except Exception as error:  # a converter raises what it likes
        out: Future[Form] = Future()
        out.set_result(_left_out(file, error))
        return out


def _asked(file: str, check: Check) -> Form:
    try:
        return check()
    except Exception as error:  # a damaged form too
        return _left_out(file, error)


def _left_out(file: str, error: Exception) -> Form:
    if isinstance(error, FitscopeError):
        return Form(file, template=error.template, values=as_words(error.values))
    return Form(file, template=FAILED, values={"reason": f"{type(error).__name__}: {error}"[:300]})


def _network(
    work: _Work, model: "keras.Model", write: written.Write, file: str, images: np.ndarray, questions: Questions
) -> Check:
    with written.quiet():
        write(model, work.folder / file, images)
    return partial(check_network, file, work.folder, questions, work.keras)


def _predict(work: _Work, questions: Questions) -> Check:
    """On the first picture that the preprocessing leaves as it is, so that Keras has answered it already."""
    seen_as = preprocessing_of(work.run)
    for image, expected in zip(questions.images, questions.probabilities, strict=True):
        if np.array_equal(preprocessing.see(Image.fromarray(image.squeeze()), seen_as).pixels, image):
            return partial(check_predict, work.folder, image, expected)
    picture = Image.fromarray(questions.images[0].squeeze())
    with written.quiet():
        seen = preprocessing.see(picture, seen_as).pixels
        expected = answers_on_the_cpu(single_precision(work.model), seen[None])[0]
    return partial(check_predict, work.folder, questions.images[0], expected)


def _reproduce(work: _Work) -> Check:
    parts = cells(work.run, work.model, work.source, fingerprint(work.splits))
    (work.folder / "reproduce.py").write_text(script(parts), "utf-8")
    (work.folder / "reproduce.ipynb").write_text(notebook(parts), "utf-8")
    np.savez_compressed(work.folder / work.source.file, **work.source.arrays)  # type: ignore[arg-type]
    backbone = begun_from.arrays(work.run, work.model)
    if backbone:
        np.savez_compressed(work.folder / begun_from.FILE, **backbone)  # type: ignore[arg-type]
    return partial(check_script, work.folder, work.source.folder, work.model.count_params(), work.keras)


def _write_beside(work: _Work) -> None:
    """What goes with every network: names of classes, preprocessing, predict.py."""
    classes = work.run.history.start["classes"]
    (work.folder / "classes.json").write_text(json.dumps(classes, ensure_ascii=False, indent=1) + "\n", "utf-8")
    write_json(work.folder / "preprocessing.json", asdict(preprocessing_of(work.run)))
    for module in (picture_file, preprocessing):
        shutil.copy(str(module.__file__), work.folder)
    shutil.copy(CARRIED / "predict.py", work.folder / "predict.py")


def _questions(work: _Work, model: "keras.Model") -> Questions:
    """Test images drawn at random, and what Keras said of them when the run was tested.

    A GPU rounds more, and half precision far more: there Keras is asked anew, on the CPU in single precision; so is the
    network of another epoch.
    """
    rows, images = _some(work.splits.test.images, COUNTED)
    labels = np.asarray(work.splits.test.labels)[rows].astype(np.int64)
    if work.epoch is not None or model is not work.model or not work.run.history.start["device"].startswith("CPU"):
        return Questions(images, labels, answers_on_the_cpu(model, images))
    return Questions(images, labels, evaluation.read(work.run, "test").probabilities[rows])


def _some(images: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and images, at most so many, in an order of chance that is always the same."""
    rows = np.random.default_rng(0).permutation(len(images))[:most]
    sorted_rows = np.sort(rows)  # a memory map is read in its own order
    return rows, np.asarray(images[sorted_rows])[np.searchsorted(sorted_rows, rows)]


def _pack(path: Path, folder: Path, forms: list[Form], further: list[str]) -> None:
    names = ["README.txt", "classes.json", "preprocessing.json"]
    for form in forms:
        if form.offered:
            names += [form.file, *COMPANIONS.get(form.file, ()), *(further if form.file == "reproduce.py" else [])]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in dict.fromkeys(names):
            archive.write(folder / name, name)


def _copy(source: Path, target) -> None:  # type: ignore[no-untyped-def]
    with open(source, "rb") as file:
        shutil.copyfileobj(file, target)
