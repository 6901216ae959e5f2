"""What all viewers share: the runs and their curves, samples of the datasets, the evaluation of a run."""

import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from core.data import cache, catalogue, imported, versions
from core.data.dataset import Dataset, Images, Splits
from core.data.statistics import Statistics
from core.data.statistics import read as read_statistics
from core.data.statistics import statistics as count
from core.data.statistics import write as write_statistics
from core.errors import DataError, FitscopeError, RunError
from core.evaluation.evaluation import Evaluation, Split, after_epoch
from core.evaluation.evaluation import read as read_evaluation
from core.files import read_arrays, read_json
from core.network.classifier import Classifier, network_file
from core.network.predict import loaded
from core.recipe import architectures
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.setting import as_text
from core.runs.history import History
from core.runs.index import Row, index, recipe_mark
from core.runs.run import EVALUATION, Run
from core.runs.store import RunStore
from core.training import prepare
from dashboard import choices
from dashboard.charts import pictures
from dashboard.words import _, as_named, class_words, in_digits, in_markdown, say


def store() -> RunStore:
    """The folder of runs; made anew each time, since it holds nothing but a path."""
    return RunStore()


def history(run: Run) -> History:
    """The curves of a run, up to the newest whole line; parsed once for all viewers."""
    shared = _history(str(run.folder))
    shared.update()
    return shared


@st.cache_resource(max_entries=200, show_spinner=False)
def _history(folder: str) -> History:
    return History(Path(folder) / "events.jsonl")


def splits(dataset: Dataset, version: str = "") -> Splits:
    """A dataset, memory-mapped; raises DataError when its files are damaged or not here: a page must not download."""
    if not cache.available(dataset):
        raise DataError(
            "The images of {dataset} are not on this machine. Download them on the Images page.", dataset=dataset.name
        )
    return _splits(dataset, dataset.name, version, dataset.version)


def base_splits(dataset: Dataset) -> Splits:
    """The images of a dataset without edits, as the rows of findings and of `Prepared` count them."""
    return splits(dataset, versions.original(dataset))


@st.cache_resource(max_entries=16, show_spinner=False)
def _splits(_dataset: Dataset, name: str, version: str, base: str) -> Splits:
    return cache.load(_dataset, version=version)


def parts(dataset: Dataset, version: str = "") -> list[str]:
    """The splits a dataset has: training, validation where some are published, test."""
    return [split for split, _part in splits(dataset, version).items()]


def sources(dataset: Dataset) -> dict[str, imported.Sources]:
    """Where the pictures of an imported dataset came from, by split."""
    return _sources(dataset.name, dataset.version)


@st.cache_resource(max_entries=8, show_spinner=False)
def _sources(name: str, base: str) -> dict[str, imported.Sources]:
    return imported.read_sources(name)


def statistics(dataset: Dataset, version: str, split: str) -> Statistics:
    """Counts, mean images and brightness of a split; worked out once, when its images are read."""
    return _statistics(dataset, dataset.name, version, split, cache.content(dataset, version))


@st.cache_resource(max_entries=64, show_spinner=False)
def _statistics(_dataset: Dataset, name: str, version: str, split: str, content: str) -> Statistics:
    path = cache.folder(_dataset, version) / f"statistics-{split}.npz"
    counted = read_statistics(path)
    if counted is None:
        part = getattr(splits(_dataset, version), split)
        counted = count(part, len(cache.classes(_dataset, version)))
        write_statistics(path, counted)
    return counted


def stored_pictures(config: TrainingConfig, rows: np.ndarray) -> np.ndarray:
    """The images of a recipe's dataset by their row in it; raises DataError where the dataset is not here."""
    dataset = catalogue.dataset(config.dataset)
    splits(dataset)
    return prepare.pictures(dataset, config, rows)


def counts(config: TrainingConfig) -> dict[str, list[int]] | None:
    """split -> images of each class that a recipe would use; None while its dataset has not been read.

    Raises DataError, SettingError where the recipe asks for what the dataset cannot give.
    """
    dataset, recipe = catalogue.dataset(config.dataset), config.pinned()
    try:
        content = cache.content(dataset, recipe.dataset_version)
    except DataError:
        return None
    return _counts(dataset, recipe, content, {**recipe.of("images"), "seed": recipe.seed})


@st.cache_data(max_entries=200, show_spinner=False)
def _counts(_dataset: Dataset, _recipe: TrainingConfig, content: str, settings: dict) -> dict[str, list[int]]:
    return prepare.counts(_dataset, _recipe)


def problem(dataset: Dataset) -> FitscopeError | None:
    """What keeps the images of a dataset from being shown, or None."""
    try:
        samples(dataset)
    except FitscopeError as error:
        return error
    return None


def samples(dataset: Dataset) -> Images:
    """One training image of each class, in the order of the classes."""
    return _samples(dataset, dataset.name, dataset.version)


@st.cache_resource(max_entries=32, show_spinner=False)
def _samples(_dataset: Dataset, name: str, base: str) -> Images:
    train = splits(_dataset).train
    labels = np.asarray(train.labels)
    first = [int(np.flatnonzero(labels == label)[0]) for label in np.unique(labels)]
    return Images(np.asarray(train.images[first]), labels[first])


def classifier(run: Run) -> Classifier:
    """The network of a run, the same in memory for all viewers and for HTTP; raises RunError."""
    return loaded(run)


def has_network(run: Run) -> bool:
    """Whether its network can be asked."""
    return network_file(run) is not None


def was_tested(run: Run) -> bool:
    """Whether its answers are written down."""
    return (run.folder / EVALUATION).exists()


def evaluation(run: Run, split: Split, epoch: int | None = None) -> Evaluation:
    """The answers of a run, of its kept network or after an epoch, read once for all viewers; raises RunError."""
    kept = _evaluation(str(run.folder), split, (run.folder / EVALUATION).stat().st_mtime_ns)
    return after_epoch(run, epoch, kept) if epoch else kept


@st.cache_resource(max_entries=12, show_spinner=False)
def _evaluation(folder: str, split: Split, changed: int) -> Evaluation:
    return read_evaluation(Run(Path(folder)), split)


def chosen_run() -> Run | None:
    """The run in view, if it still exists and can be read."""
    name = choices.run_id()
    if not name:
        return None
    try:
        run = store().get(name)
    except RunError:  # its own words are for a terminal
        words = _("There is no run called {run} here: it was deleted, or its name is misspelt.", run=in_markdown(name))
        st.warning(f"{words} {_('Choose another on *Runs*.')}", icon=":material/search_off:")
        choices.choose_run(None)
        return None
    damage = run.damage
    if damage:
        st.warning(say(damage), icon=":material/broken_image:")
        choices.choose_run(None)
        return None
    return run


def newest_of(config: TrainingConfig) -> Run | None:
    """The newest finished run of exactly this recipe; looked for again when any run has changed."""
    where = store()
    return _newest_of(where, recipe_mark(config), where.signs() or (time.time_ns(), 0))


@functools.lru_cache(64)
def _newest_of(where: RunStore, recipe: str, _signs: tuple[int, int]) -> Run | None:
    listed = index(where.folder)
    wanted = (recipe, "finished")
    return next(
        (run for run in where.all() if (row := listed.row(run, False)) and (row.recipe, row.state) == wanted), None
    )


def row(run: Run) -> Row:
    """What lists say of a run: read once while its files stay as they are."""
    return index(run.folder.parent).row(run, thorough=False)


def rows() -> Mapping[str, Row]:
    """id -> what lists say of each run; looked at again when one has changed. Figures of active ones may be behind."""
    where = store()
    return _rows(where, where.signs() or (time.time_ns(), 0))


@functools.lru_cache(2)
def _rows(where: RunStore, _signs: tuple[int, int]) -> Mapping[str, Row]:
    listed = index(where.folder)
    return {run.id: listed.row(run, thorough=False) for run in where.all()}


def waiting() -> list[str]:
    """The ids of the queued runs, the next one first; read at most once a second for all who wait."""
    return _waiting(str(store().folder))


@st.cache_data(ttl=1.0, max_entries=4, show_spinner=False)
def _waiting(folder: str) -> list[str]:
    return [run.id for run in RunStore(Path(folder)).queue()]


def recipe(run: Run) -> TrainingConfig | None:
    """The recipe of a run, which never changes, so it is read once; None for a damaged run."""
    try:
        return _read_recipe(str(run.folder))
    except RunError:
        return None


def is_readable(run: Run) -> bool:
    """Whether its recipe can be read; asked of many runs at every rerun, so a good one is read once."""
    return row(run).recipe != ""


@st.cache_resource(max_entries=2000, show_spinner=False)
def _read_recipe(folder: str) -> TrainingConfig:
    return Run(Path(folder)).config


def dataset_of(run: Run) -> str | None:
    """The name of the dataset a run needs, also where its recipe cannot be read because the dataset is gone."""
    named = read_json(run.folder / "config.json").get("dataset")
    return named if isinstance(named, str) else None


def run_labels(runs: list[Run]) -> dict[str, str]:
    """run id -> its name; the second of the same name, by age, is "name (2)": a selectbox tells options by their text.

    runs  the newest first
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    places: dict[str, int] = {}
    for run in reversed(runs):
        own = name = row(run).name
        while name in taken:
            places[own] = places.get(own, 1) + 1
            name = f"{own} ({places[own]})"
        taken.add(name)
        names[run.id] = name
    return {run.id: names[run.id] for run in runs}


def run_name(config: TrainingConfig) -> str:
    """What a run is called until someone renames it: its dataset, its architecture, and what is special."""
    special = [
        f"{_(SETTINGS[name].title)} {in_digits(value) if isinstance(value, float) else as_text(value)}"
        for name, value in config.changes().items()
        if SETTINGS[name].in_name
    ]
    title = as_named(config.dataset, catalogue.dataset(config.dataset).title)
    parts = [title, _(architectures.get(config.architecture).title), *special[:2]]
    return " · ".join(parts)


def sample_strip(dataset: Dataset) -> str:
    """One image of each class, enlarged, with its name."""
    shown = samples(dataset)
    words = class_words(dataset.name, [dataset.classes[label] for label in shown.labels])
    return pictures.wall(shown.images, words, words)


@dataclass(frozen=True)
class Gallery:
    """Some test images with what the network said: `sure` is the probability of its answer."""

    images: np.ndarray
    labels: np.ndarray
    predicted: np.ndarray
    sure: np.ndarray


def gallery(run: Run, config: TrainingConfig, n: int = 10) -> Gallery | None:
    """The same few test images for every run of a dataset, drawn from the seed; None before the evaluation."""
    evaluation, rows = read_arrays(run.folder / EVALUATION), run.images
    if not evaluation or not rows:
        return None
    labels, probabilities = evaluation["test_labels"], evaluation["test_probabilities"]
    chosen = np.sort(np.random.default_rng(config.seed).choice(len(labels), min(n, len(labels)), replace=False))
    images = stored_pictures(config, rows["test"][chosen])
    answers = probabilities[chosen]
    return Gallery(images, labels[chosen], answers.argmax(axis=1), answers.max(axis=1))
