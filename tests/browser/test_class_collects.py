"""A class collects a dataset: a phone gives a burst, the projector counts, the teacher looks after it and makes it."""

import io
import json

import pytest
import zxingcpp
from PIL import Image

from benchmarks.server import open_class
from core.classwork import collecting, giving
from core.people.acting import acting_as
from core.people.classroom import Classroom
from tests.made.browser import CHROMIUM, PHONE, at_rest, still, viewer
from tests.made.collections import fill
from tests.made.workers import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser class"),
]


def choose(page, key, name):
    page.locator(f".st-key-{key}").get_by_text(name, exact=True).click()
    at_rest(page)


def given(room, state="shown"):
    return [one for one in giving.everybodys(collecting.current(room)) if one.state == state]


def test_a_burst_of_a_phone_is_counted_looked_after_and_becomes_a_dataset(filmed, tmp_path):
    with (
        open_class(tmp_path / "runs", tmp_path / "data") as opened,
        viewer(filmed) as teacher,
        viewer(filmed, viewport=PHONE, has_touch=True, permissions=["camera"]) as lea,
    ):
        room = Classroom(opened.runs / ".class")
        teacher.goto(opened.address)
        teacher.get_by_text("I am the teacher").click()
        teacher.locator("[name=passcode]").fill(opened.passcode)
        teacher.get_by_role("button", name="Open the class").click()
        teacher.wait_for_selector("h1")
        teacher.goto(f"{opened.address}/class")
        choose(teacher, "class_view", "Collect")
        for name, text in (("Name of the dataset", "Cups and pens"), ("Names of the classes", "cup, pen")):
            teacher.get_by_role("textbox", name=name).fill(text)
            teacher.get_by_role("textbox", name=name).press("Tab")
            at_rest(teacher)
        teacher.locator(".st-key-collect_begin button").click()
        poster = teacher.locator(".poster img")
        still(poster)
        (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(poster.screenshot())))

        lea.goto(read.text)
        lea.get_by_label("Nickname").fill("Léa")
        lea.get_by_role("button", name="Join").click()
        lea.get_by_role("heading", name="Cups and pens").wait_for()
        lea.locator("button.tile", has_text="pen").click()
        lea.get_by_text("Now: pen").wait_for()
        hold = lea.get_by_role("button", name="Hold to take pictures")
        lea.wait_for_function("button => !button.disabled", arg=hold.element_handle())
        still(hold)
        hold.hover()
        lea.mouse.down()
        lea.get_by_text("taken: 4").wait_for()
        lea.mouse.up()
        lea.get_by_text("pictures of mine").wait_for()
        assert lea.evaluate("document.documentElement.scrollWidth") <= 390
        wait_until(lambda: len(given(room)) >= 4)
        mine = lea.locator("button.tile", has_text="pen")
        wait_until(lambda: f"{len(given(room))} of them mine" in mine.inner_text())  # some were still on their way
        n = len(given(room))
        assert len({(one.giver, one.burst, one.label) for one in given(room)}) == 1
        tile = teacher.locator(".counters .tile", has_text="pen")
        tile.get_by_text(str(n), exact=True).wait_for()  # without a press on the projector

        choose(teacher, "collect_view", "Pictures")
        teacher.locator(".pick button").first.click()
        teacher.get_by_text("1 picture was changed").wait_for()
        assert (len(given(room)), len(given(room, "hidden"))) == (n - 1, 1)
        mine.get_by_text(f"{n - 1} of them mine").wait_for()

        people = [room.recognise(room.join(opened.room, name)) for name in ("Noé", "Zoé", "Ali")]
        fill(room, collecting.current(room), people, bursts=1)
        with acting_as(people[0]):
            assert giving.mine(collecting.current(room))
        teacher.get_by_role("button", name="Close", exact=True).click()
        lea.get_by_text("The collection is closed").wait_for()  # without a press on the phone
        assert not lea.get_by_role("button", name="Hold to take pictures").count()

        choose(teacher, "collect_view", "Dataset")
        teacher.get_by_text("All pictures of one person stand on one side").wait_for()
        teacher.locator(".st-key-make_dataset button").click()
        teacher.get_by_text("Make it again, as a new version").wait_for()
        (made,) = (tmp_path / "data" / "own").glob("*/dataset.json")
        facts = json.loads(made.read_text("utf-8"))
        assert (facts["title"], facts["split"]) == ("Cups and pens", "person")
        assert sum(facts["counts"].values()) == n - 1 + 3 * 8
        lea.goto(f"{opened.address}/images?images={made.parent.name}")
        lea.get_by_role("heading", name="Cups and pens").wait_for()
