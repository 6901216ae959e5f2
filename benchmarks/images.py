"""Images: importing 30,000 pictures from a zip beside a plain Pillow loop, and how long the Images page takes."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.clicks import row, seconds_until
from benchmarks.server import ROOT, server
from core.folders import data_folders

PAIRS = 3
TURNS = 12  # pages of the wall that are turned


def rows() -> Iterator[dict]:
    zipped = next((path for home in data_folders() if (path := home / "cifar-10-images.zip").exists()), None)
    if zipped is None:
        print("benchmarks images: cifar-10-images.zip is not in a data folder; the import is left out", file=sys.stderr)
    else:
        yield from _import_rows(zipped)
    yield from _page_rows()


def _import_rows(zipped: Path) -> Iterator[dict]:
    ours, peer, memory = [], [], []
    for _pair in range(PAIRS):
        with tempfile.TemporaryDirectory() as folder:
            words = ["-m", "core", "import", str(zipped), "--name", "Measured", "--json"]
            seconds, megabytes = _timed(words, {"FITSCOPE_DATA": folder})
        ours.append(seconds)
        memory.append(megabytes)
        peer.append(_timed(["-m", "benchmarks.plain_import", str(zipped)], {})[0])
    ratios = [theirs / mine for mine, theirs in zip(ours, peer, strict=True)]
    command = "python -m benchmarks images"
    yield {
        "name": "import of CIFAR-10's 30,000 JPEGs from a zip, whole command (peer: plain Pillow loop)",
        "ours": round(statistics.median(ours), 1),
        "peer": round(statistics.median(peer), 1),
        "unit": "s",
        "ratio": statistics.median(ratios),
        "spread": f"{min(ratios):.2f}–{max(ratios):.2f}×, {PAIRS} pairs",
        "command": command,
    }
    yield {
        "name": "memory of that import, at most",
        "ours": round(max(memory)),
        "peer": None,
        "unit": "MB",
        "ratio": None,
        "spread": f"{min(memory):.0f}–{max(memory):.0f} MB, {PAIRS} times",
        "command": command,
    }


def _timed(words: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds a Python process takes, and the most memory it has meanwhile, in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    most = 0.0
    while process.poll() is None:
        most = max(most, _resident(process.pid))
        time.sleep(0.05)
    if process.returncode:
        raise RuntimeError(f"{words} ended with {process.returncode}")
    return time.perf_counter() - began, most


def _resident(pid: int) -> float:
    """Memory that is the process's own: pages of mapped files can be taken back at any time."""
    try:
        return psutil.Process(pid).memory_full_info().uss / 1e6
    except psutil.NoSuchProcess:
        return 0.0


def _page_rows() -> Iterator[dict]:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as here, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-GB")
        page.goto(f"{here.address}/images?images=mnist")
        page.wait_for_selector(".st-key-images_view", timeout=120_000)  # MNIST may have to be read first
        page.wait_for_selector(VIEWS[-1][1], timeout=60_000)  # Plotly is there, as it is after a moment's reading
        views = [seconds_until(page, word, sign) for word, sign in VIEWS * 3]
        yield row("Images page at 60,000 images: from click to another view", views, "images")
        page.get_by_text("Pictures", exact=True).first.click()
        page.wait_for_selector(".st-key-images_page input")
        field = page.locator(".st-key-images_page input")
        turns = []
        for number in range(2, TURNS + 2):
            field.fill(str(number * 70))
            first = page.locator("figure img").first.get_attribute("src")
            began = time.perf_counter()
            field.press("Enter")
            page.wait_for_function(
                "before => document.querySelector('figure img')?.src !== before", arg=first, timeout=20_000
            )
            turns.append(time.perf_counter() - began)
        yield row("Images page at 60,000 images: from Enter to another page of the wall", turns, "images")
        browser.close()


VIEWS = (
    ("Pictures", ".st-key-images_page"),
    ("One picture in numbers", ".st-key-images_row"),
    ("Overview", "[class*=st-key-class-bars] .js-plotly-plot"),
)
