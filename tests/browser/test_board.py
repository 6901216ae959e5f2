"""A class of forty in the teacher's browser: cards on one screen, sorted, opened, projected; no view inaccessible."""

import pytest

from benchmarks.server import open_class
from core.people import classroom
from core.people.acting import acting_as
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, at_rest, lasting, still, viewer
from tests.made.runs import make_run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser class"),
]

PUPILS = 40
STATES = ("running", "finished", "stopped", "queued", "finished")
VIEWS = ("join", "board", "send", "ask", "collect", "challenge", "register", "people", "end")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A class of forty; every ninth has not trained yet."""
    home = tmp_path_factory.mktemp("forty")
    with pytest.MonkeyPatch.context() as patch, open_class(home / "runs", home / "data") as going_on:
        patch.setenv("FITSCOPE_DATA", str(home / "data"))
        patch.setenv("FITSCOPE_RUNS", str(home / "runs"))
        room, store = classroom.home(), RunStore(home / "runs")
        for n in range(PUPILS):
            person = room.recognise(room.join(room.room, f"Pupil {n:02d}"))
            with acting_as(person):
                if n % 9:
                    run = make_run(store, STATES[n % 5], TrainingConfig(dataset="digits", epochs=12), epochs=3 + n % 7)
                    run.change_meta(name=f"run {n:02d}")
        yield going_on


@pytest.fixture
def teacher(browser, opened):
    with viewer(browser, viewport={"width": 1366, "height": 768}) as page:
        page.goto(opened.address)
        page.get_by_text("I am the teacher").click()
        page.locator("[name=passcode]").fill(opened.passcode)
        page.get_by_role("button", name="Open the class").click()
        page.wait_for_selector("h1")
        yield page


@pytest.mark.parametrize(("width", "height", "present"), [(1920, 1080, ""), (1366, 768, "&present=1")])
def test_forty_stand_on_one_screen(teacher, opened, width, height, present):
    teacher.set_viewport_size({"width": width, "height": height})
    teacher.goto(f"{opened.address}/class?view=board{present}")
    cards = teacher.locator(".board .card")
    cards.nth(PUPILS - 1).wait_for()
    still(teacher.locator(".board"))
    assert cards.count() == PUPILS
    places = [card.bounding_box() for card in cards.all()]
    assert all(place["y"] >= 0 and place["y"] + place["height"] <= height for place in places)
    assert all(place["x"] >= 0 and place["x"] + place["width"] <= width for place in places)
    assert teacher.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_cards_are_sorted_and_open_a_run_which_is_put_on_the_projector(teacher, opened):
    teacher.goto(f"{opened.address}/class?view=board")
    teacher.locator(".board .card").nth(PUPILS - 1).wait_for()
    assert names(teacher) == [f"Pupil {n:02d}" for n in range(PUPILS)]
    known = {owner_of(run): run.history.best["val_accuracy"] for run in RunStore(opened.runs).all() if run.history.best}
    teacher.locator(".st-key-board_order").get_by_text("Validation accuracy").click()
    teacher.locator(".board .card").first.filter(has_not_text="Pupil 00").wait_for()
    sorted_names = names(teacher)
    accuracies = [known.get(name, -1.0) for name in sorted_names]
    assert accuracies == sorted(accuracies, reverse=True)
    assert set(sorted_names[-PUPILS + len(known) :]).isdisjoint(known)  # those without one come last

    best = sorted_names[0]
    teacher.locator(f".board .card:has-text('{best}') .open").click()
    teacher.get_by_role("heading", name=f"run {best[-2:]}").wait_for()

    teacher.goto(f"{opened.address}/class?view=board")
    teacher.get_by_role("link", name=f"Put on the projector: {best}").click()
    teacher.get_by_role("heading", name=f"run {best[-2:]} · by {best}").wait_for()
    teacher.wait_for_selector("[data-testid=stHeader]", state="hidden")
    at_rest(teacher)
    teacher.get_by_role("link", name="Board").click()
    teacher.locator(".board .card").nth(PUPILS - 1).wait_for()
    assert teacher.locator("[data-testid=stHeader]").is_visible()


def names(page):
    return page.locator(".board .card b").all_text_contents()


def owner_of(run):
    return f"Pupil {run.meta.name[-2:]}"


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_of_the_class_has_a_serious_fault_of_accessibility(teacher, opened, view):
    teacher.goto(f"{opened.address}/class?view={view}")
    teacher.wait_for_selector("h1")
    assert not lasting(teacher)
