"""What a teacher's lock means beside a button that trains: what may be moved, and why a press is not offered.

The core refuses the rest whatever a page shows.
"""

from collections.abc import Iterable, Mapping

import streamlit as st

from core.errors import FitscopeError
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.levers import opened
from core.recipe.sent import Sent, binding, closed, nearest
from dashboard.people.signal import title
from dashboard.words import _, in_markdown


def sentence(given: Sent) -> str:
    """Who locked the settings, and which may be moved."""
    named = ", ".join(_(SETTINGS[name].title) for name in given.only)
    return _("Your teacher has locked all settings but these: {settings}.", settings=named)


def say() -> None:
    """The same above a form; nothing where nothing binds."""
    given = binding()
    if given:
        st.info(sentence(given), title=in_markdown(title(given)), icon=":material/lock:")


def within(recipe: TrainingConfig) -> TrainingConfig:
    """What a form begins with: the recipe itself, or what was sent where it differs from that in more than levers."""
    given = binding()
    try:
        wanted, others = nearest(given, recipe) if given else (recipe, [])
    except FitscopeError:  # its dataset is not here any more: it binds nobody
        return recipe
    return wanted if others else recipe


def movable(known: Mapping[str, str]) -> dict[str, str]:
    """Of settings, name -> title, those that may be moved."""
    given = binding()
    allowed = opened(given.only) if given else known
    return {name: words for name, words in known.items() if name in allowed}


def refusal(recipes: Iterable[TrainingConfig]) -> str:
    """Why these would not be trained; "" where they would."""
    given = binding()
    others = {name for recipe in recipes for name in closed(recipe)} if given else set()
    if not given or not others:
        return ""
    named = ", ".join(_(setting.title) for name, setting in SETTINGS.items() if name in others)
    return sentence(given) + " " + _("This would be trained with another value of: {settings}.", settings=named)


def explain(words: str) -> None:
    """Below a button that is not offered, also where nothing hovers; nothing for no words."""
    if words:
        st.caption(f":material/lock: {words}")
