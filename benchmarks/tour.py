"""Makes the pictures of the tour, docs/tour/, from the running dashboard: `make tour`.

Trains the runs it shows, on images that are on board, and photographs each page in both languages. For a second try:
`python -m benchmarks.tour FOLDER [SCENE …]` keeps the runs in a folder, and photographs only the scenes that are named.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.server import ROOT, Server, server
from core.experiments.experiment import experiments
from core.lessons import fits, overfits, underfits
from core.recipe.config import TrainingConfig
from core.runs.run import Run
from core.runs.store import RunStore
from dashboard.words import translate

PICTURES = ROOT / "docs" / "tour"
SIZE = {"width": 1366, "height": 768}  # of most beamers and small laptops
LANGUAGES = {"en": "en-GB", "fr": "fr-FR"}
COLOURS = 255  # a page has few; a quarter of the bytes of a full PNG, and letters stay sharp
HEAVY = 120_000  # bytes; two dozen of them are in the repository
LONG = 150_000  # ms; Keras loads slowly on a busy machine
TRIES = 6

RECIPES = {
    "underfits": underfits.SPEC.settings,
    "fits": fits.SPEC.settings,
    "overfits": overfits.SPEC.settings,
    "shapes": {"dataset": "shapes", "architecture": "cnn_batchnorm", "epochs": 10},
    "digits": {"architecture": "cnn_small", "epochs": 40},
}
NAMES = {
    "en": {
        "underfits": "Too simple",
        "fits": "Just right",
        "overfits": "By heart",
        "shapes": "Shapes",
        "digits": "Digits",
    },
    "fr": {
        "underfits": "Trop simple",
        "fits": "Bien réglé",
        "overfits": "Par cœur",
        "shapes": "Formes",
        "digits": "Chiffres",
    },
}
QUESTION = ("capacity_map", "--set", "dataset=digits")  # the experiment of the tour
LESSON = "cured_by_dropout"  # shown by its recording
MAP = 12  # of the first layer: one that has found the edges
SEVEN = [(80, 60), (200, 60), (120, 235)]  # pixels of the drawing pad


def main(folder: Path, scenes: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    os.environ["FITSCOPE_NICE"] = "0"  # the pages wait for its worker, also on a machine that has other things to do
    _asked(folder)
    runs = _trained(folder)
    PICTURES.mkdir(exist_ok=True)
    with server(folder) as here, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for language, locale in LANGUAGES.items():
            for name, run in runs.items():
                run.change_meta(name=NAMES[language][name])
            page = browser.new_page(viewport=SIZE, locale=locale, color_scheme="light")
            for number, (scene, show) in enumerate(SCENES.items(), 1):
                if scenes and scene not in scenes:
                    continue
                show(page, Tour(here, runs, language))
                page.mouse.move(2, 400)
                page.wait_for_timeout(2500)  # charts move to their places
                _keep(page.screenshot(), PICTURES / f"{number:02}-{scene}.{language}.png")
            page.close()
        browser.close()


class Tour:
    """The way to a page of the running dashboard, in one language."""

    def __init__(self, here: Server, runs: dict[str, Run], language: str):
        self.here, self.runs, self.language = here, runs, language

    def link(self, page: str, run: str = "", **query: str) -> str:
        named = {"run": self.runs[run].id} if run else {}
        words = "&".join(f"{name}={value}" for name, value in {"lang": self.language, **named, **query}.items())
        return f"{self.here.address}/{page}?{words}"


def start(page: Any, tour: Tour) -> None:
    page.goto(tour.link(""))
    page.locator(".st-key-start button").first.wait_for(timeout=LONG)
    page.wait_for_timeout(3000)


def curves_of(run: str) -> Callable[[Any, Tour], None]:
    def show(page: Any, tour: Tour) -> None:
        recipe = tour.runs[run].config.link()
        for _ in range(TRIES):  # on a busy machine its worker may be too late to count the network's layers
            page.goto(tour.link("train", run, **recipe))
            page.locator(".js-plotly-plot .nsewdrag").nth(1).wait_for(timeout=LONG)
            page.wait_for_timeout(3000)
            page.locator(".stApp[data-test-script-state=notRunning]").wait_for(timeout=LONG)
            if page.locator(".st-key-train button:not([disabled])").count():
                return
        raise RuntimeError("The Train page has no worker that answers. Close other programs, and try again.")

    return show


def compared(page: Any, tour: Tour) -> None:
    page.goto(tour.link("runs"))
    table = page.locator("[class*=st-key-runs_table] canvas").first
    table.wait_for(timeout=LONG)
    page.wait_for_timeout(2500)
    for row in (2, 3, 4):  # the newest stand first: digits, shapes, then the three
        box = table.bounding_box()
        page.mouse.click(box["x"] + 18, box["y"] + 36 + 44 * row + 22)
        page.wait_for_timeout(1500)
    page.locator(".js-plotly-plot .nsewdrag").nth(1).wait_for(timeout=LONG)


def experiment(page: Any, tour: Tour) -> None:
    (asked,) = experiments(RunStore(tour.here.runs))
    page.goto(tour.link("experiments", experiment=asked.id))
    page.locator(".js-plotly-plot .nsewdrag").first.wait_for(timeout=LONG)


def images(page: Any, tour: Tour) -> None:
    page.goto(tour.link("images", images="shapes"))
    page.locator("figure img").nth(9).wait_for(timeout=LONG)


def mistakes(page: Any, tour: Tour) -> None:
    page.goto(tour.link("mistakes", "shapes"))
    page.locator("[class*=st-key-matrix-] .nsewdrag").first.wait_for(timeout=LONG)


def inside(page: Any, tour: Tour) -> None:
    page.goto(tour.link("look_inside", "shapes"))
    page.get_by_text("MaxPooling2D", exact=True).first.wait_for(timeout=LONG)  # a process of its own has loaded Keras
    large = page.locator(".st-key-inside_map input").first
    large.fill(str(MAP))
    large.press("Enter")
    page.wait_for_timeout(3000)
    page.mouse.move(800, 500)
    page.mouse.wheel(0, 330)  # the picture and its maps in one view


def by_hand(page: Any, tour: Tour) -> None:
    page.goto(tour.link("by_hand"))
    slider = page.locator("input[type=range]").first
    slider.wait_for(timeout=LONG)
    for _ in range(8):
        slider.press("ArrowRight")


def drawn(page: Any, tour: Tour) -> None:
    page.goto(tour.link("classify", "digits"))
    page.get_by_text(translate("Draw one", tour.language), exact=True).click(timeout=LONG)
    pad = page.locator(".draw canvas")
    pad.wait_for(timeout=LONG)
    page.wait_for_timeout(500)
    box = pad.bounding_box()
    (x, y), *rest = SEVEN
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=12)
    page.mouse.up()
    page.locator("[class*=st-key-answer] .js-plotly-plot .nsewdrag").first.wait_for(timeout=LONG)


def lesson(page: Any, tour: Tour) -> None:
    page.goto(tour.link("lessons", lesson=LESSON, step="answer", recording="1"))
    page.locator(".js-plotly-plot .nsewdrag").first.wait_for(timeout=LONG)


SCENES = {
    "start": start,
    "underfits": curves_of("underfits"),
    "overfits": curves_of("overfits"),
    "fits": curves_of("fits"),
    "compared": compared,
    "experiment": experiment,
    "images": images,
    "mistakes": mistakes,
    "inside": inside,
    "by-hand": by_hand,
    "drawn": drawn,
    "lesson": lesson,
}


def _trained(folder: Path) -> dict[str, Run]:
    """The runs of the tour, trained where they are not there yet; the file `tour.json` in the folder names them."""
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "tour.json"
    ids = json.loads(known.read_text("utf-8")) if known.exists() else {}
    for name, recipe in RECIPES.items():
        if name not in ids:
            ids[name] = _train(folder, recipe)
            known.write_text(json.dumps(ids), "utf-8")
    return {name: RunStore(folder).get(run) for name, run in ids.items()}


def _asked(folder: Path) -> None:
    """The experiment of the tour, where it was not asked yet: before the others, since Runs begins with the newest."""
    if not experiments(RunStore(folder)):
        _core("experiment", *QUESTION, "--runs", str(folder))


def _train(folder: Path, recipe: Mapping[str, Any]) -> str:
    words = [word for name, value in TrainingConfig(**recipe).link().items() for word in ("--set", f"{name}={value}")]
    said = _core("train", "--json", "--runs", str(folder), *words)
    return json.loads(said.splitlines()[-1])["run_id"]


def _core(*words: str) -> str:
    command = [sys.executable, "-m", "core", *words]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def _keep(screenshot: bytes, path: Path) -> None:
    """As a PNG of few colours; raises RuntimeError where that is heavy."""
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.name}  {size / 1000:.0f} kB", flush=True)
    if size > HEAVY:
        raise RuntimeError(f"{path} has {size:,} bytes, more than {HEAVY:,}. Choose a scene with fewer colours.")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).absolute(), sys.argv[2:])
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary), [])
