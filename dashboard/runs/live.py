"""A run as it goes on: its news come to the browser by themselves; the script runs only where the page has to change.

Where the news do not get through, one fragment asks for them, once a second, and says so.
"""

import time
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.fit.rules import Verdict
from core.folders import COMMAND
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.runs import changes
from core.runs import prediction as predictions
from core.runs.history import History
from core.runs.run import ACTIVE, RESUMABLE, Run
from dashboard import resources
from dashboard.actions import resume, stop
from dashboard.charts import curves, learning_rate
from dashboard.charts.scores import scores
from dashboard.diary import by_heart
from dashboard.live import message, replay_route, route, verdict_words
from dashboard.live.flags import flags
from dashboard.live.replay import begun
from dashboard.live.replay import head as replay_head
from dashboard.live.state_words import BADGES, at_work, progress, state_word
from dashboard.live.steps_words import of_steps
from dashboard.people.asking import by, is_mine
from dashboard.runs import baselines, results, revealed, twin
from dashboard.runs.change import change
from dashboard.runs.recipe_table import recipe_table
from dashboard.server.engine import engine
from dashboard.widgets.bulletin import bulletin, leading
from dashboard.widgets.plot import growing, plot
from dashboard.widgets.replay import replay as replay_bar
from dashboard.words import _, language, number, percent, say_again, size

ALONE = "_alone"  # of this viewer: no news get through
ALONE_SECONDS = 1.0  # then a script run of the page, which is dear: 18 to 31 ms for each viewer


def follow(run: Run, brief: bool = False) -> None:
    """Shows a run: progress, curves, what they say, figures, and its test images at the end.

    brief  without figures, pictures and what to try next
    """
    goes_on = at_work(run, run.state)
    alone = goes_on and st.session_state.get(ALONE, False)

    @st.fragment(run_every=ALONE_SECONDS if alone else None)
    def view() -> None:
        state = run.state
        if goes_on != at_work(run, state):
            st.rerun()  # as a whole: for what comes at the end, or because it goes on again
        if goes_on:
            _follow(run, state, alone, brief)
        else:
            _show(run, state, brief)

    view()


def curves_of(run: Run) -> None:
    """The curves of a run that has ended, and nothing else."""
    history = resources.history(run)
    if history.epochs:
        _curves(run, verdict_words.said(run, run.state, history), history)


def replay(run: Run, address: str) -> None:
    """Plays a run that has ended once more, as it was when it was trained."""
    replay_bar(address)
    words: dict[str, Any] = {"head": replay_head(), "note": None, "preparing": None, "cards": []}
    bulletin("head", address, words)
    _curves(run, None, begun(run), address)
    bulletin("note", address, words)


def last_curve(recipe: TrainingConfig) -> None:
    """The loss curve of the newest finished run of a recipe; before there is one, a line that says so."""
    run = resources.newest_of(recipe)
    if run is None:
        st.caption(_("Its curve appears here once it has been trained on this computer."))
        return
    history = resources.history(run)
    plot(curves.sparkline(history.column("loss"), history.column("val_loss"), _), key=f"card-{run.id}")
    result = run.status.result if run.status else None
    if result:
        st.caption(
            _(
                "Trained here: {accuracy} of {n} test images right. Solid: validation loss, dashed: training loss.",
                accuracy=percent(result["test_accuracy"]),
                n=number(result["n_test"]),
            )
        )


def _follow(run: Run, state: str, alone: bool, brief: bool) -> None:
    """While it goes on: what changes is drawn by components that hear the news."""
    history, address = resources.history(run), _address(run)
    phase = message.phase(run, state, history)
    said = verdict_words.said(run, state, history)
    words = message.head(run, state, history) | message.verdict(said, history)
    top, charts = _places()
    with top, st.container(horizontal=True, vertical_alignment="center"):
        unheard = leading(address, words, phase, alone)
        st.space("stretch")
        _change(run)
        _buttons(run, state)
    if unheard != alone:
        st.session_state[ALONE] = unheard
        st.rerun()
    with top:
        if alone:
            st.caption(_("Live news do not get through to this browser; the page asks for them once a second."))
        bulletin("bar", address, words)
        _troubles(run, state)
    if phase == "waiting":
        if state in ("starting", "running"):
            charts.skeleton(height=310)
        return
    with charts:
        _curves(run, said, history, address)
    bulletin("note", address, words)
    if brief:
        return
    bulletin("cards", address, words)
    recipe_table(run)
    _log(run)


def _show(run: Run, state: str, brief: bool) -> None:
    """At the end: the same, and what the test said."""
    history = resources.history(run)
    colour, icon = BADGES[state]
    top, charts = _places()
    with top, st.container(horizontal=True, vertical_alignment="center"):
        st.badge(state_word(state), icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
        st.markdown(progress(run, state, history))
        st.space("stretch")
        again = not brief and len(history.epochs) > 1 and _again(run)
        if state == "stopped":
            _change(run)
        _buttons(run, state)
    with top:
        _troubles(run, state)
    if not history.trace.x and not history.epochs:
        return
    if again:
        base = st.get_option("server.baseUrlPath")
        replay(run, replay_route.address(f"runs/{run.id}", language(), base))
        return
    said = verdict_words.said(run, state, history)
    with charts:
        _curves(run, said, history)
    note = verdict_words.note(said)
    if note:
        say = {"info": st.info, "success": st.success, "warning": st.warning}[note.kind]
        say(f"{note.text}\n\n:small[{note.why}]", title=note.title, icon=f":material/{note.icon}:")
    if brief:
        return
    if said:
        twin.offer(run, said)
    twin.outcome(run)
    revealed.reveal(run, history)
    results.figures(run, history)
    results.gallery(run, run.config)
    st.caption(_("This run keeps {size} on the disk.", size=size(resources.row(run).kept)))
    recipe_table(run)
    _log(run)


def _again(run: Run) -> bool:
    """The switch that plays its training once more; returns whether it is on."""
    help = _("Plays the training once more from what was written down, at any speed.")
    return st.toggle(_("Replay"), key=f"replay-{run.id}", help=help)


def _places() -> tuple[DeltaGenerator, DeltaGenerator]:
    """What stands above the curves, and the curves: a chart keeps its zoom only where its place in the page stays."""
    return st.container(), st.container()


def _scores(run: Run, said: Verdict | None, history: History) -> None:
    plot(scores(history, verdict_words.accuracy_title(said), _, percent), key=f"scores-{run.id}")
    st.caption(
        _(
            "A baseline is fitted in one go: there is no curve. Hatched: {n_train} training images, filled: {n} "
            "validation images; the lines are 95 % intervals.",
            n_train=number(history.start["n_scored"]),
            n=number(history.start["n_validation"]),
        )
    )


def _address(run: Run) -> str:
    return route.address(run.id, language(), st.get_option("server.baseUrlPath"))


def _log(run: Run) -> None:
    """Read when it is opened."""
    with st.expander(_("Log of the worker"), icon=":material/terminal:", key="log", on_change="rerun") as opened:
        if opened.open:
            st.code(run.log() or _("Nothing written yet."), language=None)


def _change(run: Run) -> None:
    """Other values for what is still to come; a baseline is fitted in one go."""
    if is_mine(run) and not architectures.is_baseline(run.config.architecture):
        change(run)


def _buttons(run: Run, state: str) -> None:
    """Stop, or Resume; of somebody else's run, whose it is."""
    if not is_mine(run):
        st.caption(by(run.meta.owner), width="content")
    elif state in ACTIVE:
        stopping = run.stop_asked
        label = _("Stopping …") if stopping else _("Stop")
        help = _("Ends after the current batch; the best and the last network are kept.")
        icon = ":material/stop:"
        st.button(label, key="stop", icon=icon, disabled=stopping, on_click=stop, args=(run,), help=help)
    elif state in RESUMABLE:
        help = _("Goes on from the last complete epoch, as if it had never been interrupted.")
        icon = ":material/play_arrow:"
        st.button(_("Resume"), key="resume", icon=icon, type="primary", on_click=resume, args=(run,), help=help)


def _troubles(run: Run, state: str) -> None:
    """Why it failed or was lost, and what to do."""
    if state == "failed" and run.status and run.status.error:
        error = run.status.error
        st.error(say_again(error["template"], error["values"]), icon=":material/error:")
    if state == "lost":
        st.warning(
            _(
                "The worker is gone without a word: it was killed, ran out of memory, or the computer was switched "
                "off. Everything up to the last complete epoch is kept; press Resume to go on from there."
            ),
            icon=":material/link_off:",
        )
    if state == "queued" and engine() is None and time.time() - run.queued_at > 3:
        st.info(
            _("Nobody is training what is queued. Start the dashboard again, or: {command} schedule", command=COMMAND)
        )


def _curves(run: Run, said: Verdict | None, history: History, address: str = "") -> None:
    """Both charts, and with label noise a third; with an address they grow. Of a baseline its two scores."""
    by_heart.say(run)
    if history.start.get("at_once"):
        _scores(run, said, history)
        return
    patience = changes.patience(run.config, history)
    titles = {"loss": verdict_words.loss_title(said), "accuracy": verdict_words.accuracy_title(said)}
    predicted, raised = predictions.of(run), flags(history)
    columns = st.columns(2)
    aid = st.container()
    held_against = baselines.chosen(run)
    for column, (name, title) in zip(columns, titles.items(), strict=True):
        figure = curves.curves(history, name, title, _, patience, said.epochs if said else None, raised)
        if name == "accuracy" and held_against:
            levels = [(level.mark, level.title, level.share) for level in held_against]
            figure = curves.held_against(figure, levels, history.start.get("epochs", 1))
        if name == "accuracy" and predicted and predicted.curve:
            figure = curves.expected(figure, predicted.curve, _)
        with column:
            if address:
                growing(figure, f"{name}-{run.id}", address, name)
            else:
                plot(figure, key=f"{name}-{run.id}")
    if learning_rate.moves(run.config):
        figure = learning_rate.over_epochs(run.config, history, _("Learning rate"), _)
        with aid:
            if address:
                growing(figure, f"rate-{run.id}", address, "learning_rate")
            else:
                plot(figure, key=f"rate-{run.id}")
            st.caption(_("Grey: as planned. Points: the last step of each epoch."))
    with aid:
        st.caption(_aid(history) + (" " + _("Dotted: what you drew before.") if predicted and predicted.curve else ""))
        for epoch, words in raised:
            st.caption("⚑ " + _("After epoch {epoch}: {words}.", epoch=epoch, words=words))
    baselines.say(held_against)
    by_heart.chart(run, history, address)


def _aid(history: History) -> str:
    """How to read the charts: which images each point is the mean of, and which steps."""
    start = history.start
    n_validation = start.get("n_validation", 0)
    n_held_back = start.get("n_held_back", n_validation)
    counts = {"n_scored": number(start.get("n_scored", 0)), "n_validation": number(n_validation)}
    if n_held_back > n_validation:
        points = _(
            "Points: after each epoch, dropout off, on {n_scored} training and {n_validation} of {n_held_back} "
            "validation images, always the same; the best and the last epoch are tested on all of them at the end.",
            **counts,
            n_held_back=number(n_held_back),
        )
    else:
        points = _(
            "Points: after each epoch, dropout off; training on {n_scored} training images, always the same, "
            "validation on all {n_validation}.",
            **counts,
        )
    lines = _("Shaded: the epochs that the verdict rests on.")
    return f"{points} {of_steps(history)} {lines} " + _("Drag to zoom, double-click to zoom out.")
