"""One file means one file: a plug-in of each kind, dropped into a copy of the project, works; the suite stays green."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.made.workers import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("one_file")]  # one copy, asked once

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("benchmarks", "core", "dashboard", "docs", "fitscope", "models", "pages", "tests", ".ci")

DATASET = '''"""Stripes that lie, stand or are not there: a dataset that is drawn, not downloaded."""

import numpy as np

from core.data.dataset import Dataset, Images, Splits


def read(_paths, progress):
    random = np.random.default_rng(0)
    progress("Drawing", 0.0)
    return Splits(train=_some(random, 300), test=_some(random, 60))


def _some(random, n):
    labels = np.arange(n) % 3
    images = random.integers(0, 41, (n, 8, 8, 1), np.uint8)
    for image, label in zip(images, labels, strict=True):
        lines = image[::2] if label == 0 else image[:, ::2] if label == 1 else image[:0]
        lines += 215
    return Images(images, labels)


SPEC = Dataset(
    title="My stripes",
    about="Stripes on an 8×8 picture.",
    classes=("my lying", "my standing", "my none"),
    shape=(8, 8, 1),
    n_train=300,
    n_test=60,
    read=read,
    version="1",
    licence="Drawn here.",
    translations={
        "fr": {
            "My stripes": "Mes rayures",
            "Stripes on an 8×8 picture.": "Des rayures sur une image de 8×8.",
            "my lying": "couchées",
            "my standing": "debout",
            "Drawn here.": "Dessiné ici.",
        }
    },
)
'''

EXPLANATION = '''"""Where a picture is bright: the plainest of explanations, which does not ask the network anything."""

import numpy as np

from core.inside.explanation import Explained, Explanation
from core.recipe.setting import Setting


def explain(model, images, options):
    bright = images[0].mean(axis=2) / 255 > options["my_threshold"]
    return Explained({"bright": bright.astype(np.float32)}, {"share": float(bright.mean())})


SPEC = Explanation(
    title="My brightness",
    about="White where the picture is bright.",
    limits="Anything that the network does with it.",
    kind="image",
    explain=explain,
    options=(
        Setting("my_threshold", "float", 0.5, "My threshold", "It is bright from there.", low=0.1, high=0.9, step=0.1),
    ),
)
'''

LESSON = '''"""Too short: a lesson that ends while there is still something to learn."""

from core.lessons.lesson import Lesson

SPEC = Lesson(
    title="My lesson",
    about="Four epochs are not enough.",
    settings={"dataset": "digits", "architecture": "softmax", "epochs": 4},
    expectation="still_improving",
    translations={"fr": {"My lesson": "Ma leçon", "Four epochs are not enough.": "Quatre époques ne suffisent pas."}},
)
'''

QUESTION = '''"""A few lengths: a question that as many runs answer."""

import dataclasses

from core.errors import N_
from core.experiments.kind import Answer, Cell, Kind
from core.recipe.setting import Setting


def plan(recipe, options):
    lengths = range(1, 2 + options["my_more"])
    return [Cell({"epochs": n}, dataclasses.replace(recipe, epochs=n)) for n in lengths]


def answer(results):
    if len(results) < 2:
        return None
    best = max(results, key=lambda pair: pair[1].val_accuracy)
    return Answer(N_("My best is {best}: {share}."), {"best": best[0], "share": best[1].val_accuracy})


SPEC = Kind(
    title="My lengths",
    question="Is my longer one better?",
    about="A few runs.",
    plan=plan,
    answer=answer,
    options=(Setting("my_more", "int", 2, "My more", "So many epochs more.", low=1, high=9),),
    cheaper={"my_more": 1},
    translations={
        "fr": {
            "My lengths": "Mes longueurs",
            "Is my longer one better?": "Le plus long est-il meilleur ?",
            "A few runs.": "Quelques entraînements.",
            "My more": "En plus",
            "So many epochs more.": "Autant d'époques en plus.",
            "My best is {best}: {share}.": "Le meilleur est {best} : {share}.",
        }
    },
)
'''

START = """
from pathlib import Path
from streamlit.testing.v1 import AppTest
from tests.made.pages import open_page, texts
words = texts(open_page("01_start.py", lang="fr"))
assert "Ma leçon" in words and "Quatre époques" in words, words
app = open_page("03_train.py", lang="fr", dataset="my_stripes", architecture="my_network")
assert "Mon réseau" in app.selectbox(key="architecture").options
assert any("Mes rayures" in option for option in app.selectbox(key="dataset").options)
assert app.slider(key="dropout").value == 0.2
app = open_page("05_experiments.py", lang="fr", ask="my_question")
assert "Le plus long est-il meilleur\xa0?" in app.radio(key="ask").options
assert "En plus" in app.number_input(key="ask_my_question_my_more").label
from dashboard.page_files import page_files
assert "16_hello.py" in [path.name for path in page_files()] and page_files()[0].name == "01_start.py"
print("shown")
"""


def block(document, first):
    """The Python in a document that begins with those words."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / document).read_text("utf-8"), re.DOTALL)
    return next(text for text in blocks if text.startswith(f'"""{first}'))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project with a plug-in of each kind; the network is the README's, the page CONTRIBUTING's."""
    home = tmp_path_factory.mktemp("copy") / "project"
    home.mkdir()
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, home / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, home)
    for path, text in {
        "models/my_network.py": block("README.md", "A network of my own"),
        "core/datasets/my_stripes.py": DATASET,
        "core/explain/my_brightness.py": EXPLANATION,
        "core/lessons/my_lesson.py": LESSON,
        "core/questions/my_question.py": QUESTION,
        "pages/16_hello.py": block("CONTRIBUTING.md", "A first page"),
    }.items():
        (home / path).write_text(text, "utf-8")
    return home


def run(project, tmp_path, *words):
    environment = {**os.environ, "FITSCOPE_DATA": str(tmp_path / "data"), "FITSCOPE_RUNS": str(tmp_path / "runs")}
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, *words], cwd=project, env=environment, capture_output=True, text=True, timeout=4 * PATIENCE
    )


def test_each_is_in_its_forms_on_its_pages_and_in_french(project, tmp_path):
    done = run(project, tmp_path, "-c", START)
    assert done.stdout.endswith("shown\n"), done.stdout + done.stderr


TESTS_OF_ITS_KIND = {
    "my_network": ("tests/core/training/test_architectures.py", "tests/core/export/test_reproduce.py"),
    "my_stripes": ("tests/core/data", "tests/pages/images"),
    "my_brightness": ("tests/core/inside", "tests/pages/test_look_inside.py"),
    "my_lesson": ("tests/core/lessons",),
    "my_question": ("tests/core/questions",),
    "16_hello": ("tests/pages/every",),
}


@pytest.fixture(scope="module")
def told(project, tmp_path_factory):
    """What pytest prints of all those tests, in one process: each that was begun anew would import Keras again."""
    folder = tmp_path_factory.mktemp("kinds")
    words = ("-p", "no:cacheprovider", "-v", "-k", " or ".join(TESTS_OF_ITS_KIND), "--basetemp", str(folder / "tests"))
    files = [file for files in TESTS_OF_ITS_KIND.values() for file in files]
    done = run(project, folder, "-m", "pytest", *words, *files)
    assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-1000:]  # 1: some failed
    return done.stdout


@pytest.mark.parametrize(
    ("kind", "at_least"),
    [
        ("my_network", 8),
        ("my_stripes", 5),
        ("my_brightness", 5),
        ("my_lesson", 6),
        ("my_question", 5),
        ("16_hello", 8),
    ],
)
def test_the_tests_of_its_kind_take_it_in_and_pass(told, kind, at_least):
    lines = [line for line in told.splitlines() if re.match(r"tests/\S+::", line) and kind in line]
    assert not [line for line in lines if "PASSED" not in line and "SKIPPED" not in line], told[-5000:]
    assert sum("PASSED" in line for line in lines) >= at_least


def test_the_documents_the_layers_and_the_words_stay_green_and_tell_what_to_paste(project, tmp_path):
    words = ("-p", "no:cacheprovider", "-q", "--basetemp", str(tmp_path / "tests"))
    done = run(
        project, tmp_path, "-m", "pytest", *words, "tests/test_docs.py", "tests/test_layers.py", "tests/test_words.py"
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    for lacking in (
        "make tables",
        "`my_network`",
        'core/datasets/my_stripes.py: translations={"fr": {"Drawing": "…", "my none": "…"}},',
    ):
        assert lacking in done.stdout
