"""The teacher by an account of the school: from the button to the provider and back with a code, in a real browser."""

import os

import pytest

from benchmarks.server import free_port, open_class
from core.people.classroom import Classroom
from tests.made.browser import CHROMIUM, at_rest, viewer
from tests.made.provider import CLIENT, SECRET, provider
from tests.made.workers import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser class"),
]

SECRETS = """
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "long enough that nobody guesses it"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"

[fitscope]
teachers = ["roux@school.org"]
"""


@pytest.fixture
def school(monkeypatch, tmp_path):
    """A provider and a class that believes it, (provider, class)."""
    port = free_port()
    with provider(email="Roux@school.org", email_verified=True) as known:
        words = {"address": f"http://127.0.0.1:{port}", "client": CLIENT, "secret": SECRET, "provider": known.address}
        folder = tmp_path / "home" / ".streamlit"
        folder.mkdir(parents=True)
        (folder / "secrets.toml").write_text(SECRETS.format(**words), "utf-8")
        monkeypatch.setitem(os.environ, "HOME", str(tmp_path / "home"))
        with open_class(tmp_path / "runs", tmp_path / "data", port) as opened:
            yield known, opened


def test_an_account_of_the_school_teaches_and_one_that_is_not_signed_by_its_provider_does_not(browser, school):
    known, opened = school
    room = Classroom(opened.runs / ".class")

    def sign_in(page):
        """To the provider and back: a page that is asked for in between would meet the one that comes back."""
        page.get_by_role("button", name="Roux", exact=True).click()
        with page.expect_navigation(url=f"{opened.address}/**", wait_until="commit"):
            page.get_by_role("button", name="I am the teacher: sign in").click()

    with viewer(browser) as page:
        page.goto(f"{opened.address}/join?room={opened.room}")
        page.get_by_label("Nickname").fill("Roux")
        page.get_by_role("button", name="Join").click()
        page.wait_for_selector("h1")
        at_rest(page)
        known.forged = True
        sign_in(page)
        wait_until(lambda: "/keys" in known.heard)
        page.goto(opened.address, wait_until="commit")  # what matters on it is waited for next
        page.wait_for_selector("h1")
        at_rest(page)
        known.forged = False
        sign_in(page)  # is offered still: nobody is signed in
        page.get_by_role("button", name="Roux", exact=True).click()
        page.get_by_role("button", name="Teach as Roux@school.org").click()
        wait_until(lambda: [person.teacher for person in room.people()] == [True])
        page.get_by_role("button", name="Roux", exact=True).wait_for()
        at_rest(page)
        page.goto(f"{opened.address}/class")
        page.locator(".poster img").wait_for()
    assert known.heard.count("/token") == 2
    assert not known.asked  # each code was used
