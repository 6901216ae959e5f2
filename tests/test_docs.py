"""The documents say what the code does: names, tables and commands."""

import ast
import re
import warnings
from pathlib import Path

import pytest

from core.commands import tables
from core.recipe.config import SETTINGS
from fitscope import __version__

ROOT = Path(__file__).resolve().parent.parent
README, CONTRIBUTING, CHANGELOG = (
    (ROOT / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
)
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
OF_EXAMPLES = ("pages/16_hello.py", "dashboard/locale/it/LC_MESSAGES/fitscope.po")  # files that are to be written


def test_the_tables_of_the_readme_are_those_the_code_makes():
    """A plug-in that was just dropped in is a warning: its row comes with `make tables`."""
    made = set(tables.with_tables(README).splitlines())
    assert set(README.splitlines()) <= made, "run `make tables`"
    lacking = made - set(README.splitlines())
    if lacking:
        warnings.warn("run `make tables`; the README lacks:\n" + "\n".join(lacking), stacklevel=1)
    assert README.count("\n| `") >= 18


def test_the_page_of_settings_is_the_one_the_code_makes():
    page = tables.settings_page()
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == page, "run `make tables`"
    assert len(SETTINGS) == page.count("\n| `")


def test_the_targets_of_the_readme_are_in_the_makefile():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"(?:`|^)make (\w+)", README, re.MULTILINE)
    assert set(named) <= targets


def test_ci_runs_the_commands_of_the_readme():
    commands = [line for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert commands[-2:] == ["make test", "make lessons SEEDS=1"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_what_a_document_links_to_is_there(page):
    for path in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_pictures_of_documents_can_be_seen(page):
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text("utf-8")):
        assert 10_000 < (page.parent / path).stat().st_size < 200_000


def test_the_files_that_contributors_are_sent_to_are_there():
    named = re.findall(r"`((?:core|dashboard|models|pages|tests|docs)/[\w/.]*)`", CONTRIBUTING)
    assert len(named) > 20
    assert not [path for path in named if path not in OF_EXAMPLES and not (ROOT / path).exists()]


def test_the_lesson_and_the_page_for_contributors_are_python():
    for text in re.findall(r"```python\n(.*?)```", CONTRIBUTING, re.DOTALL):
        ast.parse(text)


def test_a_guide_says_the_same_in_both_languages():
    """As many headings, and the same scenes in the same order."""
    for french in sorted((ROOT / "docs").glob("*.fr.md")):
        english = french.with_name(french.name.replace(".fr.", "."))
        shapes = []
        for page in (english, french):
            text = page.read_text("utf-8")
            scenes = [re.sub(r"\.(en|fr)\.", ".", path) for path in re.findall(r"\((tour/[^)]+)\)", text)]
            shapes.append((len(re.findall(r"^#+ ", text, re.MULTILINE)), scenes))
        assert shapes[0] == shapes[1], english.name


def test_the_changes_begin_with_this_version():
    assert re.search(r"^## (\S+)", CHANGELOG, re.MULTILINE).group(1) == __version__


def test_every_row_of_the_page_on_security_has_its_test():
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    rows = [line for line in (ROOT / "docs" / "security.md").read_text("utf-8").splitlines() if line.startswith("| ")]
    named = [name for row in rows[1:] for name in re.findall(r"`(test_\w+)`", row)]
    assert len(named) > 20
    assert not [name for name in named if f"def {name}(" not in tests]


def test_no_file_holds_both_sides_of_a_merge():
    sides = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    written = [path for kind in ("*.py", "*.js", "*.css", "*.po", "*.md") for path in ROOT.glob(f"[!.]*/**/{kind}")]
    assert len(written) > 500
    assert not [path for path in (*PAGES, *written) if sides.search(path.read_text("utf-8"))]
