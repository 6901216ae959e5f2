"""The teacher by an account of the school: only where it is configured, only a proven address of the list."""

import pytest
import streamlit as st

from dashboard.people import signing_in
from tests.made.pages import open_page, texts

pytestmark = pytest.mark.slow

ROUX = {"email": "Roux@school.org", "email_verified": True}


@pytest.fixture
def configured(monkeypatch, tmp_path):
    """As `secrets.toml` says it; `account` is who signed in."""
    secrets = {"auth": {"redirect_uri": "https://here/oauth2callback"}, "fitscope": {"teachers": ["roux@school.org"]}}
    monkeypatch.setattr(st, "secrets", secrets)
    account: dict[str, object] = {}
    monkeypatch.setattr(signing_in, "identity", lambda: account)
    monkeypatch.setattr(st, "logout", account.clear)
    return account


def keys(app):
    return {one.key for one in app.button}


def test_where_nothing_is_configured_nothing_is_offered(as_):
    as_("Léa")
    assert not keys(open_page("01_start.py")) & {"sign_in", "teach"}


def test_a_teachers_account_teaches_and_is_forgotten_at_once(as_, room, configured):
    lea = as_("Léa")
    assert "sign_in" in keys(open_page("01_start.py"))
    configured.update(ROUX)
    app = open_page("01_start.py")
    app.button(key="teach").click().run()
    assert room.person(lea.id).teacher
    assert configured == {}
    assert not keys(app) & {"sign_in", "teach"}


@pytest.mark.parametrize(
    "account",
    [
        {"email": "lea@school.org"},
        {**ROUX, "email_verified": False},
        {"email": ""},
        {"name": "Roux"},
        {"email": ROUX["email"]},
    ],
)
def test_any_other_account_does_not(as_, room, configured, account):
    lea = as_("Léa")
    configured.update(account)
    app = open_page("01_start.py")
    assert "teach" not in keys(app)
    assert "is not an account of a teacher here" in texts(app)
    assert not room.person(lea.id).teacher


def test_a_provider_that_proves_no_address_is_believed_where_that_is_said(configured):
    assert not signing_in.is_a_teachers({"email": ROUX["email"]})
    st.secrets["fitscope"]["trust_email"] = True
    assert signing_in.is_a_teachers({"email": ROUX["email"]})
    assert not signing_in.is_a_teachers({**ROUX, "email_verified": False})


def test_what_counts_is_the_account_at_the_press(as_, room, configured):
    lea = as_("Léa")
    configured.update(ROUX)
    app = open_page("01_start.py")
    configured.update(email="lea@school.org")
    app.button(key="teach").click().run()
    assert not room.person(lea.id).teacher
