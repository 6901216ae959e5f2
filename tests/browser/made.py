"""One Chromium, a dashboard to train in and one with a trained network: each is started once for all modules."""

import numpy as np
import pytest
from PIL import Image

from benchmarks import chromium
from benchmarks.film import FRAMES, HEIGHT, WIDTH, flags
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, PATHS, PHONE, SETTINGS, lasting, still, viewer
from tests.made.served import dashboard as served
from tests.made.workers import command

EACH = 0.6  # seconds that a scene of the film stands still


@pytest.fixture(scope="package")
def playwright():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright):
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=chromium.FLAGS)
    yield opened
    opened.close()


@pytest.fixture
def page(browser):
    """A new viewer's page, in which no script may fail; `asked` has the addresses that it asked for."""
    with viewer(browser) as opened:
        opened.asked, opened.broken = set(), []
        opened.on("request", lambda request: opened.asked.add(request.url))
        opened.on("pageerror", lambda error: opened.broken.append(str(error)))
        yield opened
        assert not opened.broken


@pytest.fixture(scope="package")
def workplace(tmp_path_factory):
    with served(tmp_path_factory.mktemp("browser") / "runs") as running:
        yield running


@pytest.fixture
def dashboard(workplace):
    """A dashboard in which others have trained before, and nothing trains: its next training begins at once."""
    yield workplace
    for run in RunStore(workplace.runs).all():  # trainings outlive a test that failed, and the server
        if run.process_alive:
            run.ask_to_stop()


@pytest.fixture(scope="package")
def runs(tmp_path_factory):
    """A network of the digits that is right 19 times in 20."""
    home = tmp_path_factory.mktemp("classify") / "runs"
    done = command("train", "--set", "epochs=30", "--set", "architecture=cnn_small", FITSCOPE_RUNS=str(home))
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="package")
def classified(runs):
    """A dashboard that has that network and no other."""
    with served(runs) as running:
        yield running


def film(path):
    """Eight different scenes, each standing still but for a camera's grain."""
    random = np.random.default_rng(0)
    with open(path, "wb") as file:
        for _scene in range(8):
            coarse = random.integers(0, 256, (6, 8, 3), np.uint8)
            scene = np.asarray(Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), np.float32)
            for _frame in range(round(EACH * FRAMES)):
                grain = random.normal(0, 2, (HEIGHT, WIDTH, 1)).astype(np.float32)
                Image.fromarray((scene + grain).clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return path


@pytest.fixture(scope="package")
def filmed(playwright, tmp_path_factory):
    """A Chromium whose camera shows that film."""
    made = film(tmp_path_factory.mktemp("film") / "scenes.mjpeg")
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=flags(made))
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def visited(browser, classified):
    """Of every page, opened on a phone: how wide it is there, and what is grave about it with all the room of a desk;
    and all addresses that were asked for.
    """
    widths, grave, asked = {}, {}, set()
    with viewer(browser, viewport=PHONE, has_touch=True, color_scheme="light") as page:
        page.on("request", lambda request: asked.add(request.url))
        for path in PATHS:
            page.set_viewport_size(PHONE)
            page.goto(classified.address + path)
            page.wait_for_selector("h1")
            still(page.locator("[data-testid=stMainBlockContainer]"))
            widths[path] = page.evaluate("() => document.documentElement.scrollWidth")
            page.set_viewport_size(SETTINGS["viewport"])
            grave[path] = lasting(page)
    return widths, grave, asked
