"""The documents say what the code does: names, tables and commands."""

import re
from pathlib import Path

import pytest

from core.data import catalogue
from core.recipe import architectures
from core.recipe.config import SETTINGS
from core.recipe.table import table

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", [*catalogue.built_in(), *architectures.known()])
def test_every_plugin_is_in_the_tables_of_the_readme(name):
    assert f"\n| `{name}` |" in README


def test_the_tables_of_the_readme_list_nothing_that_is_not_there():
    listed = set(re.findall(r"\n\| `(\w+)` \|", README))
    assert listed == {*catalogue.built_in(), *architectures.known()}


def test_the_page_of_settings_is_the_one_the_code_makes():
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == table()
    assert len(SETTINGS) == table().count("\n| `")


def test_the_targets_of_the_readme_are_in_the_makefile():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?make (\w+)", README)) <= targets


def test_ci_runs_the_command_of_the_readme():
    commands = [line for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert commands[-1] == "make test"


def test_pictures_of_the_readme_exist():
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).stat().st_size > 10_000
