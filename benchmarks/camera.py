"""The live camera in Chromium, with a film of digits: frames a second, and their age; alone and while training."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.film import BITS, FRAMES, film, flags
from benchmarks.server import ROOT, server
from core.data.cache import load
from core.data.catalogue import dataset
from core.recipe.config import TrainingConfig
from core.runs.run import ENDED
from core.runs.store import RunStore

SECONDS = 15  # each measurement
LONG = 300_000  # ms after which there is something wrong, however busy the machine
RECIPE = ("dataset=mnist", "architecture=cnn_two_blocks", "epochs=3", "train_images=12000")
TRANSFER = ("dataset=colours", "architecture=transfer", "epochs=2", "train_images=100", "test_fraction=0.05")
KEEP_STREAM = """
const real = navigator.mediaDevices?.getUserMedia?.bind(navigator.mediaDevices);
if (real) navigator.mediaDevices.getUserMedia = async (wish) => (window.camera = await real(wish));
"""
# In the frame of the component: how many frames come back in so many seconds; then, for as long, the number in the
# camera's picture now, less the number in the picture that came back.
COUNT = """
async (seconds) => {
  const back = [...document.querySelectorAll("video")].at(-1), began = performance.now();
  let shown = 0;
  await new Promise((done) => {
    const next = () => {
      shown++;
      performance.now() - began < 1000 * seconds ? back.requestVideoFrameCallback(next) : done();
    };
    back.requestVideoFrameCallback(next);
  });
  return { shown: shown / (performance.now() - began) * 1000, size: [back.videoWidth, back.videoHeight] };
}
"""
AGES = """
async ([seconds, bits]) => {
  const back = [...document.querySelectorAll("video")].at(-1), here = document.createElement("video");
  here.srcObject = new MediaStream(window.camera.getVideoTracks()); here.muted = true; await here.play();
  const canvas = new OffscreenCanvas(20, 1), context = canvas.getContext("2d", { willReadFrequently: true });
  const number = (video) => {
    context.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 24, 0, 0, 20, 1);  // a pixel for each block
    const row = context.getImageData(0, 0, bits, 1).data;
    let code = 0;
    for (let bit = 0; bit < bits; bit++) code |= (row[4 * bit + 1] > 127) << bit;
    for (let shift = 1; shift < bits; shift <<= 1) code ^= code >> shift;
    return code;
  };
  const ages = [], began = performance.now();
  await new Promise((done) => {
    const next = () => {
      ages.push((number(here) - number(back) + 2 ** bits) % 2 ** bits);
      performance.now() - began < 1000 * seconds ? back.requestVideoFrameCallback(next) : done();
    };
    back.requestVideoFrameCallback(next);
  });
  return ages;
}
"""


def rows() -> Iterator[dict]:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        train(runs)
        made = film(Path(folder) / "digits.mjpeg", digits(), seconds=2)
        with server(runs) as here, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags(made))
            page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-GB")
            page.add_init_script(KEEP_STREAM)
            component = start_camera(page, here.address)
            yield from _measured(page, component, "alone")
            run = RunStore(runs).create(
                TrainingConfig(dataset="mnist", architecture="cnn_two_blocks", epochs=200, batch_size=64)
            )
            while not run.history.epochs:
                page.wait_for_timeout(200)
            yield from _measured(page, component, "while a training runs")
            run.ask_to_stop()
            page.close()
            while run.state not in ENDED or "test_accuracy" not in (run.status.result or {}):
                time.sleep(0.2)
            train(runs, TRANSFER)
            page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-GB")
            page.add_init_script(KEEP_STREAM)
            yield from _measured(page, start_camera(page, here.address), "on EfficientNet-Lite0")
            browser.close()


def start_camera(page, address: str):
    """Opens the live camera of the Classify page, unmirrored; returns the component's frame once answers come."""
    page.goto(f"{address}/classify")
    page.get_by_text("Camera", exact=True).first.click(timeout=LONG)
    page.locator(".st-key-camera_mirror label").first.click(timeout=LONG)
    page.wait_for_timeout(1000)  # until the press is on its way
    page.wait_for_selector("[data-test-script-state=notRunning]", timeout=LONG)
    inside = page.frame_locator("iframe[title*=webrtc]").first
    inside.get_by_role("button", name="Start").click(timeout=LONG)
    page.wait_for_selector("text=/frames a second/", timeout=LONG)
    return next(frame for frame in page.frames if "webrtc" in frame.url)


def _measured(page, component, when: str) -> Iterator[dict]:
    page.wait_for_timeout(3000)
    told = component.evaluate(COUNT, SECONDS)
    found = component.evaluate(AGES, [SECONDS, BITS])
    ages = [1000 / FRAMES * one for one in found if one < 100]  # a number that is misread is far off
    answer = page.locator("text=/frames a second/").first.inner_text()
    width, height = told["size"]
    yield _row(f"Camera, {when}: frames shown ({width}×{height} came back)", told["shown"], "frames/s", answer)
    spread = f"p95 {np.percentile(ages, 95):.0f} ms, {len(ages)} frames; {answer}"
    yield _row(
        f"Camera, {when}: from the camera to the painted frame in the page", statistics.median(ages), "ms", spread
    )


def _row(name: str, value: float, unit: str, spread: str) -> dict:
    return {
        "name": name,
        "ours": round(value, 1),
        "peer": None,
        "unit": unit,
        "ratio": None,
        "spread": spread,
        "command": "python -m benchmarks camera",
    }


def digits() -> list[np.ndarray]:
    test = load(dataset("mnist")).test
    first = [int(np.flatnonzero(test.labels == label)[0]) for label in range(10)]
    return [np.asarray(test.images[place][..., 0]) for place in first]


def train(runs: Path, recipe: tuple[str, ...] = RECIPE) -> None:
    words = [word for setting in recipe for word in ("--set", setting)]
    subprocess.run(
        [sys.executable, "-m", "core", "train", *words],
        cwd=ROOT,
        env={**os.environ, "FITSCOPE_RUNS": str(runs)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
