"""Collects every sentence a user can see, and keeps the catalogues complete: `python -m dashboard.catalogue`."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from core.data.built_in import built_in
from core.experiments.kind import kinds
from core.inside.explanation import explanations
from core.recipe.config import settings
from core.recipe.setting import REFUSALS, Setting
from dashboard.words import CATALOGUES, LANGUAGES, is_done, of_plugins

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("core", "models", "dashboard", "pages")
PLUGINS = ("core/datasets/", "core/explain/", "core/lessons/", "core/questions/", "models/", "pages/")
SPOKEN_KEYWORDS = ("title", "about", "licence", "limits", "question", "choices", "answer", "look_at", "notes")
"""Of plug-ins; a lesson's choices are a tuple of sentences."""

Message = str | tuple[str, str]
"""A sentence, or (for one, for many)."""


def messages() -> dict[Message, str]:
    """English -> where it is first written."""
    sentences: dict[Message, str] = {}
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        for text, line in _spoken(ast.parse(path.read_text("utf-8"))):
            sentences.setdefault(text, f"{path.relative_to(ROOT).as_posix()}:{line}")
    for text in REFUSALS.values():
        sentences.setdefault(text, "core/recipe/setting.py:1")
    for setting in settings():
        for text in _of_setting(setting):
            sentences.setdefault(text, f"core/recipe/{setting.group}.py:1")
    for name, explanation in explanations().items():
        for text in [text for option in explanation.options for text in _of_setting(option)]:
            sentences.setdefault(text, f"core/explain/{name}.py:1")
    for name, kind in kinds().items():
        for text in [text for option in kind.options for text in _of_setting(option)]:
            sentences.setdefault(text, f"core/questions/{name}.py:1")
    for name, dataset in built_in().items():
        for text in dataset.classes:
            if not text.isdigit():
                sentences.setdefault(text, f"core/datasets/{name}.py:1")
    return sentences


def missing(language: str, translated: set[Message]) -> tuple[list[str], list[str]]:
    """What lacks a translation: ("place: text" of our own code, lines to paste into plug-ins)."""
    ours: list[str] = []
    theirs: dict[str, dict[str, str]] = {}
    for text, place in messages().items():
        if text in translated or text in of_plugins(language):
            continue
        if place.startswith(PLUGINS) and isinstance(text, str):
            theirs.setdefault(place.split(":")[0], {})[text] = "…"
        else:
            ours.append(f"{place}: {text}")
    lines = [
        f"{file}: translations={json.dumps({language: words}, ensure_ascii=False)}," for file, words in theirs.items()
    ]
    return ours, lines


def update(language: str) -> int:
    """Adds new sentences to a catalogue and drops unused ones; returns how many lack a translation."""
    path = CATALOGUES / language / "LC_MESSAGES" / "fitscope.po"
    catalogue = Catalog(locale=language, project="Fitscope")
    if path.exists():
        with open(path, "rb") as file:
            catalogue = read_po(file, locale=language)
    template = Catalog()
    for text, place in sorted(messages().items(), key=lambda item: item[1]):
        if text not in of_plugins(language):
            template.add(text, locations=[(place.split(":")[0], 0)])
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        write_po(file, catalogue, width=110, omit_header=False, include_lineno=False)
    return sum(not is_done(entry) for entry in catalogue if entry.id)


def _of_setting(setting: Setting) -> list[str]:
    return [text for text in (setting.title, setting.help, setting.unit, *(setting.options or {}).values()) if text]


def _spoken(tree: ast.AST) -> Iterator[tuple[Message, int]]:
    """Texts given to `_`, `plural` and errors, and the descriptions of plug-ins."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("TITLE", "GROUP"):  # of a page
            yield ast.literal_eval(node.value), node.lineno
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        spoken = node.args[:1] if name in ("_", "N_", "say", "progress") else []
        if name.endswith("Error") or name in ("ImpossibleNetwork", "Refused", "NoPicture"):
            spoken = node.args[:1]
        if name in ("Dataset", "Architecture", "Backbone", "Baseline", "Lesson", "Explanation", "Kind"):
            given = [keyword.value for keyword in node.keywords if keyword.arg in SPOKEN_KEYWORDS]
            spoken = [one for value in given for one in (value.elts if isinstance(value, ast.Tuple) else [value])]
        texts = [
            part.value for part in (node.args[1:3] if name == "plural" else spoken) if isinstance(part, ast.Constant)
        ]
        if name == "plural" and len(texts) == 2:
            yield (str(texts[0]), str(texts[1])), node.lineno
        elif name != "plural":
            yield from ((text, node.lineno) for text in texts if isinstance(text, str))


if __name__ == "__main__":
    for code in LANGUAGES:
        if code != "en":
            print(f"{code}: {update(code)} without translation")
