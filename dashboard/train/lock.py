"""Which settings are closed: what was sent locked leaves a pupil its levers, and what they had chosen comes back.

The server refuses anything else at Train, whatever a page shows; here it is not offered.
"""

from collections import deque
from dataclasses import dataclass, field

import streamlit as st

from core.errors import FitscopeError, SettingError
from core.people import acting, classroom
from core.recipe.config import TrainingConfig
from core.recipe.sent import Sent, binding, nearest
from dashboard import choices, resources
from dashboard.words import _, in_markdown

_HELD = "_held"  # the form that this viewer sees is bound
MOST = 3  # recipes put aside for one person: they may have several pages open


@dataclass
class Own:
    """Recipes of somebody's own, as links: a page that is opened from the teacher's bar knows nothing of the others."""

    last: dict[str, str] | None = None
    aside: deque[dict[str, str]] = field(default_factory=lambda: deque(maxlen=MOST))


def hold() -> bool:
    """Puts what binds a pupil into the form, or opens it again.

    Returns whether another recipe stands there now than was chosen: a press of Train would have meant that one.
    """
    given = binding()
    try:
        return _bind(given) if given else _release()
    except FitscopeError:  # its dataset is not here any more: it binds nobody
        return _release()


def held() -> bool:
    """Whether something binds the form that this viewer sees."""
    return _HELD in st.session_state


def bring_back(where: str = "form") -> None:
    """What was chosen before the teacher locked the settings, a button each."""
    own = _own()
    if own is None or binding():
        return
    for number, link in enumerate(own.aside):
        recipe = choices.tolerant(link)[0]
        st.button(
            _("Bring back: {recipe}", recipe=in_markdown(resources.run_name(recipe))),
            key=f"bring_back-{where}-{number}",
            icon=":material/history:",
            width="stretch",
            on_click=_take_up,
            args=(link,),
            help=_("What you had chosen before your teacher locked the settings."),
        )


def open_all() -> None:
    """Opens all settings, with the values that they have: those that a lesson's link leaves closed."""
    choices.open_only(())
    st.query_params.pop("only", None)
    choices.fill(choices.last_recipe())


def begin_anew() -> None:
    """With random weights, not with those of another run."""
    st.session_state["begin_from"] = ""


def remember(config: TrainingConfig) -> None:
    """The recipe of a form that nothing binds, in case something will."""
    own = _own()
    if own is not None and not held() and not own.aside:
        own.last = config.link()


def forget() -> None:
    """Something of one's own is trained: what was put aside is not asked about any more."""
    own = _own()
    if own is not None and not binding():
        own.aside.clear()


def _bind(given: Sent) -> bool:
    asked = _chosen()
    wanted, closed = nearest(given, asked)
    if not held():
        _put_aside(asked, wanted, bool(closed))
    if closed or set(choices.levers()) != set(given.only):
        choices.fill(wanted if closed else asked)
        choices.open_only(given.only)
    st.session_state[_HELD] = True
    return bool(closed)


def _release() -> bool:
    """All settings are open, with the values that they have."""
    if held():
        asked = _chosen()  # what was moved just now counts
        del st.session_state[_HELD]
        choices.open_only(())
        choices.fill(asked)
    return False


def _chosen() -> TrainingConfig:
    try:
        return choices.recipe()
    except SettingError:
        return choices.last_recipe()


def _put_aside(asked: TrainingConfig, wanted: TrainingConfig, other: bool) -> None:
    """What stands in the form, else (it is new, or holds what was sent) what stood there last on another page.

    other  whether what stands there is not what was sent
    """
    own = _own()
    mine = own and (asked.link() if other and asked != TrainingConfig() else own.last)
    if own and mine and mine not in own.aside and mine != wanted.link():
        own.aside.append(mine)


def _take_up(link: dict[str, str]) -> None:
    own = _own()
    if own is not None and link in own.aside:
        own.aside.remove(link)
    choices.fill(choices.tolerant(link)[0])


def _own() -> Own | None:
    """Of whoever asks; None where there is no class, for the teacher and for a stranger."""
    person, room = acting.acting(), classroom.current()
    if room is None or person is None or person.teacher or not person.id:
        return None
    return _everybodys(room.began).setdefault(person.id, Own())


@st.cache_resource(max_entries=2, show_spinner=False)
def _everybodys(began: float) -> dict[str, Own]:
    """id -> theirs, of the class that began then."""
    return {}
