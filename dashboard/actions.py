"""What a viewer can do to runs: start, rename, star, annotate, clone, delete and undo."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from core.errors import FitscopeError
from core.experiments import experiment as experiments
from core.experiments.expected import foretold
from core.experiments.experiment import Experiment
from core.experiments.kind import Kind
from core.recipe.config import TrainingConfig
from core.runs import changes
from core.runs import race as races
from core.runs.prediction import Prediction
from core.runs.race import Race
from core.runs.run import LONGEST_NAME, Run
from dashboard import choices, resources
from dashboard.navigation import page
from dashboard.people import bound
from dashboard.people.asking import by, is_mine
from dashboard.server.engine import engine
from dashboard.words import _, say


def start_run(config: TrainingConfig, name: str = "", twin_of: str = "", prediction: Prediction | None = None) -> bool:
    """Queues a run and makes it the one in view; a refusal (full disk, read-only folder) is shown.

    prediction  what was said of it before
    Returns whether it was queued.
    """
    try:
        called = name or resources.run_name(config)
        known = foretold(resources.store(), config)
        run = resources.store().create(config, called, twin_of=twin_of, prediction=prediction, expected=known)
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        return False
    _wake()
    choices.choose_run(run.id)
    return True


def change_run(run: Run, values: Mapping[str, Any]) -> bool:
    """Asks a training for other values from its next epoch on; a refusal is shown. Says whether it was asked."""
    try:
        changes.ask(run, values)
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        return False
    return True


def begin_race(
    recipes: list[TrainingConfig],
    names: list[str],
    name: str,
    lesson: str = "",
    guess: str = "",
    prediction: Prediction | None = None,
) -> Race | None:
    """Queues the runs of a race and puts it into the address; a refusal is shown, and nothing has begun.

    prediction  what was said before, kept with the first run
    """
    try:
        race = races.start(resources.store(), recipes, names, name, lesson, guess, prediction)
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        return None
    _wake()
    st.query_params["race"] = race.id
    return race


def begin_experiment(kind: Kind, recipe: TrainingConfig, options: Mapping[str, Any], name: str) -> Experiment | None:
    """Queues the runs of an experiment and puts it into the address; a refusal is shown, and nothing has begun."""
    try:
        made = experiments.start(resources.store(), kind, recipe, options, name, _)
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        return None
    _wake()
    st.query_params["experiment"] = made.id
    return made


def go_on_with(experiment: Experiment) -> None:
    """Queues what is left of an experiment that was paused or interrupted."""
    if attempt(lambda: experiments.go_on(resources.store(), experiment)):
        _wake()


def run_menu(run: Run) -> None:
    """The menu beside a run's title; of somebody else's run, what can be done with it without changing it."""
    meta = run.meta
    if not is_mine(run):
        _menu_of_anothers(run)
        return
    star = _("Remove the star") if meta.star else _("Star")
    refused = bound.refusal([run.config])
    with st.popover(_("This run"), icon=":material/more_horiz:", key="run_menu"):
        st.text_input(
            _("Name"), meta.name, key=f"name-{run.id}", max_chars=LONGEST_NAME, on_change=_rename, args=(run,)
        )
        st.text_area(
            _("Notes"), meta.notes, key=f"notes-{run.id}", height=90, on_change=annotate, args=(run, f"notes-{run.id}")
        )
        st.multiselect(
            _("Tags"),
            meta.tags,
            meta.tags,
            key=f"tags-{run.id}",
            accept_new_options=True,
            placeholder=_("Write a word, press Enter"),
            on_change=_tag,
            args=(run,),
            help=_("Words by which the Runs page finds this run again."),
        )
        with st.container(horizontal=True):
            st.button(
                star,
                key="star",
                icon=":material/star:",
                on_click=_star,
                args=(run,),
            )
            _train_again(run, refused)
            st.button(
                _("Out of the archive") if meta.archived else _("Archive"),
                key="archive",
                icon=":material/unarchive:" if meta.archived else ":material/archive:",
                on_click=archive,
                args=([run], not meta.archived),
                help=_("Archived runs are kept and listed apart: choose Archived in the filter of the Runs page."),
            )
            st.button(_("Delete"), key="delete", icon=":material/delete:", on_click=delete, args=([run],))
        _open_recipe(run, refused)


def _menu_of_anothers(run: Run) -> None:
    with st.popover(_("This run"), icon=":material/more_horiz:", key="run_menu"):
        st.caption(by(run.meta.owner) or _("Made on the machine of the class."))
        refused = bound.refusal([run.config])
        _train_again(run, refused)
        _open_recipe(run, refused)


def _train_again(run: Run, refused: str) -> None:
    st.button(
        _("Train again"),
        key="clone",
        icon=":material/content_copy:",
        on_click=_clone,
        args=(run,),
        disabled=bool(refused),
        help=_("A new run of the same recipe."),
    )


def _open_recipe(run: Run, refused: str) -> None:
    st.page_link(
        page("train"),
        label=_("Open its recipe"),
        icon=":material/tune:",
        query_params={**choices.link(run.config), "run": run.id},
        disabled=bool(refused),
    )
    bound.explain(refused)


def undo_bar() -> None:
    """After a deletion: what is gone, and a button that brings it back."""
    names = _deleted()
    if not names:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Deleted; for a week it can be brought back."))
        st.button(_("Undo"), key="undo", icon=":material/undo:", on_click=_undo, args=(names,))


def delete(runs: list[Run]) -> None:
    gone = [run.id for run in runs if attempt(partial(resources.store().delete, run))]
    if gone:
        _remember_deleted(gone)
        if choices.run_id() in gone:
            choices.choose_run(None)


def archive(runs: list[Run], archived: bool = True) -> None:
    """Puts runs out of sight, or back."""
    for run in runs:
        attempt(partial(run.change_meta, archived=archived))


def stop(run: Run) -> None:
    attempt(run.ask_to_stop)


def resume(run: Run) -> None:
    if attempt(run.ask_to_start):
        _wake()
        choices.choose_run(run.id)


def attempt(action: Callable[[], object]) -> bool:
    """Does what a button says; a refusal is told in a corner of the page, nothing is lost. True when it was done."""
    try:
        action()
    except FitscopeError as error:
        st.toast(say(error), icon=":material/error:", duration="long")
        return False
    return True


def _star(run: Run) -> None:
    attempt(lambda: run.change_meta(star=not run.meta.star))


def _rename(run: Run) -> None:
    name = st.session_state[f"name-{run.id}"].strip()
    if name:
        attempt(lambda: run.change_meta(name=name))


def annotate(run: Run, key: str) -> None:
    """Keeps what was written into a field of the notes, also for the other field of them that a page may have."""
    words = st.session_state[key]
    for other in (f"notes-{run.id}", f"hand_in_words-{run.id}"):
        if other in st.session_state:
            st.session_state[other] = words
    attempt(lambda: run.change_meta(notes=words))


def _tag(run: Run) -> None:
    tags = tuple(dict.fromkeys(tag.strip() for tag in st.session_state[f"tags-{run.id}"] if tag.strip()))
    attempt(lambda: run.change_meta(tags=tags))


def _clone(run: Run) -> None:
    made: list[Run] = []
    if attempt(lambda: made.append(resources.store().clone(run))):
        _wake()
        choices.choose_run(made[0].id)


def _undo(names: list[str]) -> None:
    back = [name for name in names if attempt(partial(resources.store().restore, name))]
    _remember_deleted(None)
    if back:
        choices.choose_run(back[0])


def _wake() -> None:
    trainer = engine()
    if trainer:
        trainer.scheduler.wake()


def _deleted() -> list[str] | None:
    """The runs this viewer deleted last, while they can be brought back."""
    return st.session_state.get("_deleted")


def _remember_deleted(names: list[str] | None) -> None:
    st.session_state["_deleted"] = names
