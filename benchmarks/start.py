"""In the browser: from the click on Train to the first point, warm and cold, and how often the curve moves."""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.server import server

REPEATS = 7
FIRST_POINT = (
    "() => [...document.querySelectorAll('.js-plotly-plot')].some(p => p.data && p.data.some(d => d.x.length))"
)


def rows() -> Iterator[dict]:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with server(Path(folder) / "warm") as warm:
            page = browser.new_page()
            page.goto(f"{warm.address}/train")
            page.wait_for_selector(".st-key-train button:not([disabled])", timeout=60_000)
            times = [_click_to_point(page, warm.runs, pause=9.0) for _ in range(REPEATS + 1)][1:]
            updates = _updates_a_second(page, warm.address)
        yield _row("click to first point, warm worker", times)
        yield {**_row("updates of the live curve", [updates]), "unit": "a second", "spread": "over 8 s, one viewer"}
        cold = []
        for place in range(3):
            with server(Path(folder) / f"cold{place}") as fresh:
                page = browser.new_page()
                began = time.perf_counter()
                page.goto(f"{fresh.address}/")
                page.wait_for_selector(".st-key-start button", timeout=60_000)
                page.locator(".st-key-start button").first.click()
                page.wait_for_function(FIRST_POINT, timeout=60_000)
                cold.append(time.perf_counter() - began)
        yield _row("opening a fresh dashboard to first point, cold worker", cold)
        browser.close()


def _click_to_point(page, runs: Path, pause: float) -> float:
    """One click on Train with a worker waiting, timed until the curve of the new run has a point."""
    before = _names(runs)
    page.wait_for_timeout(pause * 1000)  # the next worker warms up after the last run
    began = time.perf_counter()
    page.locator(".st-key-train button").first.click()
    while not (made := _names(runs) - before):
        page.wait_for_timeout(10)
    chart = f"document.querySelector('[class*=\"st-key-loss-{made.pop()}\"] .js-plotly-plot')"
    page.wait_for_function(f"() => {chart}?.data?.some(line => line.x.length)", timeout=30_000)
    return time.perf_counter() - began


def _updates_a_second(page, address: str) -> float:
    """How often the loss curve gets new points while a longer training runs."""
    page.wait_for_timeout(9000)
    page.goto(f"{address}/train?dataset=colours&epochs=300")
    page.wait_for_selector(".st-key-train button:not([disabled])", timeout=60_000)
    page.locator(".st-key-train button").first.click()
    page.wait_for_function(FIRST_POINT, timeout=30_000)
    page.evaluate(
        """() => { window.updates = 0; const react = Plotly.react;
        Plotly.react = (place, ...rest) => { if (place === document.querySelector('.js-plotly-plot')) window.updates++;
        return react(place, ...rest); }; }"""
    )
    page.wait_for_timeout(8000)
    updates = page.evaluate("() => window.updates")
    page.locator(".st-key-stop button").first.click()
    page.wait_for_selector(".st-key-resume button", timeout=30_000)
    return updates / 8


def _names(runs: Path) -> set[str]:
    return {name for name in os.listdir(runs) if name[0] != "."}


def _row(name: str, times: list[float]) -> dict:
    return {
        "name": name,
        "ours": round(statistics.median(times), 2),
        "peer": None,
        "unit": "s",
        "ratio": None,
        "spread": f"{min(times):.2f}–{max(times):.2f} s, {len(times)} times",
        "command": "python -m benchmarks start",
    }
