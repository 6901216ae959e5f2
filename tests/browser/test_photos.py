"""Thirty photos in a real browser: brought, trained on from a network that has seen a million, shown to the camera."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_images

from benchmarks.camera import start_camera
from benchmarks.film import FRAMES, HEIGHT, WIDTH, flags
from tests.browser.classify.made import say
from tests.made.browser import CHROMIUM, viewer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser trains"),
]

FILES = {"flower": "flower.jpg", "temple": "china.jpg"}  # scikit-learn's two photographs, 640×427
EACH = 15


@pytest.fixture(scope="module")
def photographs():
    samples = load_sample_images()
    by_file = {name.rpartition("/")[2]: image for name, image in zip(samples.filenames, samples.images, strict=True)}
    return {name: Image.fromarray(by_file[file]) for name, file in FILES.items()}


def part(photograph, seed, ratio=1.0):
    """A part of it, under more or less light: no two seeds give the same."""
    rng = np.random.default_rng(seed)
    height = int(rng.integers(240, 360))
    width = int(height * ratio)
    left, top = (int(rng.integers(0, room)) for room in (photograph.width - width, photograph.height - height))
    return photograph.crop((left, top, left + width, top + height)).point(lambda grey: grey * rng.uniform(0.7, 1.0))


def jpeg(picture):
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def page(playwright, photographs, tmp_path):
    """A viewer whose camera is held before a flower that is not among the photos."""
    seen = jpeg(part(photographs["flower"], 99, ratio=WIDTH / HEIGHT).resize((WIDTH, HEIGHT)))
    (tmp_path / "flower.mjpeg").write_bytes(seen * FRAMES)
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=flags(tmp_path / "flower.mjpeg"))
    with viewer(opened, permissions=["camera"]) as page:
        yield page
    opened.close()


def test_thirty_photos_become_a_network_that_names_what_the_camera_sees(page, dashboard, photographs, tmp_path):
    with zipfile.ZipFile(tmp_path / "Two things.zip", "w") as archive:
        for name, photograph in photographs.items():
            for seed in range(EACH):
                archive.writestr(f"{name}/{seed}.jpg", jpeg(part(photograph, seed)))
        archive.writestr("flower/broken.jpg", jpeg(photographs["flower"])[:100])
    page.goto(f"{dashboard.address}/your_images")
    page.locator("input[type=file]").set_input_files(tmp_path / "Two things.zip")
    page.locator(".st-key-import button:not([disabled])").click()
    page.wait_for_selector("text=30 pictures in 2 classes are ready")
    assert page.get_by_text("1 file is left out").count() == 1
    page.get_by_role("link", name="Train on these (from a network that has seen a million pictures)").click()
    page.wait_for_url("**/train?*architecture=transfer*")
    assert "dataset=two_things" in page.url
    page.locator(".st-key-train button:not([disabled])").first.click()
    page.wait_for_selector("text=/Test: .* of 6 images right/")
    page.goto(f"{dashboard.address}/classify")
    new = {"name": "new.jpg", "mimeType": "image/jpeg", "buffer": jpeg(part(photographs["temple"], 77))}
    page.locator("input[type=file]").set_input_files([new])
    page.wait_for_selector("text=temple, says the network")
    start_camera(page, dashboard.address)
    page.locator("figcaption", has_text="flower, says the network").wait_for()
    assert say(page).startswith("flower, says the network")
    assert page.locator("figure", has_text="says the network").locator("text=/^(flower|temple)$/").count() == 2
