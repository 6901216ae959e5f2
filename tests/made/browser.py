"""Chromium for the tests of the pages: its limits, and how to wait for a page instead of a time."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from dashboard.page_files import page_files

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LONG = 300_000  # ms after which a test gives up; no machine is so busy that a page needs them
PHONE = {"width": 390, "height": 844}
SETTINGS = {"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", "reduced_motion": "reduce"}
KEPT = "local_storage,indexeddb,websql,service_workers,file_systems,storage_buckets"
PATHS = ("/", *(f"/{page.stem.split('_', 1)[1]}" for page in page_files()[1:]))

GRAVE = ("serious", "critical")
STREAMLITS = ["[data-testid=stSidebarNavItems]"]  # 1.67 has other things than items in the list of pages on a phone

# A browser that hears of everything later than it asks again: what it shows then is as it was.
SLOW = """
window.WebSocket = class extends WebSocket {
  addEventListener(kind, heard, ...more) {
    const late = (event) => setTimeout(() => heard.call(this, event), 1200);
    super.addEventListener(kind, kind === "message" ? late : heard, ...more);
  }
};
"""

# The place of an element, once it has not moved for half a second and thirty of the browser's frames.
STILL = """
async (element) => {
  const place = () => element.getBoundingClientRect().toJSON();
  let last = place(), frames = 0, since = performance.now();
  while (frames < 30 || performance.now() - since < 500) {
    await new Promise(requestAnimationFrame);
    const now = place();
    if (JSON.stringify(now) === JSON.stringify(last)) frames++;
    else [last, frames, since] = [now, 0, performance.now()];
  }
  return last;
}
"""


_free: WeakKeyDictionary[Any, dict[str, list[Any]]] = WeakKeyDictionary()  # of a browser: settings -> contexts


@contextmanager
def viewer(browser: Any, **settings: Any) -> Iterator[Any]:
    """The page of a new viewer, whose every step is waited for: Playwright's own 30 s are few on a busy machine.

    Streamlit's scripts that a viewer's browser has compiled are left to the next viewer with the same settings, and
    nothing else is: compiling them anew takes a core two to four seconds for each page.
    """
    settings = SETTINGS | settings
    free = _free.setdefault(browser, {}).setdefault(repr(sorted(settings.items())), [])
    context = free.pop() if free else browser.new_context(**settings)
    context.set_default_timeout(LONG)
    page = context.new_page()
    try:
        yield page
    except BaseException:
        context.close()
        raise
    _forget(context, page)
    free.append(context)


def _forget(context: Any, page: Any) -> None:
    """Closes what was opened, and empties what a page may have kept for its next visit."""
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": KEPT})
    context.clear_cookies()
    for one in context.pages:
        one.close()


def at_rest(page):
    """Waits until the server has nothing more to say to a press that it has heard of."""
    page.wait_for_selector("[data-test-script-state=notRunning]")


def still(element):
    """Where an element lies once the page around it has come to rest: {x, y, width, height}."""
    element.wait_for()
    at_rest(element.page)
    return element.evaluate(STILL)


def lasting(page):
    """What is grave about the open page and stays so: while it is being drawn, a button may have no name yet."""
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
