"""The live camera in a real browser: answers, languages, a connection that fails, what ends with the page."""

import base64
import io
import re
import time

import numpy as np
import psutil
import pytest
from PIL import Image

from benchmarks.camera import KEEP_STREAM, start_camera
from core.network.camera import View, look
from core.network.classifier import Answer
from core.pictures.preprocessing import Seen
from dashboard.classify import camera
from tests.browser.classify.made import say
from tests.made.browser import CHROMIUM, LONG, viewer
from tests.made.workers import cpu_seconds, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]


def video(component):
    """The picture that comes back from the server, as (height, width, 3)."""
    address = component.evaluate(
        """() => { const video = [...document.querySelectorAll("video")].at(-1);
        const canvas = document.createElement("canvas");
        canvas.width = video.videoWidth; canvas.height = video.videoHeight;
        canvas.getContext("2d").drawImage(video, 0, 0); return canvas.toDataURL("image/png"); }"""
    )
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB"))


class Words:
    classes, none, no_face, least, mirror, faces = tuple("0123456789"), "", "", 0.0, False, False
    of = camera.Words.of


def written_over(picture):
    """The digit in the label over the picture: the one whose own rendering is most like it."""
    black = np.zeros_like(picture)
    box = look(black, View(_Nobody())).boxes[0]
    place = np.s_[box.top - 34 : box.top, box.left : box.left + 24]
    likeness = []
    for digit in range(10):
        chances = np.where(np.arange(10) == digit, 1.0, 0.0)
        sight = camera.Sight(black, (box,), (Answer(Seen(np.zeros((8, 8, 1), np.uint8)), chances),))
        likeness.append(np.abs(camera.painted(black, sight, Words())[place].astype(int) - picture[place]).mean())
    return int(np.argmin(likeness))


class _Nobody:
    def answers(self, pictures, _switches):
        return [None] * len(pictures)


def test_the_overlay_and_the_bars_name_the_digits_of_the_film(page, dashboard, shown):
    page.add_init_script(KEEP_STREAM)
    component = start_camera(page, dashboard.address)
    seen, drawn, trail = set(), set(), {}
    deadline = time.monotonic() + LONG / 1000
    while (seen != set(shown) or not set(shown) <= drawn) and time.monotonic() < deadline:
        sentence, picture = say(page), video(component)
        told = re.match(r"(\d), says", sentence)
        seen |= {int(told[1])} & set(shown) if told else set()
        if picture.shape == (480, 640, 3):  # WebRTC begins small and grows
            drawn.add(written_over(picture))
        trail[sentence, picture.shape] = trail.get((sentence, picture.shape), 0) + 1
        page.wait_for_timeout(150)
    assert seen == set(shown), trail
    assert set(shown) <= drawn, trail
    began, calculated = time.monotonic(), cpu_seconds(dashboard.pid)
    page.wait_for_timeout(3000)
    rates = page.locator("text=/frames a second/").first.inner_text()
    share = (cpu_seconds(dashboard.pid) - calculated) / (time.monotonic() - began)  # of a core, which others use too
    assert int(rates.split()[0]) / share >= 10  # frames a second, with a whole core; the benchmark says how many


def sockets(dashboard):
    """The UDP ports of the server: those of other tests' cameras may be there for a while."""
    return {one.laddr.port for one in psutil.Process(dashboard.pid).net_connections("udp")}


def wait_for_end_of(ports, dashboard):
    wait_until(lambda: not ports & sockets(dashboard))


def test_freeze_save_and_stop(page, dashboard):
    others = sockets(dashboard)
    start_camera(page, dashboard.address)
    mine, before = sockets(dashboard) - others, psutil.Process(dashboard.pid).num_threads()
    page.locator(".st-key-camera_freeze button:not([disabled])").first.click()
    page.get_by_text("Frozen frame").wait_for()
    field = page.get_by_role("combobox", name="as a picture of").last
    field.fill("seven")
    field.press("Enter")
    page.locator(".st-key-keep_save button:not([disabled])").first.click()
    page.get_by_text("Kept for a new dataset, as “seven”").wait_for()
    page.frame_locator("iframe[title*=webrtc]").first.get_by_role("button", name="Stop").click()
    page.get_by_text("Press Start and allow the camera").wait_for()
    wait_for_end_of(mine, dashboard)
    wait_until(lambda: psutil.Process(dashboard.pid).num_threads() <= before + 1)
    page.get_by_role("link", name="Your images").last.click()
    page.get_by_text("Class by class", exact=True).click()
    field = page.get_by_role("textbox", name="Names of the classes")
    field.wait_for()
    page.wait_for_function("field => field.value === 'seven'", arg=field.element_handle())


def test_leaving_the_page_ends_the_stream(page, dashboard):
    before = sockets(dashboard)
    start_camera(page, dashboard.address)
    mine = sockets(dashboard) - before
    assert mine
    page.get_by_role("link", name="Runs").first.click()
    page.wait_for_url("**/runs*")
    wait_for_end_of(mine, dashboard)


def test_a_camera_starts_again_after_another_way_was_looked_at(page, dashboard):
    start_camera(page, dashboard.address)
    page.get_by_text("Examples", exact=True).first.click()
    page.locator(".pick button").first.wait_for()
    page.get_by_text("Camera", exact=True).first.click()
    page.get_by_text("Press Start and allow the camera").wait_for()
    page.frame_locator("iframe[title*=webrtc]").first.get_by_role("button", name="Start").click()
    page.wait_for_selector("text=/frames a second/")


def test_two_cameras_at_once(browser, dashboard):
    with viewer(browser) as first, viewer(browser) as second:
        for one in (first, second):
            start_camera(one, dashboard.address)
        for one in (first, second):
            assert "says the network" in say(one)


#  Before its first frames a camera's picture is black, or has no size: whoever looks at it waits too.
SHOWS_A_PICTURE = """
async (video) => {
  const canvas = new OffscreenCanvas(16, 16), context = canvas.getContext("2d", { willReadFrequently: true });
  for (;;) {
    await new Promise((done) => video.requestVideoFrameCallback(done));
    context.drawImage(video, 0, 0, 16, 16);
    const pixels = context.getImageData(0, 0, 16, 16).data.filter((_, place) => place % 4 < 3);
    if (Math.max(...pixels) - Math.min(...pixels) > 64) return;
  }
}
"""


def test_a_snapshot_is_classified(page, dashboard, shown):
    page.goto(f"{dashboard.address}/classify")
    page.get_by_text("Camera", exact=True).first.click()
    page.get_by_text("Snapshots", exact=True).click()
    video = page.locator("[data-testid=stCameraInput] video")
    video.wait_for()
    video.evaluate(SHOWS_A_PICTURE)
    page.get_by_text("Take Photo").click()
    page.get_by_text("Clear photo").wait_for()
    assert say(page)[0] in {str(label) for label in shown}
