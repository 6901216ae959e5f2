"""Which settings are closed: what was sent locked leaves a pupil its levers, and what they had chosen comes back.

The server refuses anything else at Train, whatever a page shows; here it is not offered.
"""

import streamlit as st

from core.errors import FitscopeError, SettingError
from core.people import acting, classroom, put_aside
from core.people.classroom import Classroom
from core.people.person import Person
from core.recipe.config import TrainingConfig
from core.recipe.sent import Sent, binding, nearest
from dashboard import choices, resources
from dashboard.actions import attempt
from dashboard.words import _, in_markdown

_HELD = "_held"  # the form that this viewer sees is bound


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
    pupil = _pupil()
    if pupil is None or binding():
        return
    for number, link in enumerate(put_aside.of(*pupil)):
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
    pupil = _pupil()
    if pupil is not None and not held() and not put_aside.of(*pupil):
        room, person = pupil
        _last(room.began)[person.id] = config.link()


def forget() -> None:
    """Something of one's own is trained: what was put aside is not asked about any more."""
    pupil = _pupil()
    if pupil is not None and not binding():
        attempt(lambda: put_aside.forget(*pupil))


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
    pupil = _pupil()
    if pupil is None:
        return
    room, person = pupil
    mine = asked.link() if other and asked != TrainingConfig() else _last(room.began).get(person.id)
    if mine and mine != wanted.link():
        attempt(lambda: put_aside.put(room, person, mine))


def _take_up(link: dict[str, str]) -> None:
    pupil = _pupil()
    if pupil is not None:
        attempt(lambda: put_aside.take_up(*pupil, link))
    choices.fill(choices.tolerant(link)[0])


def _pupil() -> tuple[Classroom, Person] | None:
    """Who asks, in their class; None where there is no class, for the teacher and for a stranger."""
    person, room = acting.acting(), classroom.current()
    return (room, person) if room and person and not person.teacher and person.id else None


@st.cache_resource(max_entries=2, show_spinner=False)
def _last(began: float) -> dict[str, dict[str, str]]:
    """id -> the link of the recipe that stood in a form of theirs last, of the class that began then: a page that is
    opened from the teacher's bar knows nothing of the others.
    """
    return {}
