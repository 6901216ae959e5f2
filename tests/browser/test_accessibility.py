"""For eyes, ears and keys: what axe-core finds on every page, charts that are reached and said, one language a page."""

import io
import re
from pathlib import Path

import pytest
import streamlit
from PIL import Image

from core.evaluation import evaluation
from core.evaluation.confusion import confusion
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, PATHS, PHONE, SETTINGS, at_rest, audit, lasting, still, viewer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]

SOME = ("/train", "/classify", "/mistakes")  # which have all that other pages have
FIXED = "getComputedStyle(document.querySelector('.st-key-language')).position === 'fixed'"
LOOKS = {
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": PHONE, "locale": "fr-FR"},
}


@pytest.mark.parametrize("path", PATHS)
def test_no_serious_finding_on_any_page(visited, path):
    _widths, grave, _asked = visited
    assert not grave[path]


@pytest.mark.parametrize("look", LOOKS)
def test_no_serious_finding_in_another_look(browser, classified, look):
    asked, grave = set(), {}
    with viewer(browser, **LOOKS[look]) as page:
        page.on("request", lambda request: asked.add(request.url))
        for path in SOME:
            page.goto(classified.address + path)
            page.wait_for_selector("h1")
            grave[path] = lasting(page)
    assert not any(grave.values()), grave
    assert not {url for url in asked if not url.startswith((classified.address, "data:", "blob:"))}  # no other machine


def test_the_audit_would_notice(browser):
    with viewer(browser) as page:
        page.set_content("<html lang=en><title>A</title><p style='color:#999'>pale</p><img src='x.png'></html>")
        assert {found.split(":")[0] for found in audit(page)} == {"color-contrast", "image-alt"}


@pytest.fixture
def trained(classified):
    return RunStore(classified.runs).get("latest")


def test_a_cell_of_the_matrix_is_reached_and_opened_by_keys(page, classified, trained):
    page.goto(f"{classified.address}/mistakes?run={trained.id}")
    page.wait_for_selector("[class*=st-key-matrix-] .nsewdrag")
    matrix = page.locator("[class*=st-key-matrix-] [role=application]")
    matrix.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"):  # the first enters at the corner
        page.keyboard.press(key)
    n = confusion(evaluation.read(trained, "test"))[2, 2]
    page.locator("[class*=st-key-matrix-] [role=status]", has_text=f"true: 2, predicted: 2, {n} images").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text(f"2, rightly recognised: {n}", exact=True).wait_for()
    at_rest(page)
    assert matrix.evaluate("it => it === it.getRootNode().activeElement")  # nothing takes the focus away


def test_a_chart_says_its_finding_and_its_last_numbers(page, classified, trained):
    page.goto(f"{classified.address}/train?run={trained.id}")
    page.wait_for_selector(".fitscope-plot .nsewdrag")
    said = page.locator(".fitscope-plot [role=img]").nth(1).get_attribute("aria-label")
    last = trained.history.epochs[-1]
    assert (
        f"epoch {last['epoch']}, training {100 * last['accuracy']:.1f}%, validation {100 * last['val_accuracy']:.1f}%"
        in said
    )


ENGLISH = ["Upload", "MB per file", "file upload", "Collapse sidebar", "Sidebar", "Open", "Increment", "Help for"]
# The navigation ends before the choice of the language, which lies over it.
BESIDE = """
() => [...document.querySelectorAll("[data-testid=stTopNavLink], [data-testid=stTopNavSection]")]
  .filter((one) => one.checkVisibility({ opacityProperty: true })).map((one) => one.getBoundingClientRect().right)
  .every((right) => right <= document.querySelector(".st-key-language").getBoundingClientRect().left)
"""
WRITTEN = """
() => [...document.querySelectorAll("[data-testid=stFileUploader], [data-testid=stSidebar], [data-testid=stSelectbox]")]
  .flatMap((one) => [one, ...one.querySelectorAll("*")])
  .flatMap((one) => [one.ariaLabel, one.title, one.children.length ? null : one.textContent]).filter(Boolean)
"""


def drawing():
    """The bytes of a small PNG."""
    stream = io.BytesIO()
    Image.new("L", (8, 8), 90).save(stream, "PNG")
    return stream.getvalue()


def test_streamlits_own_words_are_those_of_the_page(browser, classified, trained):
    with viewer(browser, locale="fr-FR") as page:
        for path in ("/classify", "/train"):
            page.goto(classified.address + path)
            page.locator("[aria-label='Fermer le panneau']").wait_for(state="attached")
            written = page.evaluate(WRITTEN)
            assert not [text for text in written if text.startswith(tuple(ENGLISH))]
            assert page.evaluate("document.documentElement.lang") == "fr"
        page.goto(f"{classified.address}/classify")
        page.get_by_text("500 Mo par fichier").wait_for()
        page.set_viewport_size({"width": 1000, "height": 768})
        page.get_by_text(re.compile(r"^\d+ autres$")).wait_for()  # pages that have no room
        page.wait_for_function(BESIDE)
        page.set_viewport_size(SETTINGS["viewport"])
        page.get_by_text("English", exact=True).click()
        page.get_by_text("500MB per file").wait_for()
        assert page.get_by_role("button", name="Upload").count()
        other = page.context.new_page()  # another tab, without the language in its address
        other.goto(f"{classified.address}/by_hand")
        other.locator("html[lang=en]").wait_for(state="attached")
        other.get_by_text("English", exact=True).wait_for()
        assert "lang=en" in other.url
        other.close()
        page.get_by_text("Français", exact=True).click()
        page.get_by_text("500 Mo par fichier").wait_for()
        picture = {"name": "5.4KB.png", "mimeType": "image/png", "buffer": drawing().ljust(5400, b"\0")}
        page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files([picture])
        page.get_by_text("5,4 Ko", exact=True).wait_for()
        page.get_by_label("5.4KB.png, 5,4 Ko").wait_for()  # the name is somebody's own


@pytest.mark.parametrize(("locale", "said"), [("en-GB", "There is no such page"), ("fr-FR", "Cette page n'existe pas")])
def test_a_misspelt_address_is_told_in_words_of_the_page(browser, classified, locale, said):
    with viewer(browser, locale=locale) as page:
        page.goto(f"{classified.address}/lesons")
        dialog = page.get_by_role("dialog")
        dialog.get_by_text(said).wait_for()
        assert "app" not in dialog.inner_text()


def test_the_sidebar_of_a_phone_is_closed_again(browser, classified):
    """What lies over the header is not over that."""
    with viewer(browser, viewport=PHONE, has_touch=True, locale="fr-FR") as page:
        page.goto(classified.address + "/by_hand")
        page.get_by_test_id("stExpandSidebarButton").tap()
        page.get_by_text(re.compile(r"^\d+ autres pages$")).tap()
        page.get_by_text("Moins de pages", exact=True).wait_for()
        page.locator("[data-testid=stSidebarCollapseButton] button").tap()
        page.locator("[data-testid=stSidebarCollapseButton] button").wait_for(state="hidden")
        page.get_by_text("English", exact=True).tap()
        page.get_by_role("heading", name="By hand").wait_for()


SPINNER = """
(took) => {
  const spinner = document.createElement("div");
  spinner.dataset.testid = "stSpinner";
  spinner.append(document.createElement("span"));
  document.body.append(spinner);
  spinner.firstChild.textContent = took[0];
  const texts = [];
  return new Promise((done) => requestAnimationFrame(() => {
    texts.push(spinner.textContent);
    spinner.firstChild.firstChild.data = took[1];  // as React goes on writing into it
    requestAnimationFrame(() => {
      texts.push(spinner.textContent);
      spinner.remove();
      done(texts);
    });
  }));
}
"""


def test_how_long_something_takes_is_said_in_the_language_of_the_page(browser, classified):
    static = Path(streamlit.__file__).parent / "static" / "static" / "js"
    (spinner,) = (file.read_text("utf-8") for file in static.glob("Spinner.*.js"))
    assert "toFixed(1)} seconds)" in spinner  # what is written here in its place
    assert "minute${" in spinner
    with viewer(browser, locale="fr-FR") as page:
        page.goto(f"{classified.address}/classify")
        page.locator("[aria-label='Fermer le panneau']").wait_for(state="attached")
        took = ["(4.7 seconds)", "(1 minute, 12.0 seconds)"]
        assert page.evaluate(SPINNER, took) == ["(4,7 s)", "(1 min 12,0 s)"]
    with viewer(browser) as page:
        page.goto(f"{classified.address}/classify")
        page.wait_for_selector("h1")
        assert page.evaluate(SPINNER, took) == took


def test_no_entry_of_the_menu_lies_under_the_switch_of_languages(browser, classified):
    """French has the longer words, and beside the form of the Train page there is least room."""
    with viewer(browser, locale="fr-FR", viewport={"width": 1366, "height": 768}) as page:
        page.goto(f"{classified.address}/train?lang=fr")
        page.wait_for_selector("h1")
        page.wait_for_selector("[data-testid=stTopNavLink]")
        page.wait_for_function(FIXED)  # its style comes a moment after it
        switch = still(page.locator(".st-key-language"))
        entries = page.locator("[data-testid=stTopNavLink], [data-testid=stTopNavSection]").all()
        ends = [entry.bounding_box() for entry in entries]
        assert len(ends) >= 8
        assert max(box["x"] + box["width"] for box in ends) < switch["x"]


def test_a_point_of_the_map_is_reached_and_opened_by_keys(page, classified, trained):
    page.goto(f"{classified.address}/look_inside?run={trained.id}")
    choice = page.locator(".st-key-inside_explanation input").first
    choice.wait_for()
    at_rest(page)
    choice.fill("last hidden")
    page.keyboard.press("Enter")
    page.locator(".st-key-inside-map .nsewdrag").wait_for()
    cloud = page.locator(".st-key-inside-map [role=application]")
    still(cloud)
    cloud.focus()
    page.keyboard.press("ArrowRight")  # enters at the first point
    page.locator(".st-key-inside-map [role=status]", has_text="0").wait_for()
    page.keyboard.press("Enter")
    picture = page.locator("img[alt^='is: ']")
    assert picture.get_attribute("alt").startswith("is: 0")
    at_rest(page)
    assert cloud.evaluate("it => it === it.getRootNode().activeElement")
    first = picture.get_attribute("src")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator(f"img[alt^='is: ']:not([src='{first}'])").wait_for()  # the picture of another point
