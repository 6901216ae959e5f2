"""The recipe as a form: one control for each setting, its label, range and help from the declaration."""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data import cache, catalogue, versions
from core.data.dataset import Dataset
from core.errors import DataError, SettingError
from core.recipe import architectures
from core.recipe.config import SETTINGS, TrainingConfig, settings
from core.recipe.sent import binding
from core.recipe.setting import Setting
from dashboard import choices, resources
from dashboard.charts import learning_rate, pictures
from dashboard.people import bound
from dashboard.runs import value_words
from dashboard.train import augmentation, lock
from dashboard.widgets.plot import plot
from dashboard.widgets.setting import ROWS, control
from dashboard.words import _, as_named, class_words, in_digits, number, plural, say


def recipe_form(gpu: bool, notices: DeltaGenerator) -> TrainingConfig | None:
    """Draws the controls and returns what they say; None, with the reason on the page, when it does not fit.

    gpu      does this machine train on one? Mixed precision is offered only then
    notices  where to say what does not fit
    """
    only = choices.levers()
    if only:
        _levers(only)
    else:
        lock.bring_back()
        _everything(gpu)
    try:
        config = choices.recipe()
        resources.counts(config)  # raises where there are too few images for what is asked
        return config
    except (SettingError, DataError) as error:
        notices.error(say(error), icon=":material/error:")
        return None


def _levers(only: Sequence[str]) -> None:
    """Of a lesson, the settings that it is about; the others keep what its link said, or what the teacher has sent."""
    named = ", ".join(_(SETTINGS[name].title) for name in only)
    locked = binding()
    bound.say()
    if not locked:
        st.caption(_("This lesson is about: {settings}. Everything else stays as it is.", settings=named))
    for name in only:
        if name in SPECIAL:
            SPECIAL[name]()
        elif choices.offered(SETTINGS[name]):
            control(SETTINGS[name])
    if not locked:
        st.button(_("All settings"), key="unlock", icon=":material/lock_open:", on_click=lock.open_all)


def _everything(gpu: bool) -> None:
    """All settings, in the order of their declaration's places."""
    _begins()
    _dataset()
    _architecture()
    for setting in settings(place="front"):
        if setting.own and choices.offered(setting):
            control(setting)
    _train_images()
    if choices.offered(SETTINGS["learning_rate"]):
        _learning_rate()
    for row in ROWS:
        beside = [setting for setting in settings(place=row) if choices.offered(setting)]
        for column, setting in zip(st.columns(max(1, len(beside)), vertical_alignment="bottom"), beside, strict=False):
            with column:
                control(setting)
    _data_levers()
    if choices.offered(SETTINGS["augmentation"]):
        augmentation.controls(control)
    if choices.offered(SETTINGS["schedule"]):
        _schedule()
    with st.expander(_("More settings"), key="more"):
        for setting in settings(place="more"):
            if setting.kind != "start" and choices.offered(setting) and (gpu or not setting.gpu):
                control(setting)


def _begins() -> None:
    """Where it goes on from an epoch of another run: which, and the way back. Otherwise nothing: a link says so."""
    named = st.session_state.get("begin_from", "")
    if named:
        run_id, _colon, epoch = named.partition(":")
        st.info(
            _("Begins with the network after epoch {epoch} of run {run}.", epoch=epoch, run=run_id),
            icon=":material/call_split:",
        )
        st.button(_("Begin anew"), key="begin_anew", icon=":material/close:", on_click=lock.begin_anew)


def _train_images() -> None:
    control(SETTINGS["train_images"], high=cache.facts(_chosen_dataset()).n_train)


def _dataset() -> None:
    known = catalogue.datasets()
    one = SETTINGS["dataset"]
    st.selectbox(
        _(one.title),
        list(known),
        key="dataset",
        help=_(one.help),
        format_func=lambda name: (
            f"{as_named(name, known[name].title)} · {plural(len(known[name].classes), '{n} class', '{n} classes')}"
        ),
        on_change=_fit_to_dataset,
    )
    dataset = _chosen_dataset()
    problem = resources.problem(dataset)
    if not cache.available(dataset):
        st.caption(_("Not on this machine yet: training downloads it first, which needs an internet connection."))
    elif problem:  # a damaged file: another dataset can still be chosen
        st.error(say(problem), icon=":material/broken_image:")
    else:
        shown = resources.samples(dataset)
        classes = class_words(dataset.name, [dataset.classes[label] for label in shown.labels])
        st.html(pictures.strip(shown.images, classes, side=18))


def _data_levers() -> None:
    """What a lesson changes about the images themselves: which classes, how many, how noisy."""
    with st.expander(_("Change the images"), key="levers"):
        st.caption(_("Fewer classes, wrong labels, grain, imbalance: what poor data does to a network."))
        _version()
        _classes()
        for setting in settings(place="images"):
            if setting.name not in ("dataset_version", "classes"):
                control(setting)


def _classes() -> None:
    setting, dataset = SETTINGS["classes"], _chosen_dataset()
    st.multiselect(
        _(setting.title),
        dataset.classes,
        key="classes",
        help=_(setting.help),
        format_func=partial(as_named, dataset.name),
        placeholder=_("All classes"),
    )


def _version() -> None:
    """Only where there is a choice: a dataset that nobody has edited has one version."""
    dataset = _chosen_dataset()
    edits = versions.history(dataset)
    if not edits:
        return
    words = {"": _("newest"), versions.ORIGINAL: _("original")}
    for edit in edits:
        words[edit.id] = _(
            "{version} ({excluded} left out, {relabelled} relabelled)",
            version=edit.id[:6],
            excluded=number(edit.n_excluded),
            relabelled=number(edit.n_relabelled),
        )
    chosen = st.session_state.get("dataset_version", "")
    words.setdefault(chosen, chosen[:6])
    one = SETTINGS["dataset_version"]
    st.selectbox(_(one.title), list(words), key=one.name, help=_(one.help), format_func=words.__getitem__)


def _chosen_dataset() -> Dataset:
    return catalogue.dataset(st.session_state["dataset"])


def _architecture() -> None:
    known = architectures.known()
    one = SETTINGS["architecture"]
    st.selectbox(
        _(one.title),
        list(known),
        key="architecture",
        help=_(one.help),
        format_func=value_words.architecture_word,
        on_change=lambda: choices.fill_own(st.session_state["architecture"]),
    )
    st.caption(_(known[st.session_state["architecture"]].about))


def _fit_to_dataset() -> None:
    """Another dataset was chosen: its classes are others, and more images than it has cannot be asked for."""
    st.session_state["classes"], st.session_state["dataset_version"] = [], ""
    if st.session_state.get("train_images", 0) > cache.facts(_chosen_dataset()).n_train:
        st.session_state["train_images"] = 0


def _learning_rate() -> None:
    """A slider with ten marks for each power of ten and a field for the exact value, each following the other."""
    one = SETTINGS["learning_rate"]
    marks = learning_rate_marks(one)
    st.session_state["learning_rate_slider"] = min(
        marks, key=lambda mark: abs(math.log(mark / st.session_state["learning_rate"]))
    )

    def slid() -> None:
        st.session_state["learning_rate"] = st.session_state["learning_rate_slider"]

    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.select_slider(
        _(one.title),
        marks,
        key="learning_rate_slider",
        help=_(one.help),
        format_func=in_digits,
        on_change=slid,
    )
    right.number_input(
        _("Exact learning rate"),
        one.low,
        one.high,
        key="learning_rate",
        format="%.6g",
        step=one.low,
        label_visibility="collapsed",
        help=_(one.help),
    )


def _schedule() -> None:
    """How the learning rate changes, and a drawing of it before it is trained."""
    with st.expander(_("Learning rate over time"), key="schedule_settings"):
        drawing = st.container()
        for setting in settings(place="schedule"):
            if choices.offered(setting):
                control(setting)
        names = ("learning_rate", "epochs", *(setting.name for setting in settings(place="schedule")))
        known = {name: st.session_state[name] for name in names if name in st.session_state}
        with drawing, suppress(SettingError):  # said below the title, with all that does not fit
            planned = TrainingConfig.from_dict(known)
            if learning_rate.moves(planned):
                figure = learning_rate.over_epochs(planned, None, _("Before it is trained"), _, height=170)
                plot(figure, key="planned_rate")


SPECIAL: dict[str, Callable[[], None]] = {
    "dataset": _dataset,
    "architecture": _architecture,
    "train_images": _train_images,
    "learning_rate": _learning_rate,
    "classes": _classes,
    "dataset_version": _version,
    "augmentation": partial(augmentation.controls, control),
}
"""Settings whose control is more than that of their kind."""


def learning_rate_marks(setting: Setting) -> list[float]:
    """0.001, 0.0013, 0.0016, 0.002 …: ten steps of equal ratio between two powers of ten."""
    assert setting.low
    assert setting.high
    low, high = round(10 * math.log10(setting.low)), round(10 * math.log10(setting.high))
    return [float(f"{10 ** (tenth / 10):.2g}") for tenth in range(low, high + 1)]
