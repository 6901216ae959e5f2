"""A page is handed in: downloaded, then opened from the file system with the network off."""

import re
from pathlib import Path

import pytest

from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, at_rest, viewer
from tests.made.runs import make_run
from tests.made.workers import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser trains"),
]


def test_a_page_opens_from_a_file_with_the_network_off(browser, dashboard, tmp_path):
    run = make_run(RunStore(dashboard.runs), "finished", answered=("test", "validation"))
    with viewer(browser) as page:
        page.goto(f"{dashboard.address}/train?run={run.id}")
        page.get_by_text("A page to hand in").click()
        page.get_by_label("Your name (optional)").fill("Ada")
        words = page.get_by_label("In your own words", exact=True)
        words.fill("It went as I thought.")
        words.press("Control+Enter")
        wait_until(lambda: run.meta.notes == "It went as I thought.")
        at_rest(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the page").click()
        download.value.save_as(tmp_path / "page.html")
    with viewer(browser) as page:  # whose browser speaks English: only the page knows what was chosen
        page.goto(f"{dashboard.address}/train?run={run.id}&lang=fr")
        page.get_by_text("Une page à rendre").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Télécharger la page").click()
        french = Path(download.value.path()).read_text("utf-8")
        assert '<html lang="fr">' in french
        assert "La recette" in french
        assert "The recipe" not in french
    for width in (1366, 390):
        with viewer(browser, offline=True, viewport={"width": width, "height": 800}) as page:
            _read(page, (tmp_path / "page.html").as_uri(), run)
            _printed(page)


def _printed(page):
    """On the paper that it is printed on, 180 mm of A4, nothing is cut off, and the colours of the matrix are there."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})
    wide = "() => [...document.querySelectorAll('body *')].filter((one) => one.scrollWidth > one.clientWidth + 1"
    assert page.evaluate(f"{wide} && getComputedStyle(one).overflowX !== 'visible').length") == 0
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".matrix td").first.evaluate("(one) => getComputedStyle(one).printColorAdjust") == "exact"
    pages = len(re.findall(rb"/Type /Page\b(?!s)", page.pdf(prefer_css_page_size=True)))
    assert 3 <= pages <= 5  # recipe and curves; verdict and test; the whole recipe. No page is nearly empty
    page.emulate_media(media="screen")


def _read(page, address, run):
    trouble, asked = [], []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    words = page.inner_text("body")
    assert {"Ada", "It went as I thought."} <= set(words.splitlines())
    assert f"of {run.status.result['n_test']} test images right" in words
    assert page.locator("svg polyline").first.is_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert not trouble
    assert all(url.startswith(("file:", "data:")) for url in asked)
