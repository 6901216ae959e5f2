"""Pictures for one's own dataset in a real browser: taken in bursts, drawn, taken out and put back."""

import re

import pytest

from core.data import drafts
from core.data.drafts import Draft
from tests.made.browser import CHROMIUM, PHONE, at_rest, still, viewer
from tests.made.workers import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser class"),
]

CAMERA = {"permissions": ["camera"]}


def collecting(page, dashboard, tool):
    """The page where a dataset is put together, with two classes named and the camera or the pen in hand."""
    page.goto(f"{dashboard.address}/your_images")
    page.get_by_text("Class by class", exact=True).click()
    field = page.get_by_role("textbox", name="Names of the classes")
    field.fill("one, two")
    field.press("Enter")
    page.get_by_text("one: 0 · two: 0").wait_for()
    page.locator(f".st-key-{tool}").get_by_text(tool.title() if tool == "camera" else "Draw").click()


def count(page):
    """How many pictures the first class has by now, as the page says."""
    at_rest(page)
    return int(re.search(r"one: (\d+) · two", page.locator("body").inner_text())[1])


def in_hand(page, name):
    """Takes another class in hand."""
    page.locator(".st-key-class_in_hand").get_by_text(name, exact=True).click()


def draft_of(page):
    """The draft that the address names."""
    page.wait_for_url(re.compile("draft="))
    return Draft(drafts.home() / re.search("draft=([0-9a-f]+)", page.url)[1])


def test_a_burst_takes_several_a_second_and_leaves_near_copies_out(filmed, dashboard):
    with viewer(filmed, **CAMERA) as page:
        collecting(page, dashboard, "camera")
        button = page.get_by_role("button", name="Hold to take pictures")
        page.wait_for_function("button => !button.disabled", arg=button.element_handle())
        still(button)
        button.hover()
        page.mouse.down()
        page.get_by_text(re.compile(r"taken: (2[5-9]|[3-9]\d|\d{3})")).wait_for()  # more than are sent at once
        page.mouse.up()
        in_hand(page, "two")  # while most of them are still on their way
        taken = int(re.search(r"taken: (\d+)", page.locator(".burst").inner_text())[1])
        kept = draft_of(page)
        wait_until(lambda: len(kept.pictures("one")) + len(kept.near("one")) == taken)
        assert not kept.pictures("two")
        in_hand(page, "one")
        page.wait_for_function("() => /pictures? (was|were) left out/.test(document.body.innerText)")
        page.wait_for_function(
            """n => { const kept = /one: (\\d+)/.exec(document.body.innerText),
            out = /(\\d+) pictures? (?:was|were) left out/.exec(document.body.innerText);
            return kept && out && Number(kept[1]) + Number(out[1]) === n; }""",
            arg=taken,
        )  # every picture that was taken is here or there
        assert 2 <= count(page) < taken / 2  # the film changes its scene now and then
        assert len(kept.pictures("one")) + len(kept.near("one")) == taken
        page.get_by_role("button", name="Keep them all the same").click()
        page.wait_for_function("() => !/left out/.test(document.body.innerText)")
        together = count(page)
        assert taken / 2 < together == len(kept.pictures("one")) <= taken  # of frames that are the very same, one
        page.reload()
        page.get_by_text(f"one: {together} · two: 0").wait_for()


def test_a_short_press_of_the_space_bar_takes_one_picture(filmed, dashboard):
    with viewer(filmed, **CAMERA) as page:
        collecting(page, dashboard, "camera")
        button = page.get_by_role("button", name="Hold to take pictures")
        page.wait_for_function("button => !button.disabled", arg=button.element_handle())
        button.focus()
        page.keyboard.press("Space")
        page.get_by_text("one: 1 · two: 0").wait_for()
        page.get_by_text("taken: 1").wait_for()


def test_a_drawn_sample_is_added_taken_out_and_put_back(browser, dashboard):
    with viewer(browser, has_touch=True, viewport=PHONE) as page:
        collecting(page, dashboard, "drawing")
        for place in (100, 140):
            canvas = page.locator(".draw canvas")
            canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'center' })")
            box = still(canvas)
            page.mouse.move(box["x"] + place, box["y"] + 40)
            page.mouse.down()
            page.mouse.move(box["x"] + place, box["y"] + 200, steps=5)
            page.mouse.up()
            page.locator(".st-key-add_drawn button:not([disabled])").click()
            page.get_by_text(f"one: {1 + (place > 100)} · two: 0").wait_for()
            page.locator(".st-key-add_drawn button[disabled]").wait_for()  # the sheet is empty again
        assert len(draft_of(page).pictures("one")) == 2
        page.locator(".pick button").first.click()
        page.get_by_text("one: 1 · two: 0").wait_for()
        page.get_by_role("button", name="Put 1 picture back").click()
        page.get_by_text("one: 2 · two: 0").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
