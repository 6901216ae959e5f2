"""The numbers of a run: of the last epoch while it goes on, of the test at the end, with ten test images."""

import streamlit as st

from core.errors import FitscopeError
from core.recipe.config import TrainingConfig
from core.runs import cost
from core.runs.history import History
from core.runs.run import Run
from dashboard import resources
from dashboard.charts import pictures
from dashboard.live.cards import cards
from dashboard.live.state_words import used_words
from dashboard.widgets import timing
from dashboard.words import _, class_words, duration, number, percent, say, size


def figures(run: Run, history: History) -> None:
    """The numbers below the curves: of the last epoch, and of the test once there is one."""
    if not history.epochs:
        return
    with st.container(horizontal=True):
        for card in cards(history):
            st.metric(card.title, card.value, help=card.help, border=True, width=170, height="stretch")
    result = run.status.result if run.status else None
    if result:
        _test_result(result)
        _what_was_expected(run)
        _used(history)
        version = history.start.get("dataset_version")
        if version:
            st.caption(_("Trained on version {version} of its images.", version=version))


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


def _what_was_expected(run: Run) -> None:
    """The time and the memory that were expected before it began, and how far off that was."""
    expected, seconds = cost.foretold(run), cost.took(run)
    if not expected or seconds is None:
        return
    said, used = [_time_it_took(expected, seconds)], cost.used(resources.history(run))
    if expected.memory and used:
        said.append(_memory_it_had(expected.memory, used.memory))
    st.caption(" ".join(said))


def _time_it_took(expected: cost.Foretold, seconds: float) -> str:
    off = seconds / expected.seconds - 1
    if expected.at_most and off < 0:
        sentence = _("Expected before it began: {expected}. It took {took} with start and test.")
    elif off >= 0:
        sentence = _("Expected before it began: {expected}. It took {took} with start and test, {share} more.")
    else:
        sentence = _("Expected before it began: {expected}. It took {took} with start and test, {share} less.")
    words = timing.words(expected.seconds, expected.at_most)
    return sentence.format(expected=words, took=duration(seconds), share=percent(abs(off), 0))


def _memory_it_had(expected: int, most: int) -> str:
    off = most / expected - 1
    words = {"expected": size(expected), "most": size(most), "share": percent(abs(off), 0)}
    if off >= 0:
        return _("Expected memory: {expected}. At most it had {most}, {share} more.", **words)
    return _("Expected memory: {expected}. At most it had {most}, {share} less.", **words)


def _used(history: History) -> None:
    """Processor, memory, and energy where the machine told it, with what that includes."""
    used = cost.used(history)
    if not used:
        return
    parts = used_words(used)
    if used.joules is not None:
        watt_hours = number(used.joules / 3600, 2)
        parts.append(_("{energy} Wh, of the whole processor with whatever else ran", energy=watt_hours))
    if used.gpu_joules is not None:
        watt_hours = number(used.gpu_joules / 3600, 2)
        parts.append(_("{energy} Wh, of the graphics card with whatever else ran on it", energy=watt_hours))
    st.caption(_("Used while it trained: {parts}.", parts=", ".join(parts)))


def gallery(run: Run, config: TrainingConfig) -> None:
    """Ten test images, right or wrong told by sign and by words."""
    try:
        shown = resources.gallery(run, config)
    except FitscopeError as error:  # the dataset was removed, or a file is damaged; the figures above still hold
        st.warning(say(error), icon=":material/broken_image:")
        return
    if shown is None:
        return
    classes = class_words(config.dataset, resources.history(run).start["classes"])
    right = shown.predicted == shown.labels
    st.markdown(
        "**"
        + _("Ten test images: {right} right, {wrong} wrong", right=int(right.sum()), wrong=int((~right).sum()))
        + "**"
    )
    answers, alts = [], []
    for label, predicted, sure in zip(shown.labels, shown.predicted, shown.sure, strict=True):
        truth = "" if label == predicted else _("is: {label}", label=classes[label])
        answers.append((label == predicted, classes[predicted], percent(float(sure), 0), truth))
        alts.append(_("shows {label}, predicted {predicted}", label=classes[label], predicted=classes[predicted]))
    st.html(pictures.answered_wall(shown.images, answers, alts))
