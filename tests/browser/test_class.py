"""A class in three browsers at once: a teacher at the projector, a pupil with a phone, another at a desk."""

import io
import zipfile

import pytest
import zxingcpp
from PIL import Image

from benchmarks.server import open_class
from core.lessons.lesson import lessons
from core.people.classroom import Classroom
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, PHONE, at_rest, still, viewer
from tests.made.workers import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser class"),
]


NAME = "fits"
LESSON = lessons()[NAME]


@pytest.fixture
def opened(tmp_path):
    with open_class(tmp_path / "runs", tmp_path / "data") as going_on:
        yield going_on


def follow(page, choice, train, told):
    """Through the lesson: says what is expected, trains, watches to the end, reads the answer."""
    page.get_by_text(choice).click()
    at_rest(page)
    page.locator(".st-key-lesson_next button:visible").click()
    page.get_by_role("button", name=train, exact=True).click()
    page.wait_for_selector(".st-key-lesson_again")  # it has ended
    at_rest(page)
    page.locator(".st-key-lesson_next button:visible").click()
    page.get_by_text(told).first.wait_for()


def hand_in(page, words, told):
    page.locator(".st-key-hand_in summary").click()
    page.locator(".st-key-hand_in textarea").fill(words)
    page.locator(".st-key-hand_in textarea").press("Control+Enter")
    at_rest(page)
    page.locator(".st-key-hand_in_now button:visible").click()
    page.get_by_text(told).first.wait_for()


def his(runs, hers):
    return next(run for run in runs.values() if run.id != hers.id)


def view(page, name):
    page.locator(".st-key-class_view").get_by_text(name, exact=True).click()


def test_a_lesson_from_the_poster_to_the_end_of_the_class(browser, opened):
    room = Classroom(opened.runs / ".class")
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
        noe.goto(f"{opened.address}/join?room={opened.room}")
        noe.get_by_label("Nickname").fill("Noé")
        noe.get_by_role("button", name="Join").click()
        noe.wait_for_selector("h1")

        view(teacher, "Send")
        teacher.locator(".st-key-send_kind").get_by_text("A lesson").click()
        teacher.locator(".st-key-send_lesson_name input").fill(LESSON.title)
        teacher.get_by_role("option", name=LESSON.title, exact=True).click()
        teacher.locator(".st-key-send_lesson_locked label").click()
        at_rest(teacher)
        teacher.locator(".st-key-send button:visible").click()
        teacher.get_by_text("locked to").wait_for()
        lea.get_by_role("status").get_by_role("link", name="Ouvrir").click()
        noe.get_by_role("status").get_by_role("link", name="Open").click()
        follow(lea, "Beaucoup moins bien", "Entraîner", "Vous aviez dit")
        view(teacher, "Board")
        teacher.wait_for_selector(".board .card:has-text('Léa') .badge.green:has-text('finished')")
        follow(noe, LESSON.choices[0], "Train", "You said so.")
        runs = {run.meta.owner: run for run in RunStore(opened.runs).all()}
        assert len(runs) == 2
        assert all(run.status.state == "finished" for run in runs.values())
        assert len({tuple(run.history.column("val_loss")) for run in runs.values()}) == 1  # the same recipe and seed

        hers = next(run for run in runs.values() if room.person(run.meta.owner).name == "Léa")
        noe.goto(f"{opened.address}/train?run={hers.id}")
        noe.get_by_text("by Léa").first.wait_for()
        assert not noe.get_by_role("button", name="Delete").count()
        noe.get_by_text("Your teacher has locked all settings but these: Epochs, Training images.").first.wait_for()
        assert not noe.locator(".st-key-dropout, .st-key-unlock").count()
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

        noe.goto(f"{opened.address}/lessons?lesson={NAME}&step=answer&run={his(runs, hers).id}")
        hand_in(lea, "J'ai compris.", "Rendu à")
        hand_in(noe, "As I said.", "Handed in at")
        view(teacher, "Handed in")
        teacher.get_by_text("2 pages").wait_for()
        table = still(teacher.locator(".st-key-register canvas").first)
        teacher.mouse.click(table["x"] + 18, table["y"] + 36 + 18)  # the box of the first line, below the heads
        page = teacher.frame_locator("iframe[title='The page that was handed in']")
        page.get_by_role("heading", name=LESSON.title).wait_for()
        page.get_by_text("As I said.").wait_for()  # the last that came stands first
        teacher.get_by_role("textbox", name="Your comment").fill("Well seen, *both* of them.")
        teacher.get_by_role("textbox", name="Your comment").press("Control+Enter")
        teacher.get_by_text("Kept; they read it").wait_for()
        noe.reload()
        noe.get_by_test_id("stToast").get_by_text("Well seen, *both* of them.").wait_for()  # on whichever page is open
        noe.locator(".st-key-hand_in summary").click()
        noe.locator(".st-key-hand_in").get_by_text("Well seen, *both* of them.").wait_for()  # as it was written
        with teacher.expect_download() as download:
            teacher.locator(".st-key-register_zip button:visible").click()
        with zipfile.ZipFile(download.value.path()) as pages:
            written = [pages.read(name).decode() for name in pages.namelist()]
        assert sum("J&#x27;ai compris." in text or "J'ai compris." in text for text in written) == 2  # page and table
        assert sum("As I said." in text for text in written) == 2

        noe.get_by_role("button", name="Noé").click()  # one's own menu lies where it can be pressed
        noe.get_by_role("link", name="Leave the class").wait_for()

        view(teacher, "End of class")
        teacher.get_by_text("2 pages that were handed in").wait_for()
        teacher.get_by_text("2 runs without a star").wait_for()
        teacher.locator(".st-key-sure_to_end label").click()
        teacher.locator(".st-key-end_class button:enabled").click()
        wait_until(lambda: not RunStore(opened.runs).all())
        teacher.get_by_role("heading", name="The class has ended").wait_for()
        noe.goto(f"{opened.address}/train")
        assert noe.url.endswith("/join")
