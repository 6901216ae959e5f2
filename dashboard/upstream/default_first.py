"""A control is drawn with the value that it has from the beginning.

Streamlit sends a control with its own default (off, the lowest, the first); the value that a script has set comes
beside it, once. A browser that has not drawn that message when the next one overtakes it never hears of the value: it
draws the default, and whatever is pressed next sends the default along as if it had been chosen. On busy cores the
whole form of the Train page fell back to the first dataset, the first network and one epoch while somebody drew (10 of
18 times, now 0 of 35).

Wrong in: Streamlit 1.67 (`useBasicWidgetState` in its frontend). To be seen: `tests/browser/test_lessons.py -k drawn`
with `apply` left out, a few times beside two busy cores. May go when each message of a control holds its value; no
report of ours yet.
"""

from typing import Any

from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx


def apply() -> None:
    """From now on the value of a control is sent as its default, in every run of a script."""
    if not hasattr(DeltaGenerator._enqueue, "sends_values"):
        DeltaGenerator._enqueue = sending_values(DeltaGenerator._enqueue)  # type: ignore[method-assign]


def sending_values(enqueue: Any) -> Any:
    """`DeltaGenerator._enqueue`, which puts the value into the message first."""

    def with_value(self: DeltaGenerator, kind: str, proto: Any, *more: Any, **named: Any) -> Any:
        if "set_value" in proto.DESCRIPTOR.fields_by_name:  # a control, as its browser may change it
            values = current(proto.id)
            if values is not None:
                begin_with(proto, values)
        return enqueue(self, kind, proto, *more, **named)

    with_value.sends_values = True  # type: ignore[attr-defined]
    return with_value


def current(widget_id: str) -> list[Any] | None:
    """What a browser would send for a control as it is now: [] where nothing is chosen, None where it is not known."""
    context = get_script_run_ctx()
    if context is None:
        return None
    state = context.session_state._state
    metadata = state.get_widget_metadata(widget_id)
    if metadata is None:
        return None
    try:
        sent = metadata.serializer(state.get_widget_value(widget_id))
    except KeyError:
        return None
    return [] if sent is None else list(sent) if isinstance(sent, list | tuple) else [sent]


def begin_with(proto: Any, values: list[Any]) -> None:
    """Makes the values the default of a control's message, where it has one."""
    names = proto.DESCRIPTOR.fields_by_name
    if "default" not in names:
        return
    if names["default"].has_presence and not proto.HasField("default"):
        return  # one that may be emptied: with a default its browser would leave out the cross
    if "options" in names and proto.options:  # choices are sent as words, their default as places among the options
        options = [getattr(option, "content", option) for option in proto.options]
        if not all(value in options for value in values):
            return  # one that was typed has no place
        values = [options.index(value) for value in values]
    proto.ClearField("default")
    if names["default"].is_repeated:
        proto.default.extend(values)
    elif values:
        proto.default = values[0]
