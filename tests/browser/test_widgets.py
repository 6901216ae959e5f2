"""Widgets by themselves: they bear that Streamlit clears up after a call that a newer one has overtaken."""

import pytest

from dashboard.widgets import plot
from tests.made.browser import CHROMIUM, viewer
from tests.made.workers import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
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


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def run(browser, names, html, script):
    widgets = ROOT / "dashboard" / "widgets"
    with viewer(browser) as page:
        page.set_content(html)
        page.evaluate(WIDGET, "\n".join((widgets / name).read_text("utf-8") for name in names))
        return page.evaluate(script)


def test_a_chart_that_stays_on_the_page_is_not_made_anew(browser):
    html = "<figure><figcaption></figcaption><button></button><div></div><span role=status></span></figure>"
    assert run(browser, plot.JAVASCRIPT, html, PLOT) == ["drawn", "purged"]


def test_the_pad_tells_of_a_stroke_on_both_sides_of_a_rerun(browser):
    assert run(browser, ("pad.js",), "<canvas></canvas><button></button><button></button>", PAD) == 2
