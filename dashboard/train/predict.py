"""Before a training: what will happen? A curve is drawn, its turn and the test accuracy said; all may be left open."""

import streamlit as st

from core.data.catalogue import dataset
from core.recipe.config import TrainingConfig
from core.runs.prediction import Prediction
from dashboard import choices
from dashboard.widgets.forecast import forecast, newest
from dashboard.words import _

_SAID = "_prediction"  # what was said so far, on whatever page the viewer is


def form(config: TrainingConfig) -> None:
    """The questions, folded until somebody wants them."""
    title = _("Say first what will happen")
    with st.expander(title, key="predict", icon=":material/psychology_alt:", on_change="rerun") as opened:
        if not opened.open:
            return
        st.markdown(_("Draw the validation accuracy that you expect over the epochs. The run keeps it and answers it."))
        before, turn = _said(), choices.counted(_SAID)
        classes = len(config.classes) or len(dataset(config.dataset).classes)
        forecast(config.epochs, 1 / classes, key=f"forecast-{turn}", drawn=before.curve)
        left, right = st.columns(2)
        left.number_input(
            _("After which epoch will validation loss get no better?"),
            1,
            config.epochs,
            before.turns_at if before.turns_at and before.turns_at <= config.epochs else None,
            key=f"predict_turn-{turn}",
            placeholder=_("left open"),
            help=_("The last epoch, if you expect it to get better to the end."),
        )
        right.number_input(
            _("How many of 100 test images will it have right?"),
            0,
            100,
            None if before.test_accuracy is None else round(100 * before.test_accuracy),
            key=f"predict_test-{turn}",
            placeholder=_("left open"),
            help=_("Test images are looked at once, at the end."),
        )
        st.text_input(
            _("In your own words: why?"),
            before.words,
            key=f"predict_words-{turn}",
            max_chars=300,
            help=_("Kept with the run."),
        )
        st.session_state[_SAID] = now = _as_told(config)
        if now.says_something:
            st.caption(_("Kept until you press Train."))
            st.button(_("Take it back"), key="predict_clear", icon=":material/undo:", on_click=clear)


def said(config: TrainingConfig) -> Prediction | None:
    """What was said of the run that begins; None where nothing was."""
    told = _as_told(config)
    return told if told.says_something else None


def clear() -> None:
    """The next run is asked anew."""
    st.session_state[_SAID] = Prediction()
    choices.count(_SAID)  # other controls, with nothing in them


def _as_told(config: TrainingConfig) -> Prediction:
    """By the controls themselves: at a press the last word or stroke may not have been drawn yet."""
    before, turn, told = _said(), choices.counted(_SAID), st.session_state
    if f"predict_words-{turn}" not in told:  # folded, or never opened
        return before
    test = told[f"predict_test-{turn}"]
    return Prediction(
        newest(config.epochs, f"forecast-{turn}", before.curve),
        told[f"predict_turn-{turn}"],
        None if test is None else test / 100,
        words=told[f"predict_words-{turn}"].strip(),
    )


def _said() -> Prediction:
    return st.session_state.get(_SAID, Prediction())
