"""A control is sent with its value, as where it is given it as its own: also in the runs that no longer set it."""

import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from dashboard.upstream.default_first import sending_values
from tests.made import pages  # noqa: F401  with it an AppTest reads the metadata of packages once, not at each run
from tests.made.workers import PATIENCE

pytestmark = pytest.mark.slow

OPTIONS = ("one", "two", "three")
CONTROLS = {  # the control, how its own value is named, and one that is not its default
    "toggle": ("st.toggle('x', {own}key='x')", "value", True),
    "checkbox": ("st.checkbox('x', {own}key='x')", "value", True),
    "slider": ("st.slider('x', 0.0, 1.0, {own}key='x', step=0.05)", "value", 0.4),
    "range": ("st.slider('x', 0, 9, {own}key='x')", "value", (2, 7)),
    "select_slider": (f"st.select_slider('x', {OPTIONS}, {{own}}key='x')", "value", "two"),
    "number_input": ("st.number_input('x', 0, 9, {own}key='x')", "value", 4),
    "text_input": ("st.text_input('x', {own}key='x')", "value", "words"),
    "text_area": ("st.text_area('x', {own}key='x')", "value", "words"),
    "selectbox": (f"st.selectbox('x', {OPTIONS}, {{own}}key='x')", "index", "three"),
    "radio": (f"st.radio('x', {OPTIONS}, {{own}}key='x')", "index", "two"),
    "multiselect": (f"st.multiselect('x', {OPTIONS}, {{own}}key='x')", "default", ["three", "one"]),
    "emptied": (f"st.multiselect('x', {OPTIONS}, {{own}}key='x')", "default", []),
    "segmented_control": (f"st.segmented_control('x', {OPTIONS}, {{own}}key='x')", "default", "two"),
    "color_picker": ("st.color_picker('x', {own}key='x')", "value", "#0B6E99"),
}


ONCE = "if 'x' not in st.session_state:\n    st.session_state['x'] = {value!r}\n"


@pytest.fixture
def patched(monkeypatch):
    if not hasattr(DeltaGenerator._enqueue, "sends_values"):
        monkeypatch.setattr(DeltaGenerator, "_enqueue", sending_values(DeltaGenerator._enqueue))


def sent(script, runs=1):
    """The message of the control in the last of so many runs."""
    app = AppTest.from_string(f"import streamlit as st\n{script}", default_timeout=PATIENCE)
    for _run in range(runs):
        app.run()
        assert not app.exception
    return app.get_by_key("x").proto


def default(proto):
    known = proto.DESCRIPTOR.fields_by_name["default"]
    return list(proto.default) if known.is_repeated else proto.default


@pytest.mark.parametrize("runs", [1, 2, 3])
@pytest.mark.parametrize("kind", CONTROLS)
def test_the_default_is_the_one_of_a_control_that_was_given_the_value(kind, runs, patched):
    control, name, value = CONTROLS[kind]
    own = OPTIONS.index(value) if name == "index" else value
    wanted = default(sent(control.format(own=f"{name}={own!r}, ")))
    assert default(sent(ONCE.format(value=value) + control.format(own=""), runs)) == pytest.approx(wanted)


def test_a_control_that_nobody_has_set_keeps_its_own_default(patched):
    assert default(sent("st.slider('x', 0, 9, 4, key='x')")) == [4]
    assert default(sent(f"st.selectbox('x', {OPTIONS}, index=1, key='x')", runs=2)) == 1


def test_an_option_that_was_typed_leaves_the_default_alone(patched):
    script = ONCE.format(value="own") + "st.selectbox('x', ['a'], key='x', accept_new_options=True)"
    assert default(sent(script)) == 0


@pytest.mark.parametrize("value", [None, "two"])
def test_a_control_that_may_be_emptied_stays_one(value, patched):
    """The browser shows the cross only where there is no default."""
    for control in (f"st.radio('x', {OPTIONS}, index=None, key='x')", f"st.selectbox('x', {OPTIONS}, None, key='x')"):
        assert not sent(ONCE.format(value=value) + control, runs=2).HasField("default")
    assert not sent("st.number_input('x', value=None, key='x')").HasField("default")
