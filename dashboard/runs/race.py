"""A race in view: how each run stands, all curves in one chart as they grow, and at the end who won."""

import streamlit as st

from core.errors import FitscopeError
from core.runs import race as races
from core.runs.history import History
from core.runs.race import Race
from core.runs.run import ACTIVE, Run
from dashboard import resources
from dashboard.actions import attempt
from dashboard.charts import curves
from dashboard.diary import by_heart
from dashboard.live import message, together, verdict_words
from dashboard.live.replay import begun
from dashboard.live.replay import head as replay_head
from dashboard.live.state_words import at_work, epochs
from dashboard.runs import compare, race_answer
from dashboard.widgets.plot import growing, plot
from dashboard.widgets.racers import racers
from dashboard.widgets.replay import replay as replay_bar
from dashboard.words import _, language, say

ALONE = "_race_alone"  # of this viewer: no news get through
ALONE_SECONDS = 1.0


def in_view(race_id: str) -> Race | None:
    """The race of that id; None, with the reason on the page, where there is none."""
    try:
        return races.race(resources.store(), race_id)
    except FitscopeError as error:
        st.warning(say(error), icon=":material/search_off:")
        return None


def follow(race: Race, brief: bool = False) -> None:
    """Shows a race; while it goes on, the browser hears the news of all its runs over one connection.

    brief  without the answer, the table and the pictures at its end
    """
    runs = races.runs_of(resources.store(), race)
    goes_on = _goes_on(runs)
    alone = goes_on and st.session_state.get(ALONE, False)

    @st.fragment(run_every=ALONE_SECONDS if alone else None)
    def view() -> None:
        if goes_on != _goes_on(runs):
            st.rerun()
        _show(race, runs, goes_on, alone)

    view()
    if len(runs) < len(race.runs):
        st.caption(_("Some runs of this race were deleted."))
    if not goes_on and runs and not brief:
        race_answer.answer(race, runs)
        compare.table(runs)
        compare.pair(runs)


def curves_of(runs: dict[str, Run]) -> None:
    """The curves of runs that have ended, by letter, and nothing else."""
    _curves(runs, {letter: resources.history(run) for letter, run in runs.items()})


def replay(race_runs: dict[str, Run], names: dict[str, str], address: str) -> None:
    """Plays runs that have ended once more, side by side, each from its own first second on.

    race_runs  by letter;  names  what they are called
    """
    replay_bar(address)
    histories = {letter: begun(run) for letter, run in race_runs.items()}
    lines = [_line(place, letter, run) for place, (letter, run) in enumerate(race_runs.items())]
    for line in lines:
        line |= {"name": names[line["letter"]], "words": {"head": replay_head(), "note": None}}
    racers(address, lines, False)
    _curves(race_runs, histories, address)


def stop_button(race: Race, runs: dict[str, Run]) -> None:
    """Stops all runs that wait or train."""
    if any(run.state in ACTIVE for run in runs.values()):
        st.button(
            _("Stop all"),
            key="stop_race",
            icon=":material/stop:",
            on_click=_stop,
            args=(race,),
            help=_("Each ends after its current batch; what was learnt is kept."),
        )


def _stop(race: Race) -> None:
    attempt(lambda: races.stop(resources.store(), race))


def _goes_on(runs: dict[str, Run]) -> bool:
    return any(at_work(run, run.state) for run in runs.values())


def _show(race: Race, runs: dict[str, Run], goes_on: bool, alone: bool) -> None:
    histories = {letter: resources.history(run) for letter, run in runs.items()}
    address = together.address(race.id, language(), st.get_option("server.baseUrlPath")) if goes_on else ""
    unheard = racers(address, [_line(place, letter, run) for place, (letter, run) in enumerate(runs.items())], alone)
    if goes_on and unheard != alone:
        st.session_state[ALONE] = unheard
        st.rerun()
    if alone:
        st.caption(_("Live news do not get through to this browser; the page asks for them once a second."))
    _curves(runs, histories, address)


def _curves(runs: dict[str, Run], histories: dict[str, History], address: str = "") -> None:
    """Both charts; with an address they grow."""
    total = max((epochs(run, histories[letter]) for letter, run in runs.items()), default=1)
    titles = {"loss": _("Loss of all runs"), "accuracy": _("Accuracy of all runs")}
    for column, (name, title) in zip(st.columns(2), titles.items(), strict=True):
        figure = curves.overlay(list(histories.items()), name, title, _, total)
        with column:
            if address:
                growing(figure, f"race-{name}", address, name)
            else:
                plot(figure, key=f"race-{name}")
    st.caption(
        _("Solid with marks: validation. Thin and dashed: training. The letter stands at the end of each run's line.")
    )
    for place, (letter, run) in enumerate(runs.items()):
        by_heart.say(run, letter)
        by_heart.chart(run, histories[letter], address, place)


def _line(place: int, letter: str, run: Run) -> dict:
    state, history = run.state, resources.history(run)
    words = message.head(run, state, history) | message.verdict(verdict_words.said(run, state, history), history)
    colour = curves.COMPARED[place % len(curves.COMPARED)]
    return {"letter": letter, "colour": colour, "name": run.meta.name, "words": words}
