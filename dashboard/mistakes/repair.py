"""Wrong labels and useless images, found among the mistakes: leave them out or relabel them, and train again."""

import numpy as np
import streamlit as st

from core.data import editing, versions
from core.data.catalogue import dataset
from core.evaluation.evaluation import Evaluation
from core.recipe.config import TrainingConfig
from core.runs.run import ACTIVE, Run
from dashboard import choices, resources
from dashboard.actions import attempt, start_run
from dashboard.navigation import page
from dashboard.people import bound
from dashboard.words import _, class_words, number, percent


def offer(run: Run, evaluation: Evaluation, rows: np.ndarray, key: str) -> None:
    """For some of the images in view: leave out, or give another label; then train the same recipe again."""
    config = run.config
    with st.expander(_("Wrong label? Useless picture?"), key=f"repair_{key}", icon=":material/build:"):
        if config.label_noise and set(rows.tolist()) & set((run.images or {}).get("train", np.empty(0)).tolist()):
            st.caption(_("Some of these labels were changed on purpose by this recipe's label noise."))
        wanted = st.multiselect(
            _("Images, by their number"),
            rows.tolist(),
            key=f"repair_rows_{key}",
            format_func="#{}".format,
            help=_("The number is below each image."),
            placeholder=_("Choose images"),
        )
        classes = class_words(config.dataset, dataset(config.dataset).classes)
        left, middle = st.columns(2, vertical_alignment="bottom")
        label = left.selectbox(
            _("Its true class"),
            range(len(classes)),
            key=f"repair_class_{key}",
            format_func=classes.__getitem__,
            help=_("For relabelling."),
        )
        with middle.container(horizontal=True):
            none = not wanted
            relabel = st.button(_("Relabel"), key=f"relabel_{key}", icon=":material/label:", disabled=none)
            leave_out = st.button(_("Leave out"), key=f"exclude_{key}", icon=":material/delete_sweep:", disabled=none)
        if relabel and wanted and _relabel(run, wanted, label):
            st.rerun()
        if leave_out and wanted and _leave_out(run, wanted):
            st.rerun()
        st.caption(
            _(
                "Makes a new version of the dataset; this run keeps its own. Validation or test images that are "
                "cleaned with the eyes of this network flatter it: what it finds odd is taken away. Clean them by "
                "what you see, not by what it says."
            )
        )
        _train_again(run, key)


def _train_again(run: Run, key: str) -> None:
    """The same recipe on the newest version, and both side by side once it is done."""
    config = run.config
    current = versions.current(dataset(config.dataset))
    if current == config.dataset_version:
        return
    again = type(config).from_dict({**config.as_dict(), "dataset_version": current})
    refused = bound.refusal([again])
    st.button(
        _("Train the same recipe on the newest version"),
        key=f"again_{key}",
        icon=":material/replay:",
        on_click=_start_again,
        args=(again, run),
        disabled=bool(refused),
    )
    bound.explain(refused)
    after = resources.newest_of(again)
    if after is None:
        _follow(again)
        return
    for title, one in ((_("Before"), run), (_("After"), after)):
        result = one.status.result if one.status else None
        if result:
            low, high = result["interval"]
            st.markdown(
                f"**{title}**: "
                + _(
                    "{accuracy} of {n} test images right (95 % interval {low} to {high})",
                    accuracy=percent(result["test_accuracy"], 2),
                    n=number(result["n_test"]),
                    low=percent(low, 2),
                    high=percent(high, 2),
                )
            )
    st.page_link(
        page("mistakes"),
        label=_("The mistakes of the new one"),
        icon=":material/arrow_forward:",
        query_params=choices.link(run=after.id),
    )


def _start_again(config: TrainingConfig, run: Run) -> None:
    """Queues the run and keeps the old one in view, where before and after are compared."""
    start_run(config)
    choices.choose_run(run.id)


def _follow(config: TrainingConfig) -> None:
    """While that recipe waits or trains: where to watch it."""
    for run in resources.store().all():
        if not run.damage and run.config == config and run.state in ACTIVE:
            st.page_link(
                page("train"),
                label=_("Watch it train, then come back"),
                icon=":material/play_circle:",
                query_params=choices.link(run=run.id),
            )
            return


def _leave_out(run: Run, rows: list[int]) -> bool:
    images, version = dataset(run.config.dataset), run.config.dataset_version
    return attempt(lambda: editing.leave_out_at(images, editing.located(images, version, rows)))


def _relabel(run: Run, rows: list[int], label: int) -> bool:
    images, version = dataset(run.config.dataset), run.config.dataset_version
    labels: dict[str, dict[int, int]] = {}
    for split, row in editing.located(images, version, rows):
        labels.setdefault(split, {})[row] = label
    return attempt(lambda: editing.relabel(images, labels))
