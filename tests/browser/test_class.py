"""A class in three browsers at once: a teacher at the projector, a pupil with a phone, another at a desk."""

import io

import pytest
import zxingcpp
from PIL import Image

from benchmarks.server import open_class
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, PHONE, viewer
from tests.made.workers import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture
def opened(tmp_path):
    with open_class(tmp_path / "runs", tmp_path / "data") as going_on:
        yield going_on


def view(page, name):
    page.locator(".st-key-class_view").get_by_text(name, exact=True).click()


def test_a_lesson_from_the_poster_to_the_end_of_the_class(browser, opened):
    with (
        viewer(browser, viewport={"width": 1920, "height": 1080}) as teacher,
        viewer(browser, viewport=PHONE, has_touch=True, locale="fr-FR") as lea,
        viewer(browser) as noe,
    ):
        teacher.goto(opened.address)
        teacher.get_by_text("I am the teacher").click()
        teacher.locator("[name=passcode]").fill(opened.passcode)
        teacher.get_by_role("button", name="Open the class").click()
        teacher.wait_for_selector("h1")
        teacher.goto(f"{opened.address}/class")
        poster = teacher.locator(".poster img")
        poster.wait_for()
        (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(poster.screenshot())))
        assert read.text == f"{opened.address}/join?room={opened.room}"

        lea.goto(read.text)
        lea.get_by_label("Surnom").fill("Léa")
        lea.get_by_role("button", name="Rejoindre").click()
        teacher.wait_for_selector(".joined li:has-text('Léa')")
        lea.goto(f"{opened.address}/train?dataset=digits&epochs=2")
        lea.locator(".st-key-phone_train button:visible:enabled").click()
        view(teacher, "Board")
        teacher.wait_for_selector(".board .card:has-text('Léa') .badge.green:has-text('finished')")
        (run,) = RunStore(opened.runs).all()

        noe.goto(f"{opened.address}/join?room={opened.room}")
        noe.get_by_label("Nickname").fill("Noé")
        noe.get_by_role("button", name="Join").click()
        noe.wait_for_selector("h1")
        noe.goto(f"{opened.address}/train?run={run.id}")
        noe.get_by_text("by Léa").first.wait_for()
        assert not noe.get_by_role("button", name="Delete").count()
        noe.locator(".st-key-epochs input").fill("7")
        noe.locator(".st-key-epochs input").press("Tab")

        teacher.locator(".st-key-class_frozen label").click()
        for pupil, words in ((noe, "Look at your teacher"), (lea, "Regardez votre professeur")):
            pupil.get_by_role("dialog").get_by_text(words).wait_for()
        noe.keyboard.press("Escape")
        assert noe.get_by_role("dialog").is_visible()
        teacher.locator(".st-key-class_frozen label").click()
        for pupil in (noe, lea):
            pupil.get_by_role("dialog").wait_for(state="detached")
        assert noe.locator(".st-key-epochs input").input_value() == "7"

        view(teacher, "Send")
        teacher.locator(".st-key-send button").click()
        lea.get_by_role("status").get_by_text("Chiffres").wait_for()
        noe.get_by_role("status").get_by_role("link", name="Open").click()
        noe.get_by_text("This lesson is about: Dropout").first.wait_for()

        view(teacher, "Ask")
        teacher.locator(".st-key-ask button:visible").click()
        for pupil in (lea, noe):
            pupil.locator(".fitscope-question button").first.click()
        teacher.get_by_text("2 of 2 have answered").wait_for()
        teacher.locator(".st-key-ask_closed button:visible").click()
        teacher.locator(".st-key-ask_revealed button:visible").click()
        for pupil, word in ((lea, "Fermer"), (noe, "Close")):
            pupil.locator(".fitscope-question").get_by_text("✓").wait_for()
            pupil.locator(".fitscope-question").get_by_role("button", name=word).click()

        lea.goto(f"{opened.address}/train?run={run.id}")
        lea.locator(".st-key-hand_in summary").click()
        lea.locator(".st-key-hand_in_now button:visible").click()
        lea.get_by_text("Rendu à").wait_for()
        view(teacher, "Handed in")
        teacher.get_by_text("Nothing yet from: Noé").wait_for()

        noe.get_by_role("button", name="Noé").click()  # one's own menu lies where it can be pressed
        noe.get_by_role("link", name="Leave the class").wait_for()

        view(teacher, "End of class")
        teacher.get_by_text("1 page that was handed in").wait_for()
        teacher.get_by_text("1 run without a star").wait_for()
        teacher.locator(".st-key-sure_to_end label").click()
        teacher.locator(".st-key-end_class button:enabled").click()
        wait_until(lambda: not RunStore(opened.runs).all())
        teacher.get_by_text("You are not in this class").wait_for()
        noe.goto(f"{opened.address}/train")
        assert noe.url.endswith("/join")
