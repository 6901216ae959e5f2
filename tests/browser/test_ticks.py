"""Every press counts once and is seen, beside a live view on a busy server."""

import pytest

from benchmarks.server import server
from tests.made.browser import CHROMIUM, viewer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser class"),
]
PRESSES = 20


def test_every_press_counts_once_and_is_seen(browser, tmp_path):
    with server(tmp_path, script="tests/made/ticking.py") as here, viewer(browser) as page:
        page.goto(here.address)
        for press in range(PRESSES):
            page.get_by_text(f"pressed {press} times", exact=True).wait_for()
            page.get_by_role("button", name="Press").click()
        page.get_by_text(f"pressed {PRESSES} times", exact=True).wait_for()
