"""A dashboard with trained networks in Chromium, whose camera shows a film."""

import pytest

from benchmarks.film import film, flags, scene
from core.network.camera import View, look
from core.network.classifier import classifier
from core.runs.store import RunStore
from tests.made import by_name
from tests.made.browser import CHROMIUM, viewer

EACH = 3.0  # seconds of the film for one digit


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
def browser(playwright, tmp_path_factory, shown):
    """A Chromium of their own, whose camera shows a film of those two."""
    made = film(tmp_path_factory.mktemp("film") / "digits.mjpeg", shown.values(), EACH, numbers=False)
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=flags(made))
    yield opened
    opened.close()


@pytest.fixture
def dashboard(classified):
    return classified


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
