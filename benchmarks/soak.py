"""An hour of the live camera: does the server's memory, its threads or its sockets grow?

One viewer films all the time; another starts and stops the camera over and over, as a class does. Not part of
`make bench`: `python -m benchmarks soak`, with FITSCOPE_SOAK_MINUTES (60) to make it shorter.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from benchmarks.camera import digits, start_camera, train
from benchmarks.film import film, flags
from benchmarks.server import server

MINUTES = float(os.environ.get("FITSCOPE_SOAK_MINUTES", "60"))
SETTLED = 5.0  # minutes after which memory should no longer grow
MEGA = 1e6


def rows() -> Iterator[dict]:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        train(runs)
        made = film(Path(folder) / "digits.mjpeg", digits(), seconds=2)
        with server(runs) as here, sync_playwright() as playwright:
            watched = psutil.Process(here.pid)
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags(made))
            steady = browser.new_page(locale="en-GB")
            start_camera(steady, here.address)
            samples, starts = _film(browser, here.address, watched, steady)
            rates = steady.locator("text=/frames a second/").first.inner_text()
            browser.close()
            time.sleep(10)
            after = f"{watched.num_threads()} threads and {len(watched.net_connections('udp'))} UDP sockets are left"
    yield _row(samples, starts, rates, after)


def _film(browser, address: str, watched: psutil.Process, steady) -> tuple[list[tuple[float, float, int]], int]:
    """(minutes, MB, threads) once a round, and how often the second camera was started."""
    samples, starts, began = [], 0, time.monotonic()
    while (minutes := (time.monotonic() - began) / 60) < MINUTES:
        samples.append((minutes, watched.memory_info().rss / MEGA, watched.num_threads()))
        print(f"{minutes:5.1f} min  {samples[-1][1]:.0f} MB  {samples[-1][2]} threads", flush=True)
        other = browser.new_page(locale="en-GB")
        start_camera(other, address)
        starts += 1
        other.wait_for_timeout(10_000)
        other.close()
        steady.wait_for_timeout(10_000)
    return samples, starts


def _row(samples: list[tuple[float, float, int]], starts: int, rates: str, after: str) -> dict:
    late = np.array([one for one in samples if one[0] >= min(SETTLED, MINUTES / 2)])
    slope = float(np.polyfit(late[:, 0], late[:, 1], 1)[0]) * 60 if len(late) > 2 else 0.0
    spread = (
        f"{samples[0][1]:.0f} MB at first, {late[0][1]:.0f} MB after {late[0][0]:.0f} min, {late[-1][1]:.0f} MB after "
        f"{late[-1][0]:.0f} min; threads {samples[0][2]} to {samples[-1][2]}; {starts} starts of a second camera; "
        f"afterwards {after}; {rates}"
    )
    return {
        "name": f"Camera for {MINUTES:g} minutes: growth of the server's memory",
        "ours": round(slope, 1),
        "peer": None,
        "unit": "MB/h",
        "ratio": None,
        "spread": spread,
        "command": "python -m benchmarks soak",
    }
