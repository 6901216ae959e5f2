"""A run as it goes on: one fragment asks twice a second for what is new, and stops asking when the run ends."""

import time

import streamlit as st

from core.config import TrainingConfig
from core.history import History
from core.intervals import wilson
from core.registry import dataset
from core.runs import ACTIVE, RESUMABLE, Run
from core.verdict import Verdict, verdict
from dashboard import charts, pictures, resources
from dashboard.commands import resume, stop
from dashboard.engine import engine
from dashboard.plot import plot
from dashboard.words import _, duration, language, number, percent, translate

REFRESH_SECONDS = 0.4

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
        st.caption(_("Its curve appears here once it was trained on this computer."))
        return
    history = resources.history(run)
    plot(charts.sparkline(history.column("loss"), history.column("val_loss")), key=f"card-{run.id}")
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
    found = _verdict(history)
    if found:
        _say_verdict(found, history)
    _figures(run, history, found)
    _gallery(run, config)
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
            help = _("Ends after the batch in hand; the best and the last network are kept.")
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
    waiting = [other.id for other in resources.store().queue()]
    place = waiting.index(run.id) + 1 if run.id in waiting else 1
    if place == 1:
        return _("next in the queue")
    return _("place {place} in the queue", place=place)


def _troubles(run: Run, state: str) -> None:
    """Why it failed or was lost, and what to do."""
    if state == "failed" and run.status and run.status.error:
        error = run.status.error
        st.error(translate(error["template"], language()).format(**error["values"]), icon=":material/error:")
    if state == "lost":
        st.warning(
            _(
                "The worker is gone without a word: it was killed, ran out of memory, or the computer was switched "
                "off. Everything up to the last complete epoch is kept; press Resume to go on from there."
            ),
            icon=":material/link_off:",
        )
    if state == "queued" and engine() is None and time.time() - run.queued_at > 3:
        st.info(_("Nobody is training what is queued. Start the dashboard with make run, or python -m core schedule."))


def _before_first_point(state: str, history: History) -> None:
    if history.preparing and state in ACTIVE:
        what, fraction = history.preparing
        st.progress(min(1.0, fraction), text=f"{_(what)} · {percent(fraction, 0)}")
    elif state in ("starting", "running"):
        st.skeleton(height=310)


def _curves(config: TrainingConfig, history: History, key: str) -> None:
    found = _verdict(history)
    left, right = st.columns(2)
    with left:
        plot(charts.curves(history, "loss", _loss_title(found), _, config.early_stopping_patience), key=f"loss-{key}")
    with right:
        plot(
            charts.curves(history, "accuracy", _accuracy_title(found), _, config.early_stopping_patience),
            key=f"accuracy-{key}",
        )
    st.caption(
        _(
            "Points: after each epoch, dropout off; training on {n_scored} fixed training images, validation on all "
            "{n_validation}. Thin line: while learning, dropout on. Drag to zoom, double-click to zoom out.",
            n_scored=number(history.start.get("n_scored", 0)),
            n_validation=number(history.start.get("n_validation", 0)),
        )
    )


def _verdict(history: History) -> Verdict | None:
    if not history.epochs:
        return None
    loss, val_loss = history.column("loss"), history.column("val_loss")
    accuracy, val_accuracy = history.column("accuracy"), history.column("val_accuracy")
    return verdict(loss, val_loss, accuracy, val_accuracy, history.start["n_classes"])


def _loss_title(found: Verdict | None) -> str:
    finding = found.finding if found else "early"
    if finding == "overfitting" and found:
        return _("Validation loss is lowest at epoch {epoch}", epoch=found.since)
    return {
        "early": _("Loss so far"),
        "learning": _("Both losses still fall"),
        "underfitting": _("Both losses stay high"),
        "fitting": _("Both losses fall together"),
        "not learning": _("The loss hardly moves"),
    }[finding]


def _accuracy_title(found: Verdict | None) -> str:
    finding = found.finding if found else "early"
    return {
        "early": _("Accuracy so far"),
        "learning": _("Both accuracies still rise"),
        "underfitting": _("Even the training images are missed"),
        "fitting": _("Training and validation agree"),
        "overfitting": _("Training runs ahead of validation"),
        "not learning": _("No better than guessing"),
    }[finding]


def _say_verdict(found: Verdict, history: History) -> None:
    first, last = history.epochs[found.since - 1], history.epochs[-1]
    match found.finding:
        case "overfitting":
            text = _(
                "Since epoch {epoch}, validation loss went from {a} to {b} while training loss went from {c} to {d}: "
                "the network learns its training images by heart. Try more images, more dropout, or early stopping.",
                epoch=found.since,
                a=number(first["val_loss"], 2),
                b=number(last["val_loss"], 2),
                c=number(first["loss"], 2),
                d=number(last["loss"], 2),
            )
            st.warning(text, title=_("Overfitting"), icon=":material/trending_up:")
        case "underfitting":
            text = _(
                "Training accuracy has levelled off at {accuracy}: the network is too small, too restrained or too "
                "slow for these images. Try a larger network, less dropout, or a higher learning rate.",
                accuracy=percent(last["accuracy"]),
            )
            st.warning(text, title=_("Underfitting"), icon=":material/trending_flat:")
        case "not learning":
            text = _("Training accuracy is {accuracy}. Try another learning rate.", accuracy=percent(last["accuracy"]))
            st.warning(text, title=_("Not learning"), icon=":material/trending_flat:")
        case "fitting":
            text = _(
                "Training and validation accuracy are {gap} points apart, and validation loss is not rising: what the "
                "network learnt holds for images it has not seen.",
                gap=number(abs(found.gap) * 100, 1),
            )
            st.success(text, title=_("Good fit"), icon=":material/check:")
        case "learning":
            text = _("Both curves still improve: more epochs would help.")
            st.info(text, title=_("Still learning"), icon=":material/trending_down:")


def _figures(run: Run, history: History, found: Verdict | None) -> None:
    """The numbers below the curves: of the last epoch while it runs, of the test at the end."""
    if not history.epochs:
        return
    last, best, n = history.epochs[-1], history.best, history.start["n_validation"]
    low, high = wilson(round(last["val_accuracy"] * n), n)
    cards = [
        (_("Validation accuracy"), percent(last["val_accuracy"]), _("Of the last epoch, on {n} images.", n=number(n))),
        (
            _("95 % interval"),
            f"{percent(low)} – {percent(high)}",
            _("Where the true accuracy lies, by Wilson's formula."),
        ),
        (
            _("Training accuracy"),
            percent(last["accuracy"]),
            _("On {n} fixed training images, dropout off.", n=number(history.start["n_scored"])),
        ),
        (
            _("Gap"),
            _("{gap} points", gap=number((last["accuracy"] - last["val_accuracy"]) * 100, 1)),
            _("Training minus validation accuracy. Wide: overfitting."),
        ),
        (
            _("Best epoch"),
            _("{best} of {last}", best=best["epoch"], last=last["epoch"]) if best else "–",
            _("The epoch with the best watched value so far."),
        ),
    ]
    with st.container(horizontal=True):
        for title, value, help in cards:
            st.metric(title, value, help=help, border=True, width=170)
    result = run.status.result if run.status else None
    if result:
        _test_result(result)


def _test_result(result: dict) -> None:
    low, high = result["interval"]
    st.subheader(
        _(
            "Test: {accuracy} of {n} images right",
            accuracy=percent(result["test_accuracy"], 2),
            n=number(result["n_test"]),
        ),
        anchor=False,
    )
    st.markdown(
        _(
            "95 % interval {low} to {high} · test loss {loss} · network of epoch {kept}",
            low=percent(low, 2),
            high=percent(high, 2),
            loss=number(result["test_loss"], 4),
            kept=result["kept_epoch"],
        )
    )


def _gallery(run: Run, config: TrainingConfig) -> None:
    """Ten test images, right or wrong told by sign and by words."""
    shown = resources.gallery(run, config)
    if shown is None:
        return
    classes = [_(name) for name in dataset(config.dataset).classes]
    right = shown.predicted == shown.labels
    st.markdown(
        "**"
        + _("Ten test images: {right} right, {wrong} wrong", right=int(right.sum()), wrong=int((~right).sum()))
        + "**"
    )
    captions, alts = [], []
    for label, predicted, sure in zip(shown.labels, shown.predicted, shown.sure, strict=True):
        mark = pictures.verdict_mark(label == predicted)
        said = f"{mark} <b>{classes[predicted]}</b> {percent(float(sure), 0)}"
        truth = "" if label == predicted else "<br>" + _("is: {label}", label=classes[label])
        captions.append(said + truth)
        alts.append(_("shows {label}, predicted {predicted}", label=classes[label], predicted=classes[predicted]))
    st.html(pictures.wall(shown.images, captions, alts))
