"""The teacher by an account of the school (OpenID Connect), where that is configured; nobody else needs one.

`secrets.toml` holds Streamlit's `[auth]`, and beside it whose account is a teacher's and, for a provider that says
nothing of whether an address was proven, that it is believed all the same:

    [fitscope]
    teachers = ["roux@school.org"]
    trust_email = true

The account is asked for once, at a press, and forgotten at once: on a borrowed device the next one is nobody's teacher.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAuthError, StreamlitSecretNotFoundError

from core.people.classroom import Classroom
from core.people.person import Person
from dashboard.actions import attempt
from dashboard.words import _, in_markdown


def offer(room: Classroom, person: Person) -> None:
    """Nothing where it is not configured, or for somebody who teaches already."""
    if person.teacher or not teachers():
        return
    account = identity()
    if not account:
        st.button(
            _("I am the teacher: sign in"),
            key="sign_in",
            icon=":material/badge:",
            on_click=_sign_in,
            help=_("With your account of the school; your browser comes back here."),
        )
        return
    name = in_markdown(str(account.get("email", "")))
    if is_a_teachers(account):
        st.button(
            _("Teach as {name}", name=name),
            key="teach",
            icon=":material/school:",
            on_click=_teach,
            args=(room, person),
            help=_("This browser is the teacher’s from now on."),
        )
    else:
        st.caption(_("{name} is not an account of a teacher here.", name=name))
        st.button(_("Sign out"), key="sign_out", icon=":material/logout:", on_click=st.logout)


def teachers() -> set[str]:
    """The accounts that teach, in small letters; none where no provider is configured."""
    return {str(one).strip().casefold() for one in _settings().get("teachers", [])}


def _settings() -> Mapping[str, Any]:
    """The table `fitscope` of the secrets; {} where no provider is configured."""
    try:
        return st.secrets.get("fitscope", {}) if "auth" in st.secrets else {}
    except StreamlitSecretNotFoundError:  # no secrets.toml, as nearly everywhere
        return {}


def identity() -> Mapping[str, Any]:
    """What the provider says of whoever signed in with this browser; {} for nobody."""
    return st.user.to_dict() if getattr(st.user, "is_logged_in", False) else {}


def is_a_teachers(account: Mapping[str, Any]) -> bool:
    """Whether an account is on the list, by an address that is proven: anybody can write down another one."""
    email = str(account.get("email", "")).strip().casefold()
    proven = account.get("email_verified") is True or (
        "email_verified" not in account and _settings().get("trust_email")
    )
    return bool(proven) and bool(email) and email in teachers()


def _sign_in() -> None:
    try:
        st.login()
    except StreamlitAuthError as error:  # Authlib is absent, or [auth] lacks something
        st.toast(in_markdown(str(error).splitlines()[0]), icon=":material/error:", duration="long")


def _teach(room: Classroom, person: Person) -> None:
    """Looks at the account once more: it is what was proven, not the button."""
    if is_a_teachers(identity()) and attempt(lambda: room.promote(person)):
        st.logout()
