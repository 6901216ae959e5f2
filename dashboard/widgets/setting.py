"""The control of one setting or option: its label, range and help come from the declaration."""

import itertools
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.recipe import backbones
from core.recipe.setting import Setting
from dashboard import resources
from dashboard.words import _

EARLIER_RUNS = 50  # the newest, offered as backbones
ROWS = ("row 1", "row 2")  # places of the form with two settings side by side


def control(
    setting: Setting, high: float | None = None, key: str = "", on_change: Callable[[], None] | None = None
) -> Any:
    """Draws it and returns what it says.

    high   where fewer are to be had than the declaration allows
    key    of the session state, beginning with the default, which may be left open; without one, the setting's name,
           whose value is there already
    on_change  what is done when a person moves it
    """
    left_open = bool(key) and setting.own
    if key and setting.default is not None:
        st.session_state.setdefault(key, setting.default)
    key = key or setting.name
    label, help, options = _(setting.title), _(setting.help), setting.options or {}
    top = setting.high if high is None else high
    match setting.kind:
        case "choice" if setting.name == "filter_multiplier":
            return st.select_slider(
                label, list(options), key=key, help=help, format_func=options.__getitem__, on_change=on_change
            )
        case "choice":
            return st.selectbox(
                label,
                list(options),
                key=key,
                help=help,
                format_func=lambda value: _(options[value]),
                on_change=on_change,
            )
        case "backbone":
            return _backbone(setting, key, on_change)
        case "bool":
            return st.toggle(label, key=key, help=help, on_change=on_change)
        case "counts":
            return st.text_input(label, key=key, help=help, on_change=on_change)
        case "int":
            low: Any = 0 if setting.default == 0 else int(setting.low or 0)
            start: Any = None if left_open else "min"
            return st.number_input(
                _with_unit(setting),
                low,
                int(top or 0),
                start,
                step=1,
                key=key,
                help=help,
                placeholder=_("automatic"),
                on_change=on_change,
            )
        case "float" if setting.log:
            return st.number_input(
                label, 0.0, setting.high, step=1e-4, format="%.6g", key=key, help=help, on_change=on_change
            )
        case "float":
            lowest = 0.0 if setting.default == 0 else setting.low
            form = "%.2f" if (setting.step or 0) < 1 else "%.0f"
            return st.slider(
                _with_unit(setting),
                lowest,
                setting.high,
                step=setting.step,
                format=form,
                key=key,
                help=help,
                on_change=on_change,
            )
    raise ValueError(f"{setting.name}: a setting of kind {setting.kind} has a control of its own")


def _backbone(setting: Setting, key: str, on_change: Callable[[], None] | None) -> Any:
    """Those that are files, and the newest runs that have a network."""
    known = setting.options or {}
    runs = itertools.islice(filter(resources.has_network, resources.store().all()), EARLIER_RUNS)
    names = {name: _(title) for name, title in known.items()} | resources.run_labels(list(runs))
    chosen = st.session_state.get(key)
    if chosen and chosen not in names:
        names[chosen] = chosen  # of a link: an older run, or one of another machine
    said = st.selectbox(
        _(setting.title),
        list(names),
        key=key,
        help=_(setting.help),
        format_func=names.__getitem__,
        on_change=on_change,
    )
    if said in backbones.known():
        st.caption(_(backbones.known()[said].about))
    return said


def _with_unit(setting: Setting) -> str:
    """The unit goes into the label where the label does not say it already."""
    title, unit = _(setting.title), _(setting.unit) if setting.unit else ""
    return f"{title} ({unit})" if unit and setting.place not in ROWS and unit.lower() not in title.lower() else title
