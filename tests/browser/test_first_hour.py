"""What somebody meets in the first hour: three ways from Start, a phone, keys, help that does not stay in the way."""

import pytest

from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, PHONE, at_rest, still, viewer
from tests.made.workers import gently

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser trains"),
]
EPOCHS = (
    "() => document.querySelector('.js-plotly-plot')?.data?.find((one) => one.meta?.startsWith('val_'))?.x?.length ?? 0"
)
POINTS = "() => document.querySelector('.js-plotly-plot')?.data?.[0]?.x?.length ?? 0"


def test_start_leads_a_learner_to_a_curve_within_one_press(page, dashboard):
    page.goto(dashboard.address)
    before = len(RunStore(dashboard.runs).all())
    page.locator(".st-key-start button").click()
    page.wait_for_function(f"() => ({POINTS})() > 0")
    assert len(RunStore(dashboard.runs).all()) == before + 1


@pytest.mark.parametrize(
    ("card", "link", "there"),
    [
        ("To show it to a class", "Open the lesson", "/lessons?lesson=overfits"),
        ("With my own photos", "Bring my photos", "/your_images"),
    ],
    ids=["teacher", "own photos"],
)
def test_start_leads_everybody_else_there_within_one_press(page, dashboard, card, link, there):
    page.goto(dashboard.address)
    own = page.locator("[data-testid=stColumn]", has_text=card)
    own.get_by_role("link", name=link).click()
    page.wait_for_url(f"{dashboard.address}{there}*")
    page.wait_for_selector("h1")
    assert page.get_by_text("Page not found").count() == 0


def test_after_train_the_curves_are_on_the_first_screen_of_a_phone(browser, dashboard):
    with viewer(browser, viewport=PHONE, has_touch=True) as page:
        page.goto(f"{dashboard.address}/train?dataset=colours&epochs=60&train_images=500")
        page.locator(".st-key-phone_train button:visible:enabled").tap()
        page.wait_for_function(f"() => ({POINTS})() > 2")
        box = still(page.locator(".js-plotly-plot .nsewdrag").first)
        assert page.evaluate("Math.max(...[...document.querySelectorAll('*')].map((one) => one.scrollTop))") == 0
        assert box["y"] + box["height"] / 2 < PHONE["height"]  # at least its upper half, without a scroll


def test_the_focus_stays_where_it_was_while_curves_grow(browser, dashboard):
    run = RunStore(dashboard.runs).create(TrainingConfig(train_images=300, epochs=1000, batch_size=4))
    with gently(run, 0.3), viewer(browser) as page:
        page.goto(f"{dashboard.address}/train?run={run.id}")
        page.wait_for_function(f"() => ({EPOCHS})() >= 3")
        at_rest(page)
        page.locator(".st-key-stop button").first.focus()
        page.evaluate("() => { window.held = document.activeElement }")
        seen = page.evaluate(EPOCHS)
        page.wait_for_function(f"() => ({EPOCHS})() >= {seen + 4}")
        assert page.evaluate("() => window.held.isConnected && window.held === document.activeElement")
        assert page.evaluate("() => !!document.activeElement.closest('.st-key-stop')")


def test_help_does_not_cover_what_a_press_changed(page, dashboard):
    page.goto(f"{dashboard.address}/your_images")
    page.get_by_text("Class by class", exact=True).click()
    button = page.locator(".st-key-preset_faces button").first
    still(button)
    open_help = page.locator("[role=tooltip]:visible")
    button.hover()
    open_help.wait_for()
    button.click()
    page.wait_for_function("() => document.querySelector('.st-key-class_names input').value.split(',').length === 10")
    at_rest(page)
    open_help.wait_for(state="hidden")
    page.mouse.move(600, 500)
    still(button)
    button.hover()  # who comes back may read it again
    open_help.wait_for()


def test_a_long_link_takes_a_second_line_on_a_phone(browser, dashboard):
    with viewer(browser, viewport=PHONE, has_touch=True) as page:
        page.goto(dashboard.address)
        words = page.locator("[data-testid=stPageLink] a p").first
        words.wait_for()
        at_rest(page)
        words.evaluate("(words) => { words.textContent = 'Train on these (from a network that has seen a million)' }")
        assert words.evaluate("({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth")
        assert words.evaluate("(words) => words.getBoundingClientRect().right < innerWidth")
