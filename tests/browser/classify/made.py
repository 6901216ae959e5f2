"""A dashboard with trained networks in Chromium, whose camera shows a film."""

import numpy as np
import pytest

from benchmarks.film import HEIGHT, WIDTH, flags, scene
from core.network.camera import View, look
from core.network.classifier import classifier
from core.runs.store import RunStore
from tests.made import by_name
from tests.made.browser import CHROMIUM, viewer

EACH = 3  # seconds of the film for one digit
FRAMES = 10  # a second: each is coded, decoded and painted on its way to the server and back, by the tests' own cores


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


def film(path, digits):
    """A film of them in grey as Y4M, which says itself how many frames a second has: those of MJPEG are always 30."""
    colourless = bytes([128]) * (HEIGHT * WIDTH // 2)
    with open(path, "wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES}:1 Ip A1:1 C420\n".encode())
        for digit in digits:
            grey = (16 + scene(digit)[..., 0] * (219 / 255)).round().astype(np.uint8)  # black is 16, white 235
            file.write((b"FRAME\n" + grey.tobytes() + colourless) * (EACH * FRAMES))
    return path


@pytest.fixture(scope="package")
def browser(playwright, tmp_path_factory, shown):
    """A Chromium of their own, whose camera shows a film of those two."""
    made = film(tmp_path_factory.mktemp("film") / "digits.y4m", shown.values())
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
