"""An experiment in view: how far it is, its chart as runs finish, the answer in a sentence, all runs as a table."""

import streamlit as st

from core.errors import FitscopeError
from core.experiments import experiment as experiments
from core.experiments.expected import expected
from core.experiments.experiment import Experiment
from core.experiments.kind import Answer, At, Cell, Result
from core.runs.run import ACTIVE, Run
from dashboard import resources
from dashboard.actions import attempt, go_on_with
from dashboard.experiments import chart, outcome, suspects
from dashboard.live.state_words import at_work, epochs
from dashboard.server.engine import engine
from dashboard.words import _, duration, number, plural, say

SECONDS = 1.0  # between two looks while it goes on


def chosen(experiment_id: str) -> Experiment | None:
    """The one of that id; None, with the reason on the page, where there is none."""
    try:
        found = experiments.experiment(resources.store(), experiment_id)
        return found if found.spec else None  # raises where its kind is not here
    except FitscopeError as error:
        st.warning(say(error), icon=":material/search_off:")
        return None


def follow(experiment: Experiment) -> None:
    """Shows an experiment; while it goes on, the page looks anew, and what is drawn stays where it is."""
    goes_on = _goes_on(experiments.runs_of(resources.store(), experiment))

    @st.fragment(run_every=SECONDS if goes_on else None)
    def view() -> None:
        runs = experiments.runs_of(resources.store(), experiment)
        if goes_on and not _goes_on(runs):
            st.rerun()
        _show(experiment, runs)

    view()


def _goes_on(runs: list[tuple[At, Run]]) -> bool:
    return any(at_work(run, run.state) for _at, run in runs)


def _show(experiment: Experiment, runs: list[tuple[At, Run]]) -> None:
    store = resources.store()
    results = experiments.results(store, experiment)
    _progress(experiment, runs, results)
    said = experiment.spec.answer(results)
    if said:
        _say(said, _goes_on(runs))
    elif not runs:
        st.info(_("Its runs were deleted."), icon=":material/delete:")
    else:
        st.info(_("The answer comes when enough runs have ended."), icon=":material/hourglass_top:")
    chart.draw(experiment, runs, results)
    if experiment.spec.chart == "folds":
        suspects.gallery(experiment, results)
    outcome.table(experiment, runs, results)


def _say(said: Answer, goes_on: bool) -> None:
    sentence = outcome.sentence(said)
    st.success(
        _("So far: {sentence}", sentence=sentence) if goes_on else sentence,
        icon=":material/hourglass_top:" if goes_on else ":material/science:",
    )


def _progress(experiment: Experiment, runs: list[tuple[At, Run]], results: list[Result]) -> None:
    """How many are done, what trains now, how long the rest takes; and the buttons that pause it and go on."""
    total, done = len(experiment.runs), len(results)
    active = [run for _at, run in runs if run.state in ACTIVE]
    interrupted = experiments.interrupted(resources.store(), experiment)
    words = [
        plural(done, "{n} of {total} runs is done", "{n} of {total} runs are done", total=number(total)),
    ]
    words += _at_work([run for run in active if run.state == "running"])
    words += _left([run for run in active if run.state != "finished"])
    diverged = sum(run.diverged for _at, run in runs)
    if diverged:
        words.append(plural(diverged, "{n} diverged", "{n} diverged"))
    if len(runs) < total:
        words.append(plural(total - len(runs), "{n} was deleted", "{n} were deleted"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(" · ".join(words))
        if active:
            st.button(
                _("Pause"),
                key="pause_experiment",
                icon=":material/pause:",
                on_click=_pause,
                args=(experiment,),
                help=_("The run that trains ends after its current batch and goes on from there later."),
            )
        elif interrupted:
            st.button(
                plural(len(interrupted), "Go on with {n} run", "Go on with {n} runs"),
                key="resume_experiment",
                icon=":material/play_arrow:",
                type="primary",
                on_click=go_on_with,
                args=(experiment,),
                help=_("What has finished is not repeated."),
            )
    if done < total and (active or interrupted):
        st.progress(done / total)


def _at_work(running: list[Run]) -> list[str]:
    told = []
    for run in running:
        history = resources.history(run)
        total = epochs(run, history)
        epoch = min(total, int(history.position) + 1)
        told.append(_("epoch {epoch} of {total}", epoch=epoch, total=total))
    return told


def _left(waiting: list[Run]) -> list[str]:
    recipes = [recipe for run in waiting if (recipe := resources.recipe(run))]
    trainer = engine()
    cost = expected(resources.store(), [Cell({}, one) for one in recipes], trainer.executor.slots if trainer else 1)
    return [_("about {time} left", time=duration(cost.seconds))] if recipes and cost.seconds else []


def _pause(experiment: Experiment) -> None:
    attempt(lambda: experiments.pause(resources.store(), experiment))
