"""Files and the drawing pad in a real browser."""

import base64
import io
import math
import os
import re

import pytest
from PIL import Image

from benchmarks.film import scene
from core.data.reading.decode import open_picture
from core.network.classifier import classifier
from core.runs.store import RunStore
from tests.browser.classify.made import say
from tests.made import by_name
from tests.made.browser import CHROMIUM, PHONE, still, viewer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]


STROKES = {
    "0": [[(140 + 62 * math.sin(a / 20 * 2 * math.pi), 140 - 88 * math.cos(a / 20 * 2 * math.pi)) for a in range(22)]],
    "1": [[(140, 40), (140, 240)]],
    "7": [[(80, 60), (200, 60), (120, 235)]],
}


def draw(page, lines):
    page.get_by_text("Draw one", exact=True).click()
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
        page.locator("figcaption").filter(has_text=told).first.wait_for()
        right.append(told.startswith(f"{digit}, says"))
        page.locator(".draw button").last.click()
        page.get_by_text("Draw in the field").wait_for()
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
    page.get_by_text("nothing on it").wait_for()


def test_a_picture_is_pasted(page, dashboard, shown):
    page.goto(f"{dashboard.address}/classify")
    page.locator(".paste button").wait_for()
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
    page.locator(".paste button").click()
    assert say(page).startswith(f"{next(iter(shown))}, says")


def test_an_example_is_one_press_away_and_why_follows(page, dashboard):
    page.goto(f"{dashboard.address}/classify")
    page.get_by_text("Examples", exact=True).first.click()
    page.locator(".pick button").nth(3).click()
    assert "says the network" in say(page)
    page.get_by_text("Why does it say so?").click()
    page.wait_for_url("**/shift*")
    page.get_by_text("What it learnt from").wait_for()
    page.locator("[class*=st-key-shift-curve] .js-plotly-plot").wait_for()
    assert "Of 300 test images" in page.locator("body").inner_text()


@pytest.mark.parametrize("way", ["A picture", "Draw one", "Camera", "Examples", "Many at once"])
def test_a_phone_can_use_it(browser, dashboard, way):
    with viewer(browser, viewport=PHONE, has_touch=True) as phone:
        phone.goto(f"{dashboard.address}/classify")
        phone.get_by_text(way, exact=True).first.click()
        phone.wait_for_timeout(1500)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        if way == "Draw one":
            box = still(phone.locator(".draw canvas"))
            assert box["width"] >= 240
            phone.touchscreen.tap(box["x"] + 100, box["y"] + 100)
            assert "says the network" in say(phone)
        if way == "Camera":
            phone.frame_locator("iframe[title*=webrtc]").first.get_by_role("button", name="Start").click()
            phone.wait_for_selector("text=/frames a second/")


def test_a_folder_of_pictures_is_judged(page, dashboard, tmp_path):
    test = by_name.load("digits").test
    for place in range(30):
        folder = tmp_path / "digits" / str(test.labels[place])
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(test.images[place][..., 0]).save(folder / f"{place}.png")
    page.goto(f"{dashboard.address}/classify")
    page.get_by_text("Many at once", exact=True).click()
    page.get_by_text("A folder from here", exact=True).click()
    page.locator(".st-key-batch_files input[type=file]").set_input_files(str(tmp_path / "digits"))
    page.locator(".st-key-batch_go button:not([disabled])").click()
    told = page.get_by_text(re.compile(r"of 30 pictures right"))
    told.wait_for()
    assert os.fspath(tmp_path) not in page.locator("body").inner_text()


@pytest.mark.parametrize(("locale", "asks"), [("en-GB", "Choose a picture"), ("fr-FR", "Choisir une image")])
def test_the_page_for_phones_answers_in_its_language(browser, dashboard, runs, tmp_path, locale, asks):
    test = by_name.load("digits").test
    Image.fromarray(test.images[0][..., 0]).resize((200, 200)).save(tmp_path / "digit.png")
    with viewer(browser, viewport=PHONE, locale=locale) as phone:
        phone.goto(f"{dashboard.address}/api/demo")
        phone.get_by_label(asks).set_input_files(tmp_path / "digit.png")
        label = phone.locator("h1")
        phone.get_by_role("heading", name=re.compile(r"^\d$")).wait_for()
        picture = Image.open(tmp_path / "digit.png")
        told = classifier(RunStore(runs).get("latest")).answer(picture).probabilities
        assert label.inner_text() == str(told.argmax())
        assert phone.locator("#percents").inner_text().startswith(f"{100 * told.max():.1f} %")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
