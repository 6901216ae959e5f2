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
TELLING = 20.0  # minutes: in less, the ups and downs of 50 MB hide any growth
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
            browser.close()
            time.sleep(120)  # a browser that went without a word is given up after a minute and a half
            after = f"{watched.num_threads()} threads and {len(watched.net_connections('udp'))} UDP sockets are left"
    yield _row(samples, starts, after)


Sample = tuple[float, float, int, int]


def _film(browser, address: str, watched: psutil.Process, steady) -> tuple[list[Sample], int]:
    """(minutes, MB, threads, frames a second of the steady camera) once a round; how often a second one was started."""
    samples, starts, began = [], 0, time.monotonic()
    while (minutes := (time.monotonic() - began) / 60) < MINUTES:
        samples.append((minutes, watched.memory_info().rss / MEGA, watched.num_threads(), _rate(steady)))
        print("{:5.1f} min  {:.0f} MB  {} threads  {} frames/s".format(*samples[-1]), flush=True)
        other = browser.new_page(locale="en-GB")
        start_camera(other, address)
        starts += 1
        other.wait_for_timeout(10_000)
        other.close()
        steady.wait_for_timeout(10_000)
    return samples, starts


def _rate(page) -> int:
    """Frames a second as the page says them; 0 where it says none, the stream then stands still."""
    told = page.locator("text=/frames a second/")
    return int(told.first.inner_text().split()[0]) if told.count() else 0


def _row(samples: list[Sample], starts: int, after: str) -> dict:
    late = np.array([one for one in samples if one[0] >= min(SETTLED, MINUTES / 2)])
    slope = float(np.polyfit(late[:, 0], late[:, 1], 1)[0]) * 60 if len(late) > 2 else 0.0
    growth = f"growth {slope:.0f} MB/h; " if MINUTES >= TELLING else ""
    spread = (
        f"{growth}{samples[0][1]:.0f} MB at first, {late[0][1]:.0f} MB after {late[0][0]:.0f} min, "
        f"{late[-1][1]:.0f} MB after "
        f"{late[-1][0]:.0f} min; threads {samples[0][2]} to {samples[-1][2]}; {starts} starts of a second camera; "
        f"frames a second {min(one[3] for one in samples)} to {max(one[3] for one in samples)}; afterwards {after}"
    )
    return {
        "name": f"Camera for {MINUTES:g} minutes: the server's memory at most",
        "ours": round(max(one[1] for one in samples)),
        "peer": None,
        "unit": "MB",
        "ratio": None,
        "spread": spread,
        "command": "python -m benchmarks soak",
    }
