"""What was chosen a moment ago counts, also where the browser has not heard of it yet and shows the former address."""

from urllib.parse import urlsplit

import pytest

from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, SLOW, at_rest, viewer
from tests.made.workers import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser trains"),
]


def test_train_takes_the_recipe_of_the_form_though_the_browser_still_shows_the_address_before(browser, dashboard):
    store = RunStore(dashboard.runs)
    before = {run.id for run in store.all()}
    with viewer(browser) as page:
        page.add_init_script(SLOW)
        come = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: come.append(bytes(frame))))
        page.goto(f"{dashboard.address}/train?dataset=digits&epochs=30")
        page.locator(".st-key-train button:not([disabled])").first.wait_for()
        at_rest(page)
        field = page.locator(".st-key-epochs input").first
        field.fill("1")
        field.press("Enter")
        while not any(b"epochs=1" in frame for frame in come):
            page.wait_for_timeout(20)  # the server has answered; the page hears of it a second later
        page.locator(".st-key-train button:not([disabled])").first.click()
        wait_until(lambda: len(store.all()) > len(before))
        (made,) = (run for run in store.all() if run.id not in before)
        assert made.config.epochs == 1
        page.wait_for_url(lambda url: {f"run={made.id}", "epochs=1"} <= set(urlsplit(url).query.split("&")))


@pytest.mark.parametrize("slow", [False, True])
def test_a_lesson_that_is_opened_from_the_list_stays_open(browser, dashboard, slow):
    """A link to the page that it stands on moves the page; the address, which comes with each press, has to follow."""
    with viewer(browser) as page:
        if slow:
            page.add_init_script(SLOW)
        page.goto(f"{dashboard.address}/lessons")
        page.get_by_role("link", name="Open the lesson").first.click()
        page.get_by_role("button", name="Next").click()
        page.wait_for_url("**/lessons?*step=watch*")
        page.get_by_role("heading", name="It underfits").wait_for()
        at_rest(page)
        assert "lesson=underfits" in page.url
        page.go_back()
        page.get_by_role("button", name="Next").wait_for()
        page.go_back()
        page.get_by_role("heading", name="Lessons").wait_for()
