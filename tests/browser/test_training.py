"""The main paths in a real browser: press Train, watch the curve, reload, restart the server, on a phone, in French."""

import csv
import io
import re

import numpy as np
import pytest

from benchmarks.server import free_port
from core.evaluation import evaluation
from core.evaluation.confusion import confusion
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, PATHS, PHONE, at_rest, still, viewer
from tests.made.served import dashboard as served
from tests.made.workers import gently

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]

POINTS = "() => document.querySelector('.js-plotly-plot')?.data?.[0]?.x?.length ?? 0"


def train_button(page):
    page.wait_for_selector(".st-key-train button:not([disabled])")
    return page.locator(".st-key-train button").first


def test_train_shows_a_curve_that_advances_and_the_final_number(page, dashboard):
    page.goto(f"{dashboard.address}/train?dataset=colours&epochs=60&train_images=500")
    page.wait_for_function("() => window.Plotly")  # on a busy machine the training could be over sooner
    train_button(page).click()
    page.wait_for_function(f"() => ({POINTS})() > 0")
    first = page.evaluate(POINTS)
    page.wait_for_function(f"() => ({POINTS})() > {first}")
    page.wait_for_selector("text=/Test: .* of 1,000 images right/")
    shown = page.locator("text=/Test: .* of 1,000 images right/").first.inner_text()
    run = RunStore(dashboard.runs).all()[0]
    assert run.state == "finished"
    told = float(re.search(r"([\d.]+) ?%", shown.replace("\xa0", " ")).group(1))
    assert told == pytest.approx(100 * run.status.result["test_accuracy"], abs=0.005)
    lines = "document.querySelectorAll('.js-plotly-plot')[1].data"
    last = f"accuracy => {lines}.find((one) => one.meta === 'val_accuracy').y.slice(-1)[0] === accuracy"
    page.wait_for_function(last, arg=run.history.epochs[-1]["val_accuracy"])
    page.locator("figure figure img, [alt*=predicted]").nth(9).wait_for()


def test_zoom_survives_the_updates(page, dashboard):
    page.goto(f"{dashboard.address}/train?dataset=colours&epochs=200&batch_size=16&train_images=500")
    train_button(page).click()
    page.wait_for_function(f"() => ({POINTS})() > 20")
    box = still(page.locator(".js-plotly-plot .nsewdrag").first)
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 120, steps=5)
    page.mouse.up()
    zoomed = "() => document.querySelector('.js-plotly-plot').layout.xaxis.range"
    page.wait_for_function(f"() => ({zoomed})()[1] < 190")
    before, title = page.evaluate(zoomed), page.evaluate("() => window.scrollY")
    epochs = "() => document.querySelector('.js-plotly-plot').data.find((one) => one.meta?.startsWith('val_')).x.length"
    seen = page.evaluate(epochs)
    page.wait_for_function(f"() => ({epochs})() >= {seen} + 2")
    assert page.evaluate(zoomed) == before
    assert page.evaluate("() => window.scrollY") == title
    page.locator(".st-key-stop button").first.click()
    page.wait_for_selector(".st-key-resume button")


def test_a_training_survives_reload_and_restart_of_the_server(page, tmp_path):
    port = free_port()
    with served(tmp_path / "runs", port) as first:
        page.goto(f"{first.address}/train?dataset=colours&epochs=500&batch_size=8&train_images=500")
        train_button(page).click()
        page.wait_for_function(f"() => ({POINTS})() > 0")
        page.reload()
        page.wait_for_function(f"() => ({POINTS})() > 0")
        run = RunStore(first.runs).all()[0]
        worker = run.attempts[-1]["pid"]
    assert run.state == "running"  # the server is gone, the training is not
    with gently(run), served(tmp_path / "runs", port) as second:
        page.goto(f"{second.address}/train?run={run.id}")
        page.wait_for_selector(".st-key-stop button")
        assert [attempt["pid"] for attempt in run.attempts] == [worker]
        page.locator(".st-key-stop button").first.click()
        page.wait_for_selector(".st-key-resume button")
        assert run.state == "stopped"


def test_a_card_on_the_first_page_opens_its_lesson_and_that_its_levers(page, dashboard):
    page.goto(dashboard.address)
    page.get_by_role("link", name="Open the lesson").last.click()
    page.wait_for_url("**/lessons?*lesson=overfits*")
    page.goto(f"{dashboard.address}/train?only=dropout&train_images=100")
    train_button(page)
    page.get_by_text("This lesson is about").wait_for()
    assert page.locator(".st-key-epochs").count() == 0


def test_back_undoes_a_setting(page, dashboard):
    page.goto(f"{dashboard.address}/train")
    train_button(page)
    field = page.locator(".st-key-epochs input").first
    field.fill("7")
    field.press("Enter")
    page.wait_for_url("**epochs=7*")
    page.go_back()
    page.wait_for_function("() => document.querySelector('.st-key-epochs input').value === '20'")


def test_the_convolution_plays_in_the_browser_and_survives_a_rerun(page, dashboard):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(f"{dashboard.address}/by_hand")
    total = page.locator(".convolution .sum")
    total.filter(has_text="= −0.8").wait_for()
    page.locator(".convolution .play").click()
    total.filter(has_text="= 2.5").wait_for()
    page.locator(".convolution .play").click()  # pause
    page.locator(".convolution .next").click()
    told = total.inner_text()
    page.locator("h1").click()
    at_rest(page)
    sent.clear()
    page.keyboard.press("r")  # a rerun of the page that does not concern it
    while not sent:
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)  # until the browser shows that the server is at it
    at_rest(page)
    assert total.inner_text() == told
    page.locator(".convolution input").fill("12")
    assert total.inner_text() == "max(1.2; 0; 0; 0) = 1.2"
    page.get_by_text("same", exact=True).click()
    page.locator(".convolution table").first.locator("tr").nth(6).wait_for()
    page.get_by_text("Batch and epoch", exact=True).click()
    for _step in range(6):
        page.locator(".batches .next").click()
    page.locator(".batches .where", has_text="epoch 2, step 2 of 5").wait_for()
    page.locator(".batches .said", has_text="so far: 7. Images seen: 28.").wait_for()
    assert page.locator(".batches .all img.now").count() == page.locator(".batches .batch img").count() == 4


def test_a_drawing_is_classified_when_the_pen_is_lifted_and_survives_a_page_switch(page, dashboard):
    page.goto(dashboard.address)
    page.locator(".st-key-start button").first.click()
    page.wait_for_selector("text=/Test: .* of 360 images right/")
    page.goto(f"{dashboard.address}/classify")
    page.get_by_text("Draw one", exact=True).click()
    box = still(page.locator(".draw canvas"))
    page.mouse.move(box["x"] + 140, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 240, steps=15)
    page.mouse.up()
    page.wait_for_selector("text=/says the network/")
    page.get_by_role("link", name="Runs").first.click()
    page.wait_for_url("**/runs*")
    page.get_by_test_id("stTopNavSection").filter(has_text="Try it").click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text="Classify").click()
    page.get_by_text("Draw one", exact=True).click()
    page.wait_for_selector("text=/says the network/")
    page.locator(".draw button").last.click()
    page.wait_for_selector("text=/Draw in the field/")


def test_nothing_is_asked_of_another_machine(visited, classified):
    _widths, _grave, asked = visited
    assert len(asked) > len(PATHS)
    assert not {url for url in asked if not url.startswith((classified.address, "data:", "blob:"))}


def test_the_language_follows_the_browser(browser, dashboard):
    with viewer(browser, locale="fr-FR") as french:
        french.goto(dashboard.address)
        french.wait_for_selector("h1")
        french.wait_for_selector(".st-key-start button")
        shown = french.locator("h1").inner_text()
    assert shown == "Voir un réseau apprendre"


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_needs_no_sideways_scrolling(visited, path):
    widths, _grave, _asked = visited
    assert widths[path] <= 390


@pytest.fixture
def trained(classified):
    """A run of the digits, which takes some of the test images for others."""
    return RunStore(classified.runs).get("latest")


def click_cell(page, true, predicted, classes):
    """Clicks one cell of the confusion matrix, which is sorted by name."""
    box = still(page.locator("[class*=st-key-matrix-] .nsewdrag"))
    x = box["x"] + (predicted + 0.5) * box["width"] / classes
    page.mouse.click(x, box["y"] + (true + 0.5) * box["height"] / classes)


def test_a_click_on_a_cell_of_the_matrix_shows_its_images(page, classified, trained):
    counts = confusion(evaluation.read(trained, "test"))
    wrong = counts * (1 - np.eye(10, dtype=int))
    rare = np.where(wrong, wrong, wrong.max() + 1)
    assert rare.min() < wrong.max()  # then the rarest mistake is not the one that is shown before any click
    cells = [np.unravel_index(place, counts.shape) for place in (rare.argmin(), counts.argmax())]
    page.goto(f"{classified.address}/mistakes?run={trained.id}")
    page.wait_for_selector("[class*=st-key-matrix-] .nsewdrag")
    for true, predicted in cells:  # a mistake and a right answer
        n = counts[true, predicted]
        told = f"{true} taken for {predicted}: {n}" if true != predicted else f"{true}, rightly recognised: {n}"
        click_cell(page, true, predicted, 10)
        page.get_by_text(told, exact=True).wait_for()
        shown = page.locator(f"figure img[alt='shows {true}, predicted {predicted}']")
        shown.first.wait_for()
        assert shown.count() == min(n, 24)
        assert page.locator("figure img[alt^='shows ']").count() == shown.count()


def test_the_matrix_is_kept_as_a_picture_and_the_answers_as_a_table(page, classified, trained):
    page.goto(f"{classified.address}/mistakes?run={trained.id}")
    page.locator("[class*=st-key-matrix-] .nsewdrag").hover()
    with page.expect_download() as picture:
        page.locator("[class*=st-key-matrix-] figure > button").first.click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
    assert page.locator(".modebar-btn").count() == 0  # Plotly's bar has a button that sends charts to a stranger
    with page.expect_download() as table:
        page.locator(".st-key-answers_csv button").first.click()
    lines = list(csv.DictReader(io.StringIO(table.value.path().read_text("utf-8"))))
    right = sum(line["true"] == line["predicted"] for line in lines)
    assert len(lines) == 360
    shown = page.locator("text=/of 360 images right/").first.inner_text().replace("\xa0", " ")
    assert shown.startswith(f"{100 * right / 360:.2f} %")


def test_mistakes_of_a_run_need_no_sideways_scrolling_on_a_phone(browser, classified, trained):
    with viewer(browser, viewport=PHONE, locale="fr-FR", has_touch=True) as phone:
        phone.goto(f"{classified.address}/mistakes?run={trained.id}")
        views = phone.locator(".st-key-mistakes_view button")
        views.first.wait_for()
        for place in range(views.count()):
            views.nth(place).click()
            still(phone.locator("[data-testid=stMainBlockContainer]"))
            assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390


FITTING = """
() => {
  const places = [...document.querySelectorAll(".js-plotly-plot")];
  const fits = (place) => Math.abs(place.querySelector(".main-svg").getAttribute("width") - place.clientWidth) < 2;
  return places.length > 1 && places[0].currentCSSZoom > 1.5 && places.every(fits);
}
"""


def test_charts_fit_a_page_that_is_enlarged_for_a_projector(browser, classified):
    run = RunStore(classified.runs).get("latest")
    with viewer(browser, viewport={"width": 1920, "height": 1080}) as page:
        page.goto(f"{classified.address}/train?run={run.id}")
        page.locator(".js-plotly-plot .main-svg").nth(1).wait_for(state="attached")
        at_rest(page)
        page.get_by_text("Projector view").first.click()
        page.wait_for_function(FITTING)
