"""What axe-core finds on every page, light and dark: low contrast, pictures and controls without a name."""

import pytest

from benchmarks.server import server
from tests.browser.classify.made import runs
from tests.made.browser import CHROMIUM, PATHS, PHONE, at_rest, viewer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]

__all__ = ["runs"]
GRAVE = ("serious", "critical")
STREAMLITS = ["[data-testid=stSidebarNavItems]"]  # 1.67 has other things than items in the list of pages on a phone
SOME = ("/train", "/classify", "/mistakes")  # which have all that other pages have
LOOKS = {
    "light": (PATHS, {"color_scheme": "light"}),
    "dark": (SOME, {"color_scheme": "dark"}),
    "phone": (SOME, {"color_scheme": "light", "viewport": PHONE, "locale": "fr-FR"}),
}


@pytest.fixture(scope="module")
def dashboard(runs):
    with server(runs) as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.mark.parametrize("look", LOOKS)
def test_no_serious_finding_on_any_page(browser, dashboard, look):
    paths, settings = LOOKS[look]
    with viewer(browser, **settings) as page:
        grave = {path: found for path in paths if (found := lasting(page, dashboard.address + path))}
    assert not grave


def test_the_audit_would_notice(browser):
    with viewer(browser) as page:
        page.set_content("<html lang=en><title>A</title><p style='color:#999'>pale</p><img src='x.png'></html>")
        assert {found.split(":")[0] for found in audit(page)} == {"color-contrast", "image-alt"}


def lasting(page, address):
    """What is grave about a page and stays so: while it is being drawn, a button may have no name yet."""
    page.goto(address)
    page.wait_for_selector("h1")
    at_rest(page)
    for _ in range(10):
        found = audit(page)
        if not found:
            break
        page.wait_for_timeout(1000)
    return found


def audit(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context={"exclude": [STREAMLITS]}, options={"resultTypes": ["violations"]})
    grave = [one for one in found.response["violations"] if one["impact"] in GRAVE]
    return [f"{one['id']}: {node['html'][:200]}" for one in grave for node in one["nodes"]]
