"""The imported datasets of this machine: what is in them, and renaming, exporting, deleting, bringing back."""

import io
from functools import partial
from typing import Any

import streamlit as st

from core.data import imported as own
from core.data import versions
from core.data.dataset import Dataset
from core.export import class_folders
from core.people import acting
from core.runs.store import RunStore
from dashboard import choices, resources
from dashboard.actions import attempt
from dashboard.charts import images
from dashboard.imports import understood
from dashboard.navigation import page
from dashboard.widgets.plot import plot
from dashboard.words import _, in_markdown, number, plural


def imported(result: dict[str, Any]) -> None:
    """What an import came to: how many of each class and split, what was refused and why, and where to go on."""
    counts = result["counts"]
    total = sum(sum(by_label.values()) for by_label in counts.values())
    st.success(
        _(
            "{title}: {n} pictures in {classes} classes are ready.",
            title=result["title"],
            n=number(total),
            classes=len(counts["train"]),
        ),
        icon=":material/check:",
    )
    with st.container(horizontal=True):
        _train_links(result["dataset"])
        st.page_link(
            page("images"),
            label=_("Look at the pictures"),
            icon=":material/image:",
            query_params={"images": result["dataset"]},
        )
    classes = list(counts["train"])
    values = {split: list(by_label.values()) for split, by_label in counts.items()}
    plot(images.class_bars(classes, values, _("Pictures in each class"), _), key="import-bars")
    understood.refused(result["refused"], "import")


def _train_links(name: str) -> None:
    """Two ways to train on a dataset of one's own; of few pictures the first learns far more."""
    st.page_link(
        page("train"),
        label=_("Train on these (from a network that has seen a million pictures)"),
        icon=":material/play_circle:",
        query_params={"dataset": name, **choices.TRANSFER},
    )
    st.page_link(
        page("train"), label=_("Train from scratch"), icon=":material/exercise:", query_params={"dataset": name}
    )


def listing() -> None:
    """All imported datasets, each with what can be done to it."""
    undo_bar()
    datasets = own.datasets()
    if not datasets:
        st.caption(_("No pictures of your own yet. What you import appears here."))
        return
    for name, spec in datasets.items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            n = spec.n_train + spec.n_validation + spec.n_test
            words = plural(n, "{n} picture", "{n} pictures")
            st.markdown(
                f"**{in_markdown(spec.title)}**  \n{words} · "
                + plural(len(spec.classes), "{n} class", "{n} classes")
                + f" · {spec.shape[0]}×{spec.shape[1]}"
            )
            st.space("stretch")
            st.page_link(page("images"), label=_("Look"), icon=":material/image:", query_params={"images": name})
            st.page_link(
                page("train"),
                label=_("Train"),
                icon=":material/play_circle:",
                query_params={"dataset": name, **choices.TRANSFER},
            )
            _menu(name, spec)


def undo_bar() -> None:
    """After a deletion: a button that brings the dataset back."""
    gone = _deleted()
    if gone:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_("Deleted; for a week it can be brought back."))
            st.button(_("Undo"), key="undo_dataset", icon=":material/undo:", on_click=_undo, args=(gone,))


def _menu(name: str, spec: Dataset) -> None:
    mine = acting.may_change(spec.owner)
    with st.popover(_("More"), icon=":material/more_horiz:", key=f"dataset_menu_{name}"):
        if mine:
            st.text_input(
                _("Name"), spec.title, key=f"title_{name}", max_chars=own.LONGEST_NAME, on_change=_rename, args=(name,)
            )
        st.download_button(
            _("Export as a zip"),
            partial(_zip, name),
            f"{name}.zip",
            "application/zip",
            key=f"export_{name}",
            icon=":material/download:",
            on_click="ignore",
            help=_("One folder for each class; Fitscope imports it again."),
        )
        if mine:
            st.button(
                _("Delete"),
                key=f"delete_{name}",
                icon=":material/delete:",
                on_click=_delete,
                args=(name,),
                help=_("Not while runs need it; it can be brought back for a week."),
            )


def _rename(name: str) -> None:
    key, spec = f"title_{name}", own.dataset(name)
    if not attempt(lambda: own.rename(name, st.session_state[key])) and spec:
        st.session_state[key] = spec.title


def _delete(name: str) -> None:
    runs = [run.meta.name for run in RunStore().all() if resources.dataset_of(run) == name]
    if attempt(lambda: own.delete(name, runs)):
        _remember_deleted(name)


def _undo(name: str) -> None:
    if attempt(lambda: own.restore(name)):
        _remember_deleted(None)


def _zip(name: str) -> bytes:
    """The newest version as a zip; made when the button is pressed."""
    file = io.BytesIO()
    spec = own.dataset(name)
    assert spec
    class_folders.write(spec, resources.splits(spec, versions.current(spec)), file)
    return file.getvalue()


def _deleted() -> str | None:
    """The imported dataset this viewer deleted last, while it can be brought back."""
    return st.session_state.get("_deleted_dataset")


def _remember_deleted(name: str | None) -> None:
    st.session_state["_deleted_dataset"] = name
