"""The wheel, as a stranger gets it: built, installed into an empty environment, used from another folder."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image
from sklearn.datasets import load_digits

from benchmarks import chromium
from benchmarks.server import free_port, started
from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, viewer

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("core", "dashboard", "fitscope", "models", "pages")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel"), pytest.mark.timeout(400)]


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel: its folder of packages, its commands, and an empty folder to stand in."""

    packages: Path
    commands: Path
    elsewhere: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing names a folder of ours, and what a person has lies in an empty home."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("FITSCOPE_", "PYTHON", "XDG"))
        }
        return {**kept, "HOME": str(self.elsewhere), "FITSCOPE_NICE": "0"}

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [str(self.commands / words[0]), *words[1:]],
            cwd=self.elsewhere,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy: setuptools leaves its work beside the source, and would pack again what it left before."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    uv("build", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", made, source)
    return next(made.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Installed:
    """The heavy dependencies are borrowed from the environment of the tests, by one line of a .pth file.

    Its own packages come first; the other environment's .pth files, such as an editable Fitscope's, are not read.
    """
    place = tmp_path_factory.mktemp("environment")
    uv("venv", "--python", sys.executable, place)
    uv("pip", "install", "--no-deps", "--offline", "--python", place, wheel)
    packages = next(place.glob("[Ll]ib/**/site-packages"))
    borrowed = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n")
    return Installed(packages, place / ("Scripts" if os.name == "nt" else "bin"), tmp_path_factory.mktemp("elsewhere"))


def uv(*words) -> None:
    done = subprocess.run([sys.executable, "-m", "uv", *map(str, words)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_everything_lies_under_one_name(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = {name.split("/")[0] for name in archive.namelist()}
    assert {name for name in inside if not name.endswith(".dist-info")} == {"fitscope"}


def test_every_file_of_the_source_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    for folder in FOLDERS:
        inside = "fitscope" if folder == "fitscope" else f"fitscope/{folder}"
        assert {f"{inside}/{name}" for name in files(ROOT / folder)} <= packed


def test_the_licence_goes_along(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        facts = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
    assert any(name.endswith("LICENSE") for name in names)
    assert "License-Expression: MIT" in facts


def test_the_code_that_runs_is_that_of_the_wheel(installed):
    script = "import fitscope.__main__, core, core.folders, dashboard, models; "
    script += "print(*(x.__file__ for x in (fitscope, core, dashboard, models)), core.folders.is_checkout(), sep='\\n')"
    *places, is_checkout = installed.run("python", "-c", script).split("\n")[:-1]
    assert all(Path(place).is_relative_to(installed.packages / "fitscope") for place in places)
    assert is_checkout == "False"
    assert "fitscope" in installed.run("fitscope", "--version").lower()


@pytest.fixture(scope="module")
def trained(installed) -> str:
    """The id of a run that `fitscope train` made."""
    told = json.loads(installed.run("fitscope", "train", "--set", "epochs=1", "--json"))
    assert told["state"] == "finished"
    return told["run_id"]


def test_a_run_lies_with_the_person(installed, trained):
    kept = [path for path in installed.elsewhere.rglob("config.json") if trained in path.parts]
    assert len(kept) == 1  # in the home, wherever the system wants it
    assert "fitscope" in kept[0].parts


def test_an_export_is_made_and_checked(installed, trained, tmp_path):
    installed.run("fitscope", "export", trained, "--to", str(tmp_path / "it.zip"))
    with zipfile.ZipFile(tmp_path / "it.zip") as archive:
        assert {"network.onnx", "predict.py", "picture_file.py", "preprocessing.py", "reproduce.py"} <= set(
            archive.namelist()
        )


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium")
def test_the_dashboard_starts_elsewhere_trains_and_answers(installed, tmp_path):
    before, source = files(installed.packages / "fitscope"), {folder: files(ROOT / folder) for folder in FOLDERS}
    port, runs = free_port(), tmp_path / "runs"
    words = [str(installed.commands / "fitscope"), "--port", str(port), "--data", "its data", "--runs", str(runs)]
    environment = {**installed.environment, "STREAMLIT_SERVER_HEADLESS": "true"}
    with started(words, port, runs, installed.elsewhere, environment) as here:
        shown, colour = _train_on_the_page(here.address)
        run = RunStore(runs).all()[0]
        answer = _ask(here.address, run.id)
    assert run.state == "finished"
    assert f"{run.status.result['test_accuracy']:.2%}"[:-1] in shown
    assert answer["label"] == "0"
    assert f"http://127.0.0.1:{port}" in (runs / ".server.log").read_text()
    assert colour == "rgb(11, 110, 153)"  # the theme came along, and with it all of .streamlit/config.toml
    assert (installed.elsewhere / "its data").is_dir()
    assert files(installed.packages / "fitscope") == before
    assert {folder: files(ROOT / folder) for folder in FOLDERS} == source


def _train_on_the_page(address: str) -> tuple[str, str]:
    """(what the page says of the test, colour of its button)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=chromium.FLAGS)
        with viewer(browser, color_scheme="light") as page:
            page.goto(f"{address}/train?dataset=digits&epochs=10")
            page.wait_for_selector(".st-key-train button:not([disabled])")
            button = page.locator(".st-key-train button").first
            colour = button.evaluate("it => getComputedStyle(it).backgroundColor")
            button.click()
            tested = page.locator("text=/Test: .* images right/").first
            tested.wait_for()
            shown = tested.inner_text()
        browser.close()
    return shown, colour


def _ask(address: str, run: str) -> dict:
    """What /api/predict says of a nought of scikit-learn's."""
    picture = io.BytesIO()
    Image.fromarray((load_digits().images[0] * 15).astype(np.uint8)).save(picture, "png")
    answer = requests.post(f"{address}/api/predict", {"run": run}, files={"image": picture.getvalue()}, timeout=30)
    assert answer.ok, answer.text
    return answer.json()
