"""Pen on paper: how much each step of the preparation is worth, on photos of written digits that are made here.

Test digits of MNIST with thinner, harder strokes, dark on grey paper under uneven light with grain, somewhere on the
sheet and of any size. They are simulated: real pens, hands and phones differ in more ways.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from benchmarks.camera import train
from core.data.cache import load
from core.data.catalogue import dataset
from core.evaluation.intervals import wilson
from core.network.classifier import classifier
from core.pictures.preprocessing import Switches
from core.runs.store import RunStore

SHEETS = 1000
STEPS = {
    "made smaller only": Switches(False, False, False),
    "and light and dark turned round": Switches(True, False, False),
    "and cut out and centred": Switches(True, True, False),
    "and strokes made as wide": Switches(True, True, True),
}


def rows() -> Iterator[dict]:
    with tempfile.TemporaryDirectory() as folder:
        train(Path(folder))
        run = RunStore(Path(folder)).get("latest")
        asked, told = classifier(run), run.status.result
    test = load(dataset("mnist")).test
    chance = np.random.default_rng(0)
    sheets = [paper(image[..., 0], chance) for image in test.images[:SHEETS]]
    assert told is not None
    for name, switches in STEPS.items():
        answers = np.array([one.probabilities.argmax() for one in asked.answers(sheets, switches)])
        hits = int(np.count_nonzero(answers == test.labels[:SHEETS]))
        low, high = wilson(hits, SHEETS)
        yield {
            "name": f"Digits on simulated paper, {name} (peer: MNIST's own test images)",
            "ours": round(100 * hits / SHEETS, 1),
            "peer": round(100 * told["test_accuracy"], 1),
            "unit": "% right",
            "ratio": hits / SHEETS / told["test_accuracy"],
            "spread": f"{100 * low:.1f}–{100 * high:.1f} %, n = {SHEETS:,}; the peer's n = {told['n_test']:,}",
            "command": "python -m benchmarks paper",
        }


def paper(digit: np.ndarray, chance: np.random.Generator) -> Image.Image:
    """A digit (28, 28) uint8, light on dark, as a photo of a sheet that somebody wrote it on."""
    side = int(chance.integers(220, 420))
    size = int(side * chance.uniform(0.35, 0.75))
    hard = (
        Image.fromarray(digit).resize((size, size), Image.Resampling.BICUBIC).point(lambda level: 255 * (level > 110))
    )
    thin = hard.filter(ImageFilter.MinFilter(int(chance.choice([3, 5, 7, 9])))).filter(ImageFilter.GaussianBlur(1.2))
    ink = np.zeros((side, side), np.float32)
    top, left = chance.integers(0, side - size + 1, 2)
    ink[top : top + size, left : left + size] = np.asarray(thin, np.float32) / 255
    rows, columns = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    light = chance.uniform(150, 235) + chance.uniform(-25, 25) * rows + chance.uniform(-25, 25) * columns
    photo = light * (1 - ink * chance.uniform(0.5, 0.85)) + chance.normal(0, 4, (side, side))
    return Image.fromarray(photo.clip(0, 255).astype(np.uint8))
