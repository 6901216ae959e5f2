"""A dashboard with trained networks in Chromium, whose camera shows a film."""

import pytest

from benchmarks.film import film, flags, scene
from benchmarks.server import server
from core.network.camera import View, look
from core.network.classifier import classifier
from core.runs.store import RunStore
from tests.made import by_name
from tests.made.browser import CHROMIUM, viewer
from tests.made.workers import command

EACH = 3.0  # seconds of the film for one digit


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """A network of the digits that is right 19 times in 20."""
    home = tmp_path_factory.mktemp("classify") / "runs"
    done = command("train", "--set", "epochs=30", "--set", "architecture=cnn_small", FITSCOPE_RUNS=str(home))
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="session")
def shown(runs):
    """Two test digits that the network knows also when they are filmed: label -> the frame."""
    asked = classifier(RunStore(runs).get("latest"))
    test = by_name.load("digits").test
    found = {}
    for image, label in zip(test.images, test.labels, strict=True):
        frame = scene(image[..., 0])
        sure = look(frame, View(asked)).answers[0].probabilities
        if label not in found and sure.argmax() == label and sure.max() > 0.9:
            found[int(label)] = image[..., 0]
        if len(found) == 2:
            return found
    raise AssertionError("The network knows no filmed digit.")


@pytest.fixture(scope="module")
def browser(tmp_path_factory, shown):
    from playwright.sync_api import sync_playwright

    made = film(tmp_path_factory.mktemp("film") / "digits.mjpeg", shown.values(), EACH, numbers=False)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=flags(made))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def dashboard(runs):
    with server(runs) as running:
        yield running


@pytest.fixture
def page(browser):
    with viewer(browser, permissions=["camera", "clipboard-read", "clipboard-write"]) as opened:
        opened.broken = []
        opened.on("pageerror", lambda error: opened.broken.append(str(error)))
        yield opened
        assert not opened.broken


def say(page):
    """What the bars' title says, without the page's own spaces."""
    return page.locator("figcaption").filter(has_text="says the network").first.inner_text()
