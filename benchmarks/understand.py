"""Mistakes at 10,000 predictions, feature maps, and the time machine: from a click to what it shows, in Chromium."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.clicks import row, seconds_until
from benchmarks.server import ROOT, server

RECIPE = (
    "dataset=mnist",
    "architecture=cnn_two_blocks",
    "epochs=6",
    "train_images=2000",
)  # MNIST's 10,000 test images are asked all the same
ROUNDS = 3
TIMES = 10
LAST_PICTURE = "before => [...document.querySelectorAll('figure img')].at(-1)?.src !== before"
CHART = "[class*=st-key-{key}] .js-plotly-plot .nsewdrag"
VIEWS = (
    ("Worst images", "[class*=st-key-mistakes_kind]"),
    ("Class by class", "[data-testid=stDataFrame]"),
    ("Curves", CHART.format(key="precision-recall")),
    ("How honest", CHART.format(key="reliability")),
    ("Confusion matrix", CHART.format(key="matrix-")),
)


def rows() -> Iterator[dict]:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        _train(Path(folder))
        with server(Path(folder)) as here, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-GB")
            page.goto(f"{here.address}/mistakes")
            page.wait_for_selector(VIEWS[-1][1], timeout=60_000)
            page.wait_for_selector("text=10,000 images right")
            times = [seconds_until(page, word, sign, ".st-key-mistakes_view") for word, sign in VIEWS * ROUNDS]
            maps, travels = list(_feature_maps(page, here.address)), list(_travels(page, here.address))
            browser.close()
        yield row("Mistakes page at 10,000 predictions: from click to another view", times, "understand")
        yield row("Look inside, network loaded: from Enter to the feature maps of another image", maps, "understand")
        yield row("Back in time: from a key on the slider to the epoch before", travels, "understand")


def _feature_maps(page, address: str) -> Iterator[float]:
    page.goto(f"{address}/look_inside")
    field = page.locator("[class*=st-key-inside_image] input")
    field.wait_for(timeout=60_000)
    page.wait_for_selector("[class*=st-key-inside_map]", timeout=60_000)  # the process has loaded Keras
    for number in range(1, TIMES + 1):
        before = page.locator("figure img").last.get_attribute("src")
        field.fill(str(37 * number))
        began = time.perf_counter()
        field.press("Enter")
        page.wait_for_function(LAST_PICTURE, arg=before, timeout=20_000)
        yield time.perf_counter() - began


def _travels(page, address: str) -> Iterator[float]:
    page.goto(f"{address}/time_machine")
    page.wait_for_selector("[class*=st-key-time-track] .js-plotly-plot .nsewdrag", timeout=60_000)
    slider = page.locator("[class*=st-key-time_epoch] input").first
    for epoch in [5, 4, 3, 2, 1]:
        page.wait_for_timeout(500)
        began = time.perf_counter()
        slider.press("ArrowLeft")
        page.wait_for_selector(f"text=/Epoch {epoch}: /", timeout=20_000)
        yield time.perf_counter() - began


def _train(runs: Path) -> None:
    """One short training by the command line; raises CalledProcessError."""
    words = [word for setting in RECIPE for word in ("--set", setting)]
    environment = {**os.environ, "FITSCOPE_RUNS": str(runs)}
    subprocess.run(
        [sys.executable, "-m", "core", "train", *words],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
