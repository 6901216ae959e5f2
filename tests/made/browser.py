"""Chromium for the tests of the pages: its limits, and how to wait for a page instead of a time."""

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LONG = 300_000  # ms after which a test gives up; no machine is so busy that a page needs them

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


def at_rest(page):
    """Waits until the server has nothing more to say to a press that it has heard of."""
    page.wait_for_selector("[data-test-script-state=notRunning]", timeout=LONG)


def still(element):
    """Where an element lies once the page around it has come to rest: {x, y, width, height}."""
    element.wait_for(timeout=LONG)
    at_rest(element.page)
    return element.evaluate(STILL)
