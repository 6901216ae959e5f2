"""Classify in a real browser: the live camera with a film of digits, drawing, pasting, a phone, why it is wrong."""

import base64
import io
import math
import os
import re
import time

import numpy as np
import psutil
import pytest
from PIL import Image

from benchmarks.camera import KEEP_STREAM, start_camera
from benchmarks.film import film, flags, scene
from benchmarks.server import server
from core.data.reading.decode import open_picture
from core.network.camera import View, look
from core.network.classifier import Answer, classifier
from core.pictures.preprocessing import Seen
from core.runs.store import RunStore
from dashboard.classify import camera
from tests.made import by_name
from tests.made.browser import CHROMIUM, LONG, still
from tests.made.workers import command, cpu_seconds, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]
EACH = 3.0  # seconds of the film for one digit


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A network of the digits that is right 19 times in 20."""
    home = tmp_path_factory.mktemp("classify") / "runs"
    done = command("train", "--set", "epochs=30", "--set", "architecture=cnn_small", FITSCOPE_RUNS=str(home))
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def shown(runs):
    """Two test digits that the network knows also when they are filmed: label -> the frame."""
    asked = classifier(RunStore(runs).get("latest"))
    test = by_name.load("digits").test
    found = {}
    for image, label in zip(test.images, test.labels, strict=True):
        frame = scene(image[..., 0])
        sure = look(frame, View(asked)).answers[0].probabilities
        if label not in found and sure.argmax() == label and sure.max() > 0.9:
            found[int(label)] = image[..., 0]
        if len(found) == 2:
            return found
    raise AssertionError("The network knows no filmed digit.")


@pytest.fixture(scope="module")
def browser(tmp_path_factory, shown):
    from playwright.sync_api import sync_playwright

    made = film(tmp_path_factory.mktemp("film") / "digits.mjpeg", shown.values(), EACH, numbers=False)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=flags(made))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def dashboard(runs):
    with server(runs) as running:
        yield running


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    context.grant_permissions(["camera", "clipboard-read", "clipboard-write"])
    opened = context.new_page()
    opened.broken = []
    opened.on("pageerror", lambda error: opened.broken.append(str(error)))
    yield opened
    assert not opened.broken
    context.close()


def say(page):
    """What the bars' title says, without the page's own spaces."""
    return page.locator("figcaption").filter(has_text="says the network").first.inner_text(timeout=LONG)


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
    seen, drawn = set(), set()
    deadline = time.monotonic() + LONG / 1000
    while (seen != set(shown) or not set(shown) <= drawn) and time.monotonic() < deadline:
        told = re.match(r"(\d), says", say(page))
        seen |= {int(told[1])} & set(shown) if told else set()
        picture = video(component)
        if picture.shape == (480, 640, 3):  # WebRTC begins small and grows
            drawn.add(written_over(picture))
        page.wait_for_timeout(150)
    assert seen == set(shown)
    assert set(shown) <= drawn
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
    page.locator(".st-key-camera_freeze button:not([disabled])").first.click(timeout=LONG)
    page.get_by_text("Frozen frame").wait_for(timeout=LONG)
    field = page.get_by_role("combobox", name="as a picture of").last
    field.fill("seven")
    field.press("Enter")
    page.locator(".st-key-keep_save button:not([disabled])").first.click(timeout=LONG)
    page.get_by_text("Kept for a new dataset, as “seven”").wait_for(timeout=LONG)
    page.frame_locator("iframe[title*=webrtc]").first.get_by_role("button", name="Stop").click()
    page.get_by_text("Press Start and allow the camera").wait_for(timeout=LONG)
    wait_for_end_of(mine, dashboard)
    wait_until(lambda: psutil.Process(dashboard.pid).num_threads() <= before + 1)
    page.get_by_role("link", name="Your images").last.click()
    page.get_by_text("Class by class", exact=True).click(timeout=LONG)
    field = page.get_by_role("textbox", name="Names of the classes")
    field.wait_for(timeout=LONG)
    page.wait_for_function("field => field.value === 'seven'", arg=field.element_handle(), timeout=LONG)


def test_leaving_the_page_ends_the_stream(page, dashboard):
    before = sockets(dashboard)
    start_camera(page, dashboard.address)
    mine = sockets(dashboard) - before
    assert mine
    page.get_by_role("link", name="Runs").first.click()
    page.wait_for_url("**/runs*", timeout=LONG)
    wait_for_end_of(mine, dashboard)


def test_a_camera_starts_again_after_another_way_was_looked_at(page, dashboard):
    start_camera(page, dashboard.address)
    page.get_by_text("Examples", exact=True).first.click()
    page.locator(".pick button").first.wait_for(timeout=LONG)
    page.get_by_text("Camera", exact=True).first.click()
    page.get_by_text("Press Start and allow the camera").wait_for(timeout=LONG)
    page.frame_locator("iframe[title*=webrtc]").first.get_by_role("button", name="Start").click(timeout=LONG)
    page.wait_for_selector("text=/frames a second/", timeout=LONG)


def test_two_cameras_at_once(browser, dashboard):
    contexts = [browser.new_context(locale="en-GB") for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for one in pages:
        start_camera(one, dashboard.address)
    for one in pages:
        assert "says the network" in say(one)
    for context in contexts:
        context.close()


# Before its first frames a camera's picture is black, or has no size: whoever looks at it waits too.
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
    page.get_by_text("Camera", exact=True).first.click(timeout=LONG)
    page.get_by_text("Snapshots", exact=True).click(timeout=LONG)
    video = page.locator("[data-testid=stCameraInput] video")
    video.wait_for(timeout=LONG)
    video.evaluate(SHOWS_A_PICTURE)
    page.get_by_text("Take Photo").click(timeout=LONG)
    page.get_by_text("Clear photo").wait_for(timeout=LONG)
    assert say(page)[0] in {str(label) for label in shown}


STROKES = {
    "0": [[(140 + 62 * math.sin(a / 20 * 2 * math.pi), 140 - 88 * math.cos(a / 20 * 2 * math.pi)) for a in range(22)]],
    "1": [[(140, 40), (140, 240)]],
    "7": [[(80, 60), (200, 60), (120, 235)]],
}


def draw(page, lines):
    page.get_by_text("Draw one", exact=True).click(timeout=LONG)
    box = still(page.locator(".draw canvas"))
    for line in lines:
        (x, y), *rest = line
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=3)
        page.mouse.up()


def answer_to_the_pad(page, dashboard):
    """What the page has to say of what is on the pad now: what it said while one drew does not count."""
    address = page.locator(".draw canvas").evaluate("canvas => canvas.toDataURL('image/png')")
    asked = classifier(RunStore(dashboard.runs).get("latest"))
    picture = open_picture(base64.b64decode(address.partition(",")[2]), asked.preprocessing.useful)
    probabilities = asked.answer(picture).probabilities
    return f"{asked.classes[probabilities.argmax()]}, says the network, {100 * probabilities.max():.0f}"


def test_digits_drawn_by_mouse_are_recognised(page, dashboard):
    page.goto(f"{dashboard.address}/classify")
    right = []
    for digit, lines in STROKES.items():
        draw(page, lines)
        told = answer_to_the_pad(page, dashboard)
        page.locator("figcaption").filter(has_text=told).first.wait_for(timeout=LONG)
        right.append(told.startswith(f"{digit}, says"))
        page.locator(".draw button").last.click()
        page.get_by_text("Draw in the field").wait_for(timeout=LONG)
    assert sum(right) >= 2, right  # a network of 1,437 digits of 8 by 8 pixels; three strokes of a machine


def test_the_answer_comes_while_one_draws_and_undo_takes_a_stroke_back(page, dashboard):
    page.goto(f"{dashboard.address}/classify")
    draw(page, [])
    box = still(page.locator(".draw canvas"))
    page.mouse.move(box["x"] + 140, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 240, steps=10)
    assert "says the network" in say(page)  # the pen is still down
    page.mouse.up()
    page.locator(".draw button").first.click()
    page.get_by_text("nothing on it").wait_for(timeout=LONG)


def test_a_picture_is_pasted(page, dashboard, shown):
    page.goto(f"{dashboard.address}/classify")
    page.locator(".paste button").wait_for(timeout=LONG)
    file = io.BytesIO()
    Image.fromarray(scene(next(iter(shown.values())))).save(file, "PNG")
    page.evaluate(
        """async (text) => { const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
        const picture = new Blob([bytes], { type: "image/png" });
        await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]); }""",
        base64.b64encode(file.getvalue()).decode(),
    )
    page.keyboard.press("Control+V")
    assert say(page).startswith(f"{next(iter(shown))}, says")
    page.reload()
    page.locator(".paste button").click(timeout=LONG)
    assert say(page).startswith(f"{next(iter(shown))}, says")


def test_an_example_is_one_press_away_and_why_follows(page, dashboard):
    page.goto(f"{dashboard.address}/classify")
    page.get_by_text("Examples", exact=True).first.click(timeout=LONG)
    page.locator(".pick button").nth(3).click(timeout=LONG)
    assert "says the network" in say(page)
    page.get_by_text("Why does it say so?").click(timeout=LONG)
    page.wait_for_url("**/shift*", timeout=LONG)
    page.get_by_text("What it learnt from").wait_for(timeout=LONG)
    page.locator("[class*=st-key-shift-curve] .js-plotly-plot").wait_for(timeout=LONG)
    assert "Of 300 test images" in page.locator("body").inner_text()


@pytest.mark.parametrize("way", ["A picture", "Draw one", "Camera", "Examples", "Many at once"])
def test_a_phone_can_use_it(browser, dashboard, way):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB", has_touch=True)
    phone = context.new_page()
    phone.goto(f"{dashboard.address}/classify")
    phone.get_by_text(way, exact=True).first.click(timeout=LONG)
    phone.wait_for_timeout(1500)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    if way == "Draw one":
        box = still(phone.locator(".draw canvas"))
        assert box["width"] >= 240
        phone.touchscreen.tap(box["x"] + 100, box["y"] + 100)
        assert "says the network" in say(phone)
    if way == "Camera":
        phone.frame_locator("iframe[title*=webrtc]").first.get_by_role("button", name="Start").click(timeout=LONG)
        phone.wait_for_selector("text=/frames a second/", timeout=LONG)
    context.close()


def test_a_folder_of_pictures_is_judged(page, dashboard, tmp_path):
    test = by_name.load("digits").test
    for place in range(30):
        folder = tmp_path / "digits" / str(test.labels[place])
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(test.images[place][..., 0]).save(folder / f"{place}.png")
    page.goto(f"{dashboard.address}/classify")
    page.get_by_text("Many at once", exact=True).click(timeout=LONG)
    page.get_by_text("A folder from here", exact=True).click(timeout=LONG)
    page.locator(".st-key-batch_files input[type=file]").set_input_files(str(tmp_path / "digits"))
    page.locator(".st-key-batch_go button:not([disabled])").click(timeout=LONG)
    told = page.get_by_text(re.compile(r"of 30 pictures right"))
    told.wait_for(timeout=LONG)
    assert os.fspath(tmp_path) not in page.locator("body").inner_text()


@pytest.mark.parametrize(("locale", "asks"), [("en-GB", "Choose a picture"), ("fr-FR", "Choisir une image")])
def test_the_page_for_phones_answers_in_its_language(browser, dashboard, runs, tmp_path, locale, asks):
    test = by_name.load("digits").test
    Image.fromarray(test.images[0][..., 0]).resize((200, 200)).save(tmp_path / "digit.png")
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale=locale)
    phone = context.new_page()
    phone.goto(f"{dashboard.address}/api/demo")
    phone.get_by_label(asks).set_input_files(tmp_path / "digit.png")
    label = phone.locator("h1")
    phone.get_by_role("heading", name=re.compile(r"^\d$")).wait_for(timeout=LONG)
    picture = Image.open(tmp_path / "digit.png")
    told = classifier(RunStore(runs).get("latest")).answer(picture).probabilities
    assert label.inner_text() == str(told.argmax())
    assert phone.locator("#percents").inner_text().startswith(f"{100 * told.max():.1f} %")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
