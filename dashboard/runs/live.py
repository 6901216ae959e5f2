"""A run as it goes on: one fragment asks twice a second for what is new, and stops asking when the run ends."""

import time

import streamlit as st

from core.folders import COMMAND
from core.recipe.config import TrainingConfig
from core.runs.history import History
from core.runs.run import ACTIVE, RESUMABLE, Run
from dashboard import resources
from dashboard.actions import resume, stop
from dashboard.charts import curves
from dashboard.runs import results, verdict_words
from dashboard.server.engine import engine
from dashboard.widgets.plot import plot
from dashboard.words import _, duration, number, percent, say_again

REFRESH_SECONDS = 0.3

BADGES = {
    "queued": ("blue", ":material/hourglass_top:"),
    "starting": ("blue", ":material/sync:"),
    "running": ("blue", ":material/play_arrow:"),
    "finished": ("green", ":material/check:"),
    "stopped": ("gray", ":material/stop:"),
    "failed": ("red", ":material/error:"),
    "lost": ("orange", ":material/link_off:"),
    "damaged": ("red", ":material/broken_image:"),
}


def follow(run: Run) -> None:
    """Shows a run: progress, curves, what they say, figures, and its test images at the end."""
    at_work = run.state in ACTIVE or (run.process_alive and run.status is not None and not run.status.result)

    @st.fragment(run_every=REFRESH_SECONDS if at_work else None)
    def view() -> None:
        state = run.state
        if at_work and state not in ACTIVE and not run.process_alive:
            st.rerun()  # once more as a whole, to stop asking
        _show(run, state)

    view()


def last_curve(recipe: TrainingConfig) -> None:
    """The loss curve of the newest finished run of a recipe; before there is one, a line that says so."""
    run = resources.newest_of(recipe)
    if run is None:
        st.caption(_("Its curve appears here once it has been trained on this computer."))
        return
    history = resources.history(run)
    plot(curves.sparkline(history.column("loss"), history.column("val_loss")), key=f"card-{run.id}")
    result = run.status.result if run.status else None
    if result:
        st.caption(
            _(
                "Trained here: {accuracy} of {n} test images right. Solid: validation loss, dashed: training loss.",
                accuracy=percent(result["test_accuracy"]),
                n=number(result["n_test"]),
            )
        )


def state_word(state: str) -> str:
    """The state in the viewer's language."""
    words = {
        "queued": _("queued"),
        "starting": _("starting"),
        "running": _("running"),
        "finished": _("finished"),
        "stopped": _("stopped"),
        "failed": _("failed"),
        "lost": _("lost"),
        "damaged": _("damaged"),
    }
    return words[state]


def _show(run: Run, state: str) -> None:
    config, history = run.config, resources.history(run)
    _controls(run, state, history)
    _troubles(run, state)
    if history.trace.x or history.epochs:
        _curves(config, history, run.id)
    else:
        _before_first_point(state, history)
        return
    verdict = verdict_words.finding(history)
    if verdict:
        verdict_words.note(verdict, history)
    results.figures(run, history)
    results.gallery(run, config)
    with st.expander(_("Log of the worker"), icon=":material/terminal:", key="log"):
        st.code(run.log() or _("Nothing written yet."), language=None)


def _controls(run: Run, state: str, history: History) -> None:
    """State, Stop or Resume, and how far it is."""
    colour, icon = BADGES[state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(state_word(state), icon=icon, color=colour)  # type: ignore[arg-type]
        st.markdown(_progress(run, state, history))
        st.space("stretch")
        if state in ACTIVE:
            stopping = run.stop_asked
            label = _("Stopping …") if stopping else _("Stop")
            icon = ":material/stop:"
            help = _("Ends after the current batch; the best and the last network are kept.")
            st.button(label, key="stop", icon=icon, disabled=stopping, on_click=stop, args=(run,), help=help)
        elif state in RESUMABLE:
            help = _("Goes on from the last complete epoch, as if it had never been interrupted.")
            st.button(
                _("Resume"),
                key="resume",
                icon=":material/play_arrow:",
                type="primary",
                on_click=resume,
                args=(run,),
                help=help,
            )
    if state in ("starting", "running"):
        total = history.start.get("epochs", run.config.epochs)
        st.progress(min(1.0, history.position / total))


def _progress(run: Run, state: str, history: History) -> str:
    total = history.start.get("epochs", run.config.epochs)
    if state == "queued":
        return _place_in_queue(run)
    parts = []
    if state == "running" and history.start:
        epoch = min(total, int(history.position) + 1)
        parts.append(_("epoch {epoch} of {total}", epoch=epoch, total=total))
        if history.position >= total:
            parts = [_("testing the network")]
        elif history.images_per_second:
            parts.append(_("{rate} images/s", rate=number(history.images_per_second)))
            parts += _time_left(history, total)
    elif history.epochs:
        parts.append(_("{epoch} of {total} epochs", epoch=len(history.epochs), total=total))
        parts.append(duration(sum(history.column("seconds"))))
    if history.start:
        parts.append(history.start["device"])
    return " · ".join(parts)


def _time_left(history: History, total: int) -> list[str]:
    """From the epochs so far, scoring included; before the first is complete nothing is claimed."""
    if not history.epochs:
        return []
    recent = history.column("seconds")[-5:]
    left = (total - history.position) * sum(recent) / len(recent)
    return [_("{time} left", time=duration(left))]


def _place_in_queue(run: Run) -> str:
    waiting = resources.waiting()
    place = waiting.index(run.id) + 1 if run.id in waiting else 1
    if place == 1:
        return _("next in the queue")
    return _("place {place} in the queue", place=place)


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


def _before_first_point(state: str, history: History) -> None:
    if history.preparing and state in ACTIVE:
        what, fraction = history.preparing
        st.progress(min(1.0, fraction), text=f"{_(what)} · {percent(fraction, 0)}")
    elif state in ("starting", "running"):
        st.skeleton(height=310)


def _curves(config: TrainingConfig, history: History, key: str) -> None:
    verdict = verdict_words.finding(history)
    left, right = st.columns(2)
    with left:
        plot(
            curves.curves(history, "loss", verdict_words.loss_title(verdict), _, config.early_stopping_patience),
            key=f"loss-{key}",
        )
    with right:
        plot(
            curves.curves(
                history, "accuracy", verdict_words.accuracy_title(verdict), _, config.early_stopping_patience
            ),
            key=f"accuracy-{key}",
        )
    st.caption(
        _(
            "Points: after each epoch, dropout off; training on {n_scored} training images, always the same, "
            "validation on all {n_validation}. Thin line: while learning, dropout on. Drag to zoom, double-click to "
            "zoom out.",
            n_scored=number(history.start.get("n_scored", 0)),
            n_validation=number(history.start.get("n_validation", 0)),
        )
    )
