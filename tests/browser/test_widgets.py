"""Widgets by themselves: they bear that Streamlit clears up after a call that a newer one has overtaken."""

from pathlib import Path

import plotly
import pytest

from dashboard.widgets import plot
from tests.made.browser import CHROMIUM, STILL, viewer
from tests.made.workers import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser trains"),
]
WIDGET = """
async (source) => {
  const file = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  window.widget = (await import(file)).default;
}
"""
PLOT = """
async () => {
  const log = [], told = { react: async () => log.push("drawn"), purge: () => log.push("purged") };
  window.Plotly = told; window.fitscopePlotly = Promise.resolve(told);
  const figure = () => ({ title: "", alt: "", data: [], layout: {} });
  const later = () => new Promise((done) => setTimeout(done, 50));
  const call = () => window.widget({ data: { figure: figure(), png: "" }, parentElement: document.body });
  const [overtaken, newest] = [call(), call()];
  overtaken();
  await later();
  document.querySelector("figure").remove();
  newest();
  await later();
  return log;
}
"""
GROWING = """
async () => {
  const busy = 40, news = 10, drawn = [];  // ms a drawing takes, ms between news, when drawings began
  const react = async () => {
    const began = performance.now();
    drawn.push(began);
    while (performance.now() - began < busy);
  };
  window.Plotly = { react, purge() {} };
  window.fitscopePlotly = Promise.resolve(window.Plotly);
  const figure = () => ({ title: "", data: [], layout: {} });
  const call = () => window.widget({ data: { figure: figure(), png: "" }, parentElement: document.body });
  for (const end = performance.now() + 1500; performance.now() < end; ) {
    call();
    await new Promise((later) => setTimeout(later, news));
  }
  return drawn.slice(1).map((began, at) => began - drawn[at] - busy);
}
"""
HEAD = """
async () => {
  const asked = [], stream = {};
  window.EventSource = class { constructor() { stream.source = this; } close() {} };
  const head = { state: "", colour: "", icon: "", progress: "", share: null };
  const tell = (phase) => stream.source.onmessage({ data: JSON.stringify({ place: "1", phase, head }) });
  const later = (ms) => new Promise((done) => setTimeout(done, ms));
  const setTriggerValue = (_name, phase) => asked.push([phase, Math.round(performance.now())]);
  const draw = (phase) => window.widget({
    data: { part: "head", leads: true, address: "/events", phase, alone: false, words: { head } },
    parentElement: document.body, setStateValue() {}, setTriggerValue,
  });
  draw("waiting");
  tell("curves");
  draw("curves");  // the page has answered at once
  tell("ended");   // the last news, soon after: nothing else will come
  for (let n = 0; n < 100 && asked.length < 4; n++) await later(100);
  draw("ended");
  const before = asked.length;
  await later(1500);
  return { asked: asked.map(([phase]) => phase), more: asked.length - before, at: asked.map(([_phase, at]) => at) };
}
"""
GROW = """
() => {
  const x = [...Array(window.points = (window.points ?? 3) + 1).keys()];
  const layout = { uirevision: "run", height: 310, xaxis: { range: [0, 500] } };
  const figure = { title: "", alt: "", data: [{ x, y: x }], layout };
  window.widget({ data: { figure, png: "" }, parentElement: document.body });
}
"""
POINTS = "() => document.querySelector('.js-plotly-plot').data[0].x.length"
RANGE = "() => document.querySelector('.js-plotly-plot').layout.xaxis.range"
CHART = """
<figure>
  <figcaption></figcaption><button></button><div style="width: 600px"></div><span role="status"></span>
</figure>
"""
PAD = """
async () => {
  const told = [], words = { undo: "", clear: "", pad: "" };
  const data = { side: 100, width: 5, ground: "#000000", ink: "#FFFFFF", picture: "", words };
  const setStateValue = (_, picture) => told.push(picture);
  const call = () => window.widget({ data, parentElement: document.body, setStateValue });
  const overtaken = call(), canvas = document.querySelector("canvas"), { x, y } = canvas.getBoundingClientRect();
  const later = () => new Promise((done) => setTimeout(done, 300));
  const moved = (step) => canvas.onpointermove({ clientX: x + step, clientY: y + step });
  canvas.setPointerCapture = () => {};
  canvas.onpointerdown({ clientX: x, clientY: y, pointerId: 1, preventDefault: () => {} });
  moved(10);
  call();  // a rerun of the page while the stroke's first picture is on its way
  await later();
  moved(20);
  overtaken();
  moved(30);
  await later();
  return told.length;
}
"""
SIGNAL = """
async () => {
  const kept = {}, seen = [];
  const storage = { getItem: (name) => kept[name] ?? null, setItem: (name, value) => { kept[name] = String(value); } };
  Object.defineProperty(window, "sessionStorage", { value: storage });  // this page has no origin, so none of its own
  const asked = { number: 1, text: "?", choices: ["a"], state: "revealed", right: 0 };
  const state = { frozen: false, sent: { number: 1, title: "", address: "/" }, asked, left: null };
  window.fetch = async () => ({ ok: true, json: async () => state });
  const later = () => new Promise((done) => setTimeout(done, 100));
  const shown = () => document.querySelectorAll(".fitscope-sent, .fitscope-question").length;
  const visit = async (of) => {
    clearTimeout(window.fitscopeSignal?.timer);
    document.querySelectorAll(".fitscope-sent, .fitscope-question").forEach((one) => one.remove());
    delete window.fitscopeSignal;  // as a reload leaves it
    window.widget({ data: { of, address: "" }, parentElement: document.body });
    await later();
    seen.push(shown());
  };
  await visit("morning");
  const ways = ".fitscope-sent button, .fitscope-question > button:last-of-type";
  document.querySelectorAll(ways).forEach((one) => one.click());
  await visit("morning");
  await visit("afternoon");
  state.sent.address = `${location.pathname}?`;  // the page that one is on
  await visit("evening");
  return seen;
}
"""


def load(page, names, html, folder="widgets"):
    page.set_content(html)
    page.evaluate(WIDGET, "\n".join((ROOT / "dashboard" / folder / name).read_text("utf-8") for name in names))


def run(browser, names, html, script, folder="widgets"):
    with viewer(browser) as page:
        load(page, names, html, folder)
        return page.evaluate(script)


def test_a_chart_that_stays_on_the_page_is_not_made_anew(browser):
    assert run(browser, plot.JAVASCRIPT, CHART, PLOT) == ["drawn", "purged"]


def test_a_chart_that_grows_leaves_a_slow_browser_most_of_its_time(browser):
    rests = run(browser, plot.JAVASCRIPT, CHART, GROWING)
    assert rests
    assert min(rests) >= 3 * 40 - 5  # ms; a timer may be early by a few


def test_a_chart_does_not_grow_under_a_hand_that_draws_a_zoom(browser):
    with viewer(browser) as page:
        load(page, plot.JAVASCRIPT, CHART)
        page.add_script_tag(path=Path(plotly.__file__).parent / "package_data" / "plotly.min.js")
        page.evaluate("() => { window.fitscopePlotly = Promise.resolve(window.Plotly); }")
        page.evaluate(GROW)
        box = page.locator(".nsewdrag").first.evaluate(STILL)
        page.mouse.move(box["x"] + 30, box["y"] + 30)
        page.mouse.down()
        for step in range(1, 6):
            page.mouse.move(box["x"] + 30 + 18 * step, box["y"] + 30 + 18 * step)
            page.evaluate(GROW)
            page.wait_for_timeout(100)
            assert page.evaluate(POINTS) == 4
        page.mouse.up()
        page.wait_for_function(f"() => ({POINTS})() === 9")
        low, high = page.evaluate(RANGE)
        assert 0 < low < high < 480


def test_the_pad_tells_of_a_stroke_on_both_sides_of_a_rerun(browser):
    assert run(browser, ("pad.js",), "<canvas></canvas><button></button><button></button>", PAD) == 2


def test_the_head_asks_for_the_page_until_it_has_changed_and_leaves_it_longer_in_peace_each_time(browser):
    """The last news of a run are followed by no others: a question that was not heard would never be asked again."""
    told = run(browser, ("live.js", "bulletin.js"), '<div class="bulletin"></div>', HEAD)
    assert told["asked"] == ["curves", "ended", "ended", "ended"]
    assert told["more"] == 0  # once the page has changed
    first, second, third = told["at"][1:]
    assert third - second > 1.5 * (second - first) >= 1500


def test_what_a_pupil_has_closed_stays_closed_after_a_reload_and_the_next_class_begins_anew(browser):
    scripts = ("question.js", "clock.js", "signal.js")
    assert run(browser, scripts, "<main></main>", SIGNAL, "people") == [2, 0, 2, 1]
