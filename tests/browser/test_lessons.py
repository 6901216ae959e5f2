"""In a real browser: a lesson by keyboard alone, a race that grows by news and ends, a prediction that is drawn."""

import pytest

from core.lessons.lesson import lessons
from core.runs import prediction as predictions
from core.runs import race as races
from core.runs.prediction import Prediction
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, PHONE, at_rest, still, viewer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser trains"),
]

LESSON = "fits"
LINES = "() => [...document.querySelectorAll('.js-plotly-plot')].at(-1)?.data?.map((line) => line.x.length) ?? []"


def test_a_lesson_from_question_to_answer_by_keyboard_alone(browser, dashboard):
    lesson = lessons()[LESSON]
    with viewer(browser) as page:
        page.goto(f"{dashboard.address}/lessons?lesson={LESSON}")
        page.get_by_text(lesson.question).first.wait_for()
        at_rest(page)
        page.keyboard.press(str(lesson.right + 1))
        page.wait_for_selector("input[type=radio]:checked")
        at_rest(page)
        page.keyboard.press("ArrowRight")
        page.wait_for_selector(".st-key-lesson_train")
        at_rest(page)
        page.keyboard.press("PageDown")  # as a clicker sends it
        page.wait_for_selector(".st-key-lesson_again")  # the training has ended
        at_rest(page)
        page.keyboard.press("Space")
        page.get_by_text("You said so.").wait_for()
        page.get_by_text(lesson.answer[:60]).wait_for()
        page.keyboard.press("n")
        page.get_by_text(lesson.notes[:40]).wait_for()
        page.keyboard.press("p")
        page.wait_for_selector("[data-testid=stHeader]", state="hidden")
        at_rest(page)
        page.keyboard.press("ArrowLeft")
        page.wait_for_selector(".st-key-lesson_again")
        shared = page.url
    (run,) = [one for one in RunStore(dashboard.runs).all() if one.meta.name == lesson.title]
    assert predictions.of(run) == Prediction(lesson=LESSON, choice=lesson.right)
    with viewer(browser, viewport=PHONE, locale="fr-FR") as page:  # the link opens it as the teacher left it
        page.goto(shared)
        page.wait_for_selector(".st-key-lesson_again")
        page.wait_for_selector("[data-testid=stHeader]", state="hidden")


def test_keys_that_are_typed_into_a_field_turn_no_page(browser, dashboard):
    with viewer(browser) as page:
        page.goto(f"{dashboard.address}/lessons?lesson={LESSON}")
        page.wait_for_selector(".st-key-lesson_next")
        at_rest(page)
        page.locator("input[type=radio]").first.focus()
        page.keyboard.press("ArrowDown")  # chooses the next answer, as in any form
        page.wait_for_selector("input[type=radio]:checked")
        at_rest(page)
        assert page.locator(".st-key-lesson_next").is_visible()


def test_alike_recipes_race_live_and_their_curves_are_the_same_numbers(browser, dashboard):
    store = RunStore(dashboard.runs)
    with viewer(browser) as page:
        page.goto(f"{dashboard.address}/race?dataset=digits")
        page.wait_for_selector(".st-key-start_race")
        at_rest(page)
        slider = page.get_by_role("slider").nth(1)
        slider.focus()
        for _press in range(5):  # from 0.5 to 0.25, as A has it
            slider.press("ArrowLeft")
        page.get_by_text("The runs are alike").wait_for()
        page.get_by_text("None of them, beyond luck").click()
        at_rest(page)
        page.locator(".st-key-start_race button").click()
        page.wait_for_function(f"() => {{ const n = ({LINES})(); return n[1] > 1; }}")  # A grows
        page.wait_for_function(f"() => ({LINES})()[3] > 1")
        page.get_by_text("Within noise").first.wait_for()
        page.get_by_text("It came true.").wait_for()
        page.get_by_text("neither").first.wait_for()
    (race,) = [one for one in races.races(store) if not one.lesson]
    first, second = races.runs_of(store, race).values()
    assert first.history.column("val_loss") == second.history.column("val_loss")
    assert len(first.history.epochs) == 20


def test_a_prediction_is_drawn_by_mouse_and_by_keys_and_lies_in_the_chart_afterwards(browser, dashboard):
    with viewer(browser) as page:
        page.goto(f"{dashboard.address}/train?epochs=5")
        page.wait_for_selector(".st-key-train")
        page.get_by_text("Say first what will happen").click()
        box = still(page.locator(".forecast svg"))
        for place, share in enumerate((0.8, 0.3, 0.1)):
            page.mouse.move(box["x"] + box["width"] * (0.1 + 0.43 * place), box["y"] + box["height"] * share)
            page.mouse.down() if not place else None
        page.mouse.up()
        page.wait_for_selector(".st-key-predict_clear")
        at_rest(page)
        last = page.get_by_role("slider", name="after epoch 5")
        before = int(last.get_attribute("aria-valuenow"))
        last.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.locator(f"circle[aria-label*='epoch 5'][aria-valuenow='{before - 2}']").wait_for()
        at_rest(page)
        page.locator(".st-key-train button").click()
        page.get_by_text("points from the true one").wait_for()
        page.wait_for_function(f"() => ({LINES})()[3] === 5")
    drawn = predictions.of(RunStore(dashboard.runs).all()[0])
    assert [epoch for epoch, _share in drawn.curve] == [1, 2, 3, 4, 5]
    assert drawn.curve[-1][1] == pytest.approx(before / 100 - 0.02)
