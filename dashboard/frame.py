"""What every page shares: the page's settings, the navigation found from `pages/`, the language."""

import ast
import functools
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import choices
from dashboard.server import garbage
from dashboard.upstream import reruns, stream
from dashboard.widgets import plot
from dashboard.words import LANGUAGES, _, translate

ICON = Path(__file__).parent / "icon.svg"  # a Material icon here would be fetched from the internet
PAGES = Path(__file__).resolve().parent.parent / "pages"


def page_files() -> list[Path]:
    """The scripts of the pages, in the order of their file names."""
    return sorted(PAGES.glob("[0-9]*_*.py"))


def about_page(path: Path) -> dict[str, Any]:
    """What a page says of itself in its first lines, without running it: TITLE, ICON, GROUP and its docstring."""
    return _about(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=100)
def _about(path: Path, _changed: int) -> dict[str, Any]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in ("TITLE", "ICON", "GROUP")
    }
    name = path.stem.split("_", 1)[1]
    return {"name": name, "GROUP": "", "about": ast.get_docstring(tree) or "", **names}


def navigation() -> dict[str, Any]:
    """All pages by name, for links between them."""
    found: dict[str, Any] = {}
    for place, path in enumerate(page_files()):
        about = about_page(path)
        title, icon = translate(about["TITLE"], _language()), about["ICON"]
        address = "" if place == 0 else about["name"]
        found[about["name"]] = st.Page(path, title=title, icon=icon, url_path=address or None, default=place == 0)
    return found


def page(name: str) -> Any:
    """The page called `name`, for `st.page_link` and `st.switch_page`."""
    return navigation()[name]


def _language() -> str:
    from dashboard.words import language

    return language()


def main() -> None:
    reruns.from_the_top()
    st.set_page_config(page_title="Fitscope", page_icon=str(ICON), layout="wide")
    choices.adopt_frame()
    pages = navigation()
    groups: dict[str, list] = {}
    for path in page_files():
        about = about_page(path)
        groups.setdefault(_(about["GROUP"]) if about["GROUP"] else "", []).append(pages[about["name"]])
    current = st.navigation(groups, position="top")
    if current.url_path != "classify":  # the page with the camera
        stream.leave()
    current.run()
    with st.sidebar:
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            key="lang",
            format_func=LANGUAGES.__getitem__,
            required=True,
            width="stretch",
        )
        plot.preload()
    garbage.keep()  # the libraries of this page, which came with its first visit


if __name__ == "__main__":
    main()
