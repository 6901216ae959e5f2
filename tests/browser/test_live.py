"""The curves of a training in a real browser: they grow by news alone, in French, and without news by asking."""

import re

import pytest

from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, SLOW, at_rest, still, viewer
from tests.made.runs import make_run
from tests.made.workers import gently, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser trains"),
]

POINTS = (
    "() => document.querySelector('.js-plotly-plot')?.data?.find((one) => one.meta?.startsWith('val_'))?.x?.length ?? 0"
)
BY_HEART = "() => [...document.querySelectorAll('.js-plotly-plot')].at(-1).data[1].y?.length ?? 0"  # the third chart
RAISED = """
() => (document.querySelector('.js-plotly-plot').layout.annotations ?? []).filter((one) => one.text === '⚑').length
"""
RANGE = "() => document.querySelector('.js-plotly-plot').layout.xaxis.range"


@pytest.fixture
def training(dashboard):
    """A dashboard, and a run of it with some epochs a second, that goes on until it is stopped."""
    config = TrainingConfig(dataset="digits", train_images=300, epochs=1000, batch_size=4, label_noise=0.1)
    run = RunStore(dashboard.runs).create(config)
    with gently(run, 0.3):
        yield dashboard, run


def change(page, run):
    """Another learning rate while it trains: a flag in the curves says so once it is taken up."""
    page.get_by_role("button", name="Modifier cet entraînement").click()
    page.locator(f".st-key-change_learning_rate_{run.id}_0 input").fill("0.002")
    page.locator(f".st-key-change_learning_rate_{run.id}_0 input").press("Enter")
    page.locator(f".st-key-change_{run.id} button:enabled").click()
    page.wait_for_function(f"() => ({RAISED})() === 1")


def grown(page, by):
    seen = page.evaluate(POINTS)
    page.wait_for_function(f"() => ({POINTS})() >= {seen + by}")


def test_curves_grow_by_news_alone_and_keep_their_zoom(browser, training):
    running, run = training
    with viewer(browser, locale="fr-FR") as page:
        frames, broken = [], []
        page.on("pageerror", lambda error: broken.append(str(error)))
        for name in ("framesent", "framereceived"):
            page.on("websocket", lambda socket, name=name: socket.on(name, lambda frame: frames.append(frame)))
        page.goto(f"{running.address}/train?run={run.id}")
        page.wait_for_function(f"() => ({POINTS})() >= 3")
        box = still(page.locator(".js-plotly-plot .nsewdrag").first)
        page.mouse.move(box["x"] + 30, box["y"] + 30)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 120, steps=5)
        page.mouse.up()
        page.wait_for_function(f"() => ({RANGE})()[1] < 480")
        at_rest(page)
        zoomed, head = page.evaluate(RANGE), page.locator(".bulletin .progress")
        before = head.inner_text()
        frames.clear()
        grown(page, by=5)
        page.wait_for_function(f"() => ({BY_HEART})() >= 8")
        assert not frames  # no script ran: neither asked for by the browser, nor by the server
        assert page.evaluate(RANGE) == zoomed
        assert "époque" in before
        assert head.inner_text() != before
        assert page.locator(".bulletin .card").first.inner_text().startswith("Validation, dernière")
        shares = page.locator(".js-plotly-plot").nth(1).locator(".ytick text").all_text_contents()
        assert shares
        assert all(re.fullmatch(r"\d+\xa0%", tick) for tick in shares), shares
        change(page, run)
        page.locator(".st-key-stop button").first.click()
        page.wait_for_selector(".st-key-resume button")
        page.wait_for_selector("[data-testid=stMetric]")
        assert page.evaluate(RANGE) == zoomed
        assert page.evaluate(RAISED) == 1
        page.locator(".st-key-resume button").first.click()  # it was interrupted, and goes on with what was changed
        page.wait_for_function(f"() => ({RAISED})() === 2")
        ((_epoch, values),) = run.history.changes
        assert values == {"learning_rate": 0.002}
        assert len(run.history.pauses) == 1
        assert not broken


def test_a_suggested_change_is_tried_and_says_whether_it_helped(browser, dashboard):
    with viewer(browser) as page:
        run = make_run(RunStore(dashboard.runs), "finished", TrainingConfig(epochs=3), 3, ("validation", "test"))
        page.goto(f"{dashboard.address}/train?run={run.id}")
        page.locator(".st-key-try_this").get_by_role("button", name="Epochs 3 → 6").click()
        page.wait_for_selector("text=/McNemar/")
        assert page.locator("h1").inner_text().endswith("Epochs 3 → 6")


def test_where_no_news_get_through_the_page_says_so_and_asks(browser, training):
    running, run = training
    with viewer(browser) as page:
        page.route("**/api/runs/*/events*", lambda route: route.abort())
        page.goto(f"{running.address}/train?run={run.id}")
        page.wait_for_selector("text=/Live news do not get through/")
        page.wait_for_function(f"() => ({POINTS})() >= 3")
        grown(page, by=3)
        page.unroute("**/api/runs/*/events*")
        page.wait_for_selector("text=/Live news do not get through/", state="hidden")
        grown(page, by=3)


def test_where_a_stream_is_refused_the_page_polls(browser, training):
    running, run = training
    with viewer(browser) as page:
        polled = []

        def refuse_streams(route):
            if "text/event-stream" in route.request.headers.get("accept", ""):
                route.abort()
            else:
                polled.append(route.request.url)
                route.continue_()

        page.route("**/api/runs/*/events*", refuse_streams)
        page.goto(f"{running.address}/train?run={run.id}")
        page.wait_for_function(f"() => ({POINTS})() >= 3")
        grown(page, by=3)
        assert polled
        assert page.locator("text=/Live news do not get through/").count() == 0


SHOWN = "() => Number(document.body.innerText.match(/epoch (\\d+) is shown/)?.[1] ?? -1)"
CHOSEN = "() => Number(document.querySelector('input[type=range]').getAttribute('aria-valuetext'))"
TOLD = "() => Number(document.body.innerText.match(/Epoch (\\d+): .* validation images right/)?.[1] ?? -1)"
WATCH = """
() => {
  window.bars = document.querySelector(".js-plotly-plot");
  window.spinners = 0;
  const look = () => { window.spinners += document.querySelectorAll("[data-testid=stSpinner]").length; };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
}
"""


def test_look_inside_follows_a_training_without_a_blink(browser, dashboard):
    running, run = dashboard, RunStore(dashboard.runs).create(TrainingConfig(epochs=1000, batch_size=4))
    wait_until(lambda: run.history.epochs)
    with gently(run), viewer(browser) as page:
        page.add_init_script(SLOW)
        page.goto(f"{running.address}/look_inside?run={run.id}")
        page.wait_for_selector(".js-plotly-plot .bars path")
        page.wait_for_selector("text=/Validation image, by its number/")
        page.wait_for_function(f"() => ({SHOWN})() > 0 && !document.querySelector('[data-testid=stSpinner]')")
        page.evaluate(WATCH)
        for _epoch in range(2):
            seen = page.evaluate(SHOWN)
            page.wait_for_function(f"() => ({SHOWN})() > {seen}")
        assert page.evaluate("() => [window.spinners, window.bars.isConnected]") == [0, True]
        page.get_by_role("slider").first.press("ArrowLeft")
        page.wait_for_selector("label:has-text('Follow the training') input:not(:checked)", state="attached")
        page.wait_for_function(f"() => ({SHOWN})() === ({CHOSEN})()")
        chosen, newest = page.evaluate(CHOSEN), run.history.epochs[-1]["epoch"]
        page.wait_for_function(f"() => Number(document.body.innerText.match(/epoch (\\d+) is the last/)[1]) > {newest}")
        assert page.evaluate(SHOWN) == chosen
        page.goto(f"{running.address}/time_machine?run={run.id}")
        for _epoch in range(2):
            page.wait_for_function(f"() => ({SHOWN})() > 0 && ({TOLD})() === ({SHOWN})()")
            seen = page.evaluate(SHOWN)
            page.wait_for_function(f"() => ({SHOWN})() > {seen}")
        page.goto(f"{running.address}/look_inside?run={run.id}")
        page.wait_for_selector("text=/is the last one kept/")
        run.ask_to_stop()
        page.wait_for_selector("text=/Test image, by its number/")
        page.wait_for_selector("text=/is the last one kept/", state="hidden")


def test_what_a_browser_still_had_when_it_asked_is_there_when_it_hears_the_answer(browser, classified):
    """Pressed faster than it hears: an older page is drawn in between, at whose end it would have thrown that away."""
    run = RunStore(classified.runs).get("latest")
    with viewer(browser) as page:
        page.add_init_script(SLOW)
        gone = []
        page.on("console", lambda message: gone.append(message.text) if "ForwardMsg MISS" in message.text else None)
        page.goto(f"{classified.address}/time_machine?run={run.id}")
        slider = page.get_by_role("slider").first
        for epoch in (30, 29, 28, 27):
            page.wait_for_function(f"() => ({TOLD})() === {epoch}")
            at_rest(page)
            page.wait_for_timeout(500)  # the end of a page is told after the end of its script
            slider.press("ArrowLeft")
        for _epoch in (27, 28):
            slider.press("ArrowRight")
        page.wait_for_function(f"() => ({TOLD})() === 28")
        at_rest(page)
        slider.press("ArrowRight")
        page.wait_for_function(f"() => ({TOLD})() === 29")
        assert not gone


def test_a_new_run_branches_from_an_epoch_of_another_and_begins_where_that_was(browser, classified):
    """Its steps are so short that it still answers as the other did then."""
    run = RunStore(classified.runs).get("latest")
    with viewer(browser) as page:
        page.goto(f"{classified.address}/time_machine?run={run.id}")
        page.wait_for_function(f"() => ({TOLD})() === 30")
        page.get_by_role("slider").first.press("ArrowLeft")
        page.wait_for_function(f"() => ({TOLD})() === 29")
        at_rest(page)
        page.get_by_role("link", name="Branch from here").click()
        page.wait_for_selector("text=Begins with the network after epoch 29 of run")
        for name, value in (("learning_rate", "0.000001"), ("epochs", "1")):
            page.locator(f".st-key-{name} input").first.fill(value)
            page.locator(f".st-key-{name} input").first.press("Enter")
            page.wait_for_url(f"**{name}=*")
            at_rest(page)
        page.locator(".st-key-train button:not([disabled])").first.click()
        store = RunStore(classified.runs)
        wait_until(lambda: len(store.all()) == 2)
        (made,) = (one for one in store.all() if one.id != run.id)
        wait_until(lambda: made.state == "finished" and not made.process_alive)
    try:
        assert made.config.begin_from == f"{run.id}:29"
        (first,), before = made.history.epochs, run.history.epochs[28]
        assert first["epoch"] == 1
        assert first["val_loss"] == pytest.approx(before["val_loss"], rel=0.01)
    finally:
        store.delete(made)  # others count on the one network
