"""An experiment in view: how far it is, its chart as runs finish, the answer in a sentence, all runs as a table."""

import itertools

import streamlit as st

from core.errors import FitscopeError
from core.experiments import experiment as experiments
from core.experiments.expected import expected
from core.experiments.experiment import Experiment
from core.experiments.kind import Answer, At, Cell, Result
from core.runs.run import ACTIVE, Run
from dashboard import resources
from dashboard.actions import attempt, go_on_with
from dashboard.experiments import chart, outcome, suspects, trials
from dashboard.live.state_words import at_work, epochs
from dashboard.server.engine import at_once
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
    goes_on = _goes_on(experiment, experiments.runs_of(resources.store(), experiment))

    @st.fragment(run_every=SECONDS if goes_on else None)
    def view() -> None:
        now = chosen(experiment.id) if experiment.grows else experiment
        if now is None:
            return
        runs = experiments.runs_of(resources.store(), now)
        if goes_on != _goes_on(now, runs):
            st.rerun()
        _show(now, runs)

    view()


def _goes_on(experiment: Experiment, runs: list[tuple[At, Run]]) -> bool:
    still = any(at_work(run, run.state) for _at, run in runs)
    return still or (experiment.grows and experiments.goes_on(resources.store(), experiment))


def _show(experiment: Experiment, runs: list[tuple[At, Run]]) -> None:
    store = resources.store()
    results = experiments.results(store, experiment)
    _progress(experiment, runs, results)
    said = experiment.spec.answer(results)
    if said:
        _say(said, _goes_on(experiment, runs))
    elif not runs:
        st.info(_("Its runs were deleted."), icon=":material/delete:")
    else:
        st.info(_("The answer comes when enough runs have ended."), icon=":material/hourglass_top:")
    if experiment.spec.chart == "trials":
        trials.best(results)
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
    store = resources.store()
    total, done = experiment.total, len(results)
    active = [run for _at, run in runs if run.state in ACTIVE]
    interrupted = experiments.interrupted(store, experiment)
    words = [
        plural(done, "{n} of {total} runs is done", "{n} of {total} runs are done", total=number(total)),
    ]
    words += _at_work([run for run in active if run.state == "running"])
    words += _left([run for run in active if run.state != "finished"], _to_come(experiment, runs))
    pruned = sum(experiment.was_pruned(run) for _at, run in runs)
    if pruned:
        words.append(plural(pruned, "{n} was stopped early", "{n} were stopped early"))
    diverged = sum(run.diverged for _at, run in runs)
    if diverged:
        words.append(plural(diverged, "{n} diverged", "{n} diverged"))
    if deleted := len(experiment.runs) - len(runs):
        words.append(plural(deleted, "{n} was deleted", "{n} were deleted"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(" · ".join(words))
        if active or experiments.goes_on(store, experiment):
            st.button(
                _("Pause"),
                key="pause_experiment",
                icon=":material/pause:",
                on_click=_pause,
                args=(experiment,),
                help=_("The run that trains ends after its current batch and goes on from there later."),
            )
        elif interrupted or experiment.paused:
            st.button(
                _("Go on")
                if experiment.grows
                else plural(len(interrupted), "Go on with {n} run", "Go on with {n} runs"),
                key="resume_experiment",
                icon=":material/play_arrow:",
                type="primary",
                on_click=go_on_with,
                args=(experiment,),
                help=_("What has finished is not repeated."),
            )
    if done < total and (active or interrupted or experiment.paused):
        st.progress(min(1.0, (done + pruned + diverged) / total))


def _at_work(running: list[Run]) -> list[str]:
    told = []
    for run in running:
        history = resources.history(run)
        total = epochs(run, history)
        epoch = min(total, int(history.position) + 1)
        told.append(_("epoch {epoch} of {total}", epoch=epoch, total=total))
    return told


def _to_come(experiment: Experiment, runs: list[tuple[At, Run]]) -> list[Run]:
    """For those that one that grows will still begin, while it does: as many of those that there are."""
    if not runs or not experiments.goes_on(resources.store(), experiment):
        return []
    several = itertools.cycle(run for _at, run in runs)
    return list(itertools.islice(several, experiment.total - len(experiment.runs)))


def _left(waiting: list[Run], to_come: list[Run]) -> list[str]:
    recipes = [recipe for run in [*waiting, *to_come] if (recipe := resources.recipe(run))]
    cost = expected(resources.store(), [Cell({}, one) for one in recipes], at_once)
    return [_("about {time} left", time=duration(cost.seconds))] if recipes and cost.seconds else []


def _pause(experiment: Experiment) -> None:
    attempt(lambda: experiments.pause(resources.store(), experiment))
