"""An experiment before it begins: the question, its options, how many runs it would be and how long they would take."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.errors import DataError, SettingError
from core.experiments.expected import Expected, expected
from core.experiments.kind import Cell, Kind, kinds
from core.experiments.places import VALUES, VARIED, ladder, varied
from core.experiments.space import space as searched_space
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.setting import Setting, parse
from dashboard import resources
from dashboard.actions import begin_experiment
from dashboard.experiments import space
from dashboard.people import bound
from dashboard.runs.race_form import shared
from dashboard.runs.value_words import value_word
from dashboard.server.engine import at_once
from dashboard.widgets import timing
from dashboard.widgets.setting import control
from dashboard.words import _, number, plural, say


def question() -> Kind:
    """Which one is asked: from the link, or from the list."""
    known = kinds()
    asked = st.query_params.get("ask", "")
    st.session_state.setdefault("ask", asked if asked in known else next(iter(known)))
    chosen = st.radio(
        _("The question"),
        list(known),
        key="ask",
        format_func=lambda name: _(known[name].question),
        captions=[_(one.title) for one in known.values()],
        help=_("Each is made of ordinary runs, which the Runs page lists too."),
    )
    st.caption(_(known[chosen].about))
    return known[chosen]


def form(kind: Kind, recipe: TrainingConfig) -> None:
    """Draws the options and the costs, and begins the experiment when its button is pressed."""
    shared(recipe)
    options = _options(kind, recipe)
    try:
        if options is None:
            return
        cells, cheaper = kind.cells(recipe, options), _cheaper(kind, recipe, options)
    except (SettingError, DataError) as error:
        st.error(say(error), icon=":material/error:")
        return
    cost = expected(resources.store(), cells, at_once)
    _costs(kind, cost, cheaper)
    _lengths([cell.recipe.epochs for cell in cells])
    if cost.seconds is None:
        timing.offer_a_try(cells)
    refused = bound.refusal(cell.recipe for cell in cells)
    pressed = st.button(
        _("Start the experiment"),
        key="start_experiment",
        type="primary",
        icon=":material/science:",
        disabled=bool(refused),
    )
    bound.explain(refused)
    if pressed and begin_experiment(kind, recipe, options, _name(kind, recipe, options)):
        st.rerun()


def _options(kind: Kind, recipe: TrainingConfig) -> dict[str, Any] | None:
    """name -> value as the controls say; None, with the reason on the page, where one does not fit."""
    wide = [option for option in kind.options if _is_space(option)]
    options: dict[str, Any] = {option.name: space.control(option, recipe, _key(kind, option.name)) for option in wide}
    others = [option for option in kind.options if option not in wide]
    for first in range(0, len(others), 2):  # in rows, so that on a phone they keep their order
        beside = others[first : first + 2]
        for column, option in zip(st.columns(2, vertical_alignment="bottom"), beside, strict=False):
            with column:
                options[option.name] = _option(kind, option, recipe)
    try:
        return kind.chosen(options)
    except SettingError as error:
        st.error(say(error), icon=":material/error:")
        return None


def _is_space(option: Setting) -> bool:
    return option.kind == "names" and option.options is VARIED


def _option(kind: Kind, option: Setting, recipe: TrainingConfig) -> Any:
    key = _key(kind, option.name)
    if option.kind == "names":  # values of another setting, as typed
        text = st.text_input(
            _(option.title), key=key, help=_(VALUES.help), placeholder=_by_itself(kind, option, recipe)
        )
        return parse(option, text or "")
    if option.options is VARIED:
        known = bound.movable(varied(recipe)) or varied(recipe)
        option = dataclasses.replace(option, options=known)
        if st.session_state.get(key, option.default) not in known:
            st.session_state[key] = next(iter(known))
    return control(option, key=key)


def _by_itself(kind: Kind, option: Setting, recipe: TrainingConfig) -> str:
    """The values that are tried where nobody writes any; "" where there are none."""
    setting = option.name.removesuffix("values").strip("_") or "setting"  # whose values they are
    chosen = {one.name: st.session_state.get(_key(kind, one.name), one.default) for one in kind.options}
    try:
        return ", ".join(value_word(chosen[setting], one) for one in ladder(recipe, chosen[setting], chosen["points"]))
    except SettingError:
        return ""


def _key(kind: Kind, name: str) -> str:
    return f"ask_{kind.name}_{name}"


def _cheaper(kind: Kind, recipe: TrainingConfig, options: Mapping[str, Any]) -> list[Cell]:
    """The runs of the quicker form of the question; none where this is it."""
    quicker = {**options, **{name: min(options[name], value) for name, value in kind.cheaper.items()}}
    return kind.cells(recipe, quicker) if quicker != options else []


def _costs(kind: Kind, cost: Expected, cheaper: list[Cell]) -> None:
    """The number of runs and the time, and beside it the same question for less."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_cost_words(cost))
        if cheaper:
            less = _cost_words(expected(resources.store(), cheaper, at_once), brief=True)
            st.button(
                _("Ask it for less: {cost}", cost=less),
                key="cheaper",
                icon=":material/bolt:",
                type="tertiary",
                on_click=_ask_for_less,
                args=(kind,),
                help=_("The same question with fewer runs, and a less certain answer."),
            )


def _lengths(epochs: Sequence[int]) -> None:
    """Where the runs are not as long as the recipe above says."""
    few, many = min(epochs), max(epochs)
    if few != many:
        st.caption(_("They train for {few} to {many} epochs each.", few=number(few), many=number(many)))


def _cost_words(cost: Expected, brief: bool = False) -> str:
    runs = plural(cost.runs, "{n} run", "{n} runs")
    if cost.seconds is None:
        return runs if brief else f"**{runs}** · " + _("how long they take here is not known yet")
    words = timing.words(cost.seconds, cost.at_most)
    if brief:
        return f"{runs}, {words}"
    return f"**{runs}** · **{words}**, {timing.doubt(cost.predicted)}"


def _ask_for_less(kind: Kind) -> None:
    for name, value in kind.cheaper.items():
        key = _key(kind, name)
        st.session_state[key] = min(st.session_state.get(key, value), value)


def _name(kind: Kind, recipe: TrainingConfig, options: Mapping[str, Any]) -> str:
    """Such as "Validation curve (Dropout) · Digits · Small CNN"."""
    varied_ones = [options[one.name] for one in kind.options if one.options is VARIED and not _is_space(one)]
    for one in filter(_is_space, kind.options):
        varied_ones += list(searched_space(recipe, options[one.name]))
    varying = [_(SETTINGS[name].title) for name in varied_ones]
    title = _(kind.title) + (f" ({', '.join(varying)})" if varying else "")
    return f"{title} · {resources.run_name(recipe)}"
