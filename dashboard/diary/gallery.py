"""The training images by when they were learnt: never, forgotten again, late, by heart; each with its epochs."""

from html import escape

import numpy as np
import streamlit as st

from core.evaluation import memorisation
from core.evaluation.memorisation import KINDS, Learning
from core.recipe import architectures
from core.runs import diary
from core.runs.diary import Diary
from core.runs.run import Run
from dashboard import choices, resources
from dashboard.charts import pictures
from dashboard.charts.diary import strip
from dashboard.diary import by_heart, suspects
from dashboard.diary.paging import part
from dashboard.navigation import page
from dashboard.words import _, class_words, number, plural

SUSPECTS = "suspects"
SIDE = 104  # pixels; the words below have room


def show(run: Run, wanted: str | None = None) -> np.ndarray:
    """The section of a page; returns the rows in the dataset of the images in view, (k,) int64.

    wanted  by a link: which images are shown first
    """
    st.markdown(by_heart.sentence(run) or _("Every training image, and after which epochs the network was right."))
    found = diary.read(run)
    if found is None or not found.epochs:
        _missing(run)
        return np.empty(0, np.int64)
    _which_images(run, found)
    kind = _choice(run, found, wanted)
    if kind == SUSPECTS:
        return suspects.show(run, found)
    return _wall(run, found, memorisation.images(found, kind), kind)  # type: ignore[arg-type]


def _missing(run: Run) -> None:
    if architectures.is_baseline(run.config.architecture):
        st.info(
            _("A baseline is fitted in one go: there are no epochs to look back on. Choose a run of a network."),
            icon=":material/auto_stories:",
        )
        return
    st.info(
        _("This run kept no diary of its training images. Train its recipe again, and the new run has one."),
        icon=":material/auto_stories:",
    )
    st.page_link(
        page("train"), label=_("To its recipe"), icon=":material/replay:", query_params=choices.link(run.config)
    )


def _which_images(run: Run, found: Diary) -> None:
    """How many of the training images the diary has: a sample where there are many."""
    total = len((run.images or {})["train"])
    words = {"n": number(found.n), "total": number(total), "epochs": number(found.epochs)}
    told = (
        _("All {n} training images, after each of {epochs} epochs.", **words)
        if found.n == total
        else _("{n} of {total} training images, always the same, after each of {epochs} epochs.", **words)
    )
    if found.changed.any():
        told += " " + plural(
            int(found.changed.sum()), "{n} of them has a changed label.", "{n} of them have a changed label."
        )
    st.caption(told + " " + _("Right is who answers with the label it was told, even where that one was changed."))


def _choice(run: Run, found: Diary, wanted: str | None) -> str:
    words: dict[str, str] = {
        "never": _("never learnt"),
        "forgotten": _("forgotten"),
        "late": _("learnt late"),
        "changed": _("changed labels"),
    }
    counts: dict[str, int] = {kind: len(memorisation.images(found, kind)) for kind in KINDS}
    shown: dict[str, str] = {
        kind: f"{words[kind]} ({number(counts[kind])})" for kind in KINDS if kind != "changed" or counts[kind]
    }
    shown[SUSPECTS] = _("probable label errors")
    key = f"diary_kind_{run.id}"
    if wanted in shown:
        st.session_state[key] = wanted
    st.session_state.setdefault(key, "changed" if counts["changed"] else "never")
    chosen = st.segmented_control(
        _("Which images"),
        list(shown),
        key=key,
        required=True,
        format_func=shown.__getitem__,
        help=_(
            "Never learnt: right after no epoch. Forgotten: right, and wrong again after a later epoch. Learnt late: "
            "right to the end only from the second half of the epochs on. Look for wrong labels among all of them."
        ),
    )
    return str(chosen)


def _wall(run: Run, found: Diary, images: np.ndarray, kind: str) -> np.ndarray:
    if not len(images):
        st.success(_none(kind), icon=":material/check:")
        return np.empty(0, np.int64)
    shown = images[part(len(images), f"diary_page_{kind}_{run.id}")]
    draw(run, found, shown)
    return found.rows[shown]


def draw(run: Run, found: Diary, shown: np.ndarray) -> None:
    """Those images of the diary, each with its label, when it was learnt, and its epochs."""
    stored = resources.stored_pictures(run.config, found.rows[shown])
    st.caption(_legend(bool(found.changed.any())))
    classes = class_words(run.config.dataset, resources.history(run).start["classes"])
    seen, changed = memorisation.learning(found.right), found.changed
    captions, alts = [], []
    for image in shown:
        told, true = classes[found.labels[image]], classes[found.true[image]]
        lines = [_("told: {label}", label=told)]
        lines += [_("is: {label}", label=true)] if changed[image] else []
        lines += [when(seen, image, bool(changed[image])), f"#{found.rows[image]}"]
        epochs = strip(found.right[:, image], found.said[:, image] == found.true[image], bool(changed[image]), _)
        captions.append(epochs + "<br>".join([f"<b>{escape(lines[0])}</b>", *map(escape, lines[1:])]))
        alts.append(_("shows {label}", label=true))
    st.html(pictures.wall_of_html(stored, captions, alts, SIDE))


def _legend(noisy: bool) -> str:
    """How the strips are read; above them, since a phone has a long way to what stands below."""
    if not noisy:
        return _("Strip: one column an epoch, from the first to the last. High: right. Flat: wrong.")
    return _(
        "Strip: one column an epoch, from the first to the last. High: answers the label it was told, orange where "
        "that one is right, purple where it was changed. Half as high, green: the label from before the change. "
        "Flat: another one."
    )


def when(seen: Learning, image: int, changed: bool) -> str:
    """Since when one image is right, and how often it was forgotten."""
    if not seen.first[image]:
        return _("learnt in no epoch")
    epoch = number(seen.learnt[image])
    told = _("by heart from epoch {epoch}", epoch=epoch) if changed else _("learnt in epoch {epoch}", epoch=epoch)
    told = told if seen.learnt[image] else _("other answer at the end")
    n = int(seen.forgotten[image])
    return told if not n else f"{told}, " + plural(n, "forgotten once", "forgotten {n} times")


def _none(kind: str) -> str:
    return {
        "never": _("None: after some epoch it was right about each of them."),
        "forgotten": _("None: what it was once right about, it stayed right about."),
        "late": _("None: what it knows at the end, it knew after half of the epochs."),
    }[kind]
