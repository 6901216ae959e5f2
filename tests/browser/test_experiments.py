"""In a real browser: one whole experiment, from its question to its answer, its table, its deletion and back."""

import csv
import io

import pytest

from core.experiments import experiment as experiments
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, at_rest, still, viewer
from tests.made.workers import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser trains"),
]

POINTS = "() => document.querySelector('.js-plotly-plot')?.data?.[2]?.x?.length ?? -1"
ZOOMED = "() => document.querySelector('.js-plotly-plot').layout.yaxis.autorange === false"
RANGE = "() => document.querySelector('.js-plotly-plot').layout.yaxis.range"


def test_one_whole_experiment(browser, dashboard):
    store = RunStore(dashboard.runs)
    with viewer(browser) as page:
        page.goto(f"{dashboard.address}/train?architecture=softmax&epochs=30")
        page.wait_for_selector(".st-key-train button:not([disabled])")
        at_rest(page)
        page.locator("[data-testid=stTopNavSection]").filter(has_text="Compare").click()
        page.locator("[data-testid=stTopNavDropdownLink]").filter(has_text="Experiments").click()
        page.get_by_text("Which value of a setting is best?").click()
        field = page.locator(".st-key-ask_validation_curve_values input")
        field.fill("0.1, 0.01, 0.00001")
        field.press("Enter")
        page.get_by_text("3 runs", exact=True).wait_for()
        at_rest(page)
        page.locator(".st-key-start_experiment button").click()
        page.wait_for_url("**experiment=*")
        page.wait_for_function(f"() => ({POINTS})() >= 1")  # the first has ended, the chart has a point
        for _try in range(5):  # a point that comes in the middle of it ends a drag
            box = still(page.locator(".js-plotly-plot .nsewdrag").first)
            page.mouse.move(box["x"] + 60, box["y"] + 40)
            page.mouse.down()
            page.mouse.move(box["x"] + 260, box["y"] + 200, steps=5)
            page.mouse.up()
            page.wait_for_timeout(1000)
            if page.evaluate(ZOOMED):
                break
        page.wait_for_function(ZOOMED)
        zoomed = page.evaluate(RANGE)
        page.wait_for_function(f"() => ({POINTS})() === 3")
        assert page.evaluate(RANGE) == zoomed
        page.get_by_text("3 of 3 runs are done").wait_for()
        (made,) = experiments.experiments(store)
        best = max(experiments.results(store, made), key=lambda pair: pair[1].val_accuracy)
        answer = page.locator("[data-testid=stAlertContainer]").first
        assert f"Learning rate {best[0]['learning_rate']:g} " in answer.inner_text().split("(n = 287)")[0]
        page.get_by_text("All runs as a table").click()
        with page.expect_download() as downloading:
            page.locator(".st-key-experiment_csv button").click()
        with open(downloading.value.path(), encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(io.StringIO(file.read())))
        shown = [float(row["Validation accuracy"]) for row in rows]
        assert shown == pytest.approx([one.val_accuracy for _at, one in experiments.results(store, made)])
        page.get_by_role("link", name="Another question").click()
        page.locator(f".st-key-delete-{made.id} button").first.click()
        page.locator(".st-key-undo_experiment button").first.click()
        page.get_by_role("link", name=made.name).wait_for()
        assert {store.get(run).state for _at, run in made.runs} == {"finished"}


def test_a_search_grows_in_view_and_its_best_recipe_goes_into_the_form(browser, dashboard):
    store = RunStore(dashboard.runs)
    with viewer(browser) as page:
        page.goto(f"{dashboard.address}/train?architecture=softmax&epochs=3")
        page.wait_for_selector(".st-key-train button:not([disabled])")
        at_rest(page)
        page.locator("[data-testid=stTopNavSection]").filter(has_text="Compare").click()
        page.locator("[data-testid=stTopNavDropdownLink]").filter(has_text="Experiments").click()
        page.get_by_text("Which settings are best, found by trying?").click()
        field = page.locator(".st-key-ask_search_trials input")
        field.fill("4")
        field.press("Enter")
        page.get_by_text("4 runs", exact=True).wait_for()
        page.locator(".st-key-ask_search_pruning label").first.click()  # else it may be less than four that end
        at_rest(page)
        page.locator(".st-key-start_experiment button").click()
        page.wait_for_url("**experiment=*")
        page.wait_for_function(f"() => ({POINTS})() >= 1")
        assert len(experiments.experiments(store)[0].runs) < 4  # one after the other
        page.wait_for_function(f"() => ({POINTS})() === 4")
        page.get_by_text("4 of 4 runs are done").wait_for()
        made = experiments.experiments(store)[0]
        assert not made.options["pruning"]
        best = max(experiments.results(store, made), key=lambda pair: pair[1].val_accuracy)
        assert page.locator(".js-plotly-plot").count() == 2  # too few trials to say what mattered
        link = page.get_by_role("link", name="Open the best recipe in the form")
        still(link)  # at the end of a search the page is drawn anew as a whole
        link.click()
        page.wait_for_url(f"**learning_rate={best[0]['learning_rate']}*")
        wait_until(lambda: not any(run.process_alive for run in store.all()))  # one at work cannot be deleted
        experiments.remove(store, made)
