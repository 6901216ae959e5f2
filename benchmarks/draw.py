"""The drawing pad in Chromium: from lifting the pen to the new bars."""

import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.camera import train
from benchmarks.clicks import row
from benchmarks.server import server

STROKES = 24
LISTEN = """
() => {
  window.bars = []; window.lifted = 0;
  const chart = document.querySelector("[class*=st-key-answer] .js-plotly-plot");
  chart.on("plotly_afterplot", () => window.bars.push([performance.now(), JSON.stringify(chart.data[0].x)]));
  window.addEventListener("pointerup", () => {
    window.lifted = performance.now();
    window.before = window.bars.at(-1)?.[1];
  }, true);
}
"""
# The time of the last bars that changed after the pen was lifted; null where the last stroke changed nothing.
TOOK = """
() => {
  const after = window.bars.filter(([when]) => when > window.lifted);
  const last = after.at(-1)?.[1], changed = after.find(([, bars]) => bars === last);
  return changed && last !== window.before ? changed[0] - window.lifted : null;
}
"""


def rows() -> Iterator[dict]:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        train(runs)
        with server(runs) as here, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-GB")
            page.goto(f"{here.address}/classify")
            page.get_by_text("Draw one", exact=True).click(timeout=60_000)
            page.locator(".draw canvas").wait_for(timeout=60_000)
            page.wait_for_timeout(1000)
            _stroke(page, random.Random(0))
            page.wait_for_selector("[class*=st-key-answer] .js-plotly-plot .nsewdrag", timeout=20_000)
            page.evaluate(LISTEN)
            times = list(_times(page))
            browser.close()
    yield row("Drawing pad: from lifting the pen to the new bars", times, "draw")


def _times(page) -> Iterator[float]:
    chance = random.Random(1)
    for _ in range(STROKES):
        _stroke(page, chance)
        page.wait_for_timeout(900)
        took = page.evaluate(TOOK)
        if took is not None:
            yield took / 1000


def _stroke(page, chance: random.Random) -> None:
    box = page.locator(".draw canvas").bounding_box()
    points = [(box["x"] + chance.uniform(30, 250), box["y"] + chance.uniform(30, 250)) for _ in range(3)]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()
