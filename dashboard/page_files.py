"""The scripts in `pages/` and what each says of itself, read without running it."""

import ast
import functools
from pathlib import Path
from typing import Any

PAGES = Path(__file__).resolve().parent.parent / "pages"
DEFAULTS: dict[str, Any] = {"TITLE": "", "ICON": "", "GROUP": "", "CAMERA": False, "FOR": "", "TRANSLATIONS": {}}


def page_files() -> list[Path]:
    """The scripts of the pages, in the order of the numbers that their names begin with."""
    return list(_listed(PAGES, PAGES.stat().st_mtime_ns))


@functools.lru_cache(maxsize=1)
def _listed(folder: Path, _changed: int) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("[0-9]*_*.py"), key=lambda path: (int(path.stem.split("_")[0]), path.stem)))


def about_page(path: Path) -> dict[str, Any]:
    """What a page says of itself, without running it: the names of DEFAULTS, its docstring as `about`, its name."""
    return _about(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=100)
def _about(path: Path, _changed: int) -> dict[str, Any]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in DEFAULTS
    }
    name = path.stem.split("_", 1)[1]
    return {
        "name": name,
        "GROUP": "",
        "CAMERA": False,
        "FOR": "",
        "TRANSLATIONS": {},
        "about": ast.get_docstring(tree) or "",
        **names,
    }
