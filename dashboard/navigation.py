"""The pages in their order, with titles and addresses, links between them, and a page without all that: projected."""

from pathlib import Path
from typing import Any

import streamlit as st

from core.people import classroom
from dashboard.page_files import about_page, page_files
from dashboard.people.asking import teaches
from dashboard.words import _

BARE = """[data-testid=stHeader], [data-testid=stSidebar], [data-testid=stSidebarCollapsedControl], .st-key-language,
.st-key-person_bar { display: none !important }
[data-testid=stMainBlockContainer] { padding-top: 1.5rem }"""
WIDE = "[data-testid=stMainBlockContainer] { padding: 0 1rem }"
LARGE = """[data-testid=stMainBlockContainer] { zoom: 1.25 }
@media (min-width: 1800px) { [data-testid=stMainBlockContainer] { zoom: 1.6 } }"""


def page(name: str) -> Any:
    """The page called `name`, for `st.page_link` and `st.switch_page`."""
    return _page(next(path for path in page_files() if about_page(path)["name"] == name))


def _page(path: Path) -> Any:
    """One of them alone: Streamlit takes half a millisecond for each."""
    about, first = about_page(path), path == page_files()[0]
    address = None if first else about["name"]  # the first is at the root
    return st.Page(path, title=_(about["TITLE"]), icon=about["ICON"], url_path=address, default=first)


def groups() -> dict[str, list[Any]]:
    """The pages as the navigation shows them: title of the group -> pages; "" for those outside of any."""
    grouped: dict[str, list[Any]] = {}
    for path in page_files():
        if not _is_for_who_asks(about_page(path)["FOR"]):
            continue
        group = about_page(path)["GROUP"]
        grouped.setdefault(_(group) if group else "", []).append(_page(path))
    return grouped


def _is_for_who_asks(wanted: str) -> bool:
    """ "teacher" and "class" are seen in a class only."""
    return not wanted or (teaches() if wanted == "teacher" else classroom.current() is not None)


def has_camera(address: str) -> bool:
    """Whether the page at an address shows the live camera."""
    return any(about["CAMERA"] for about in map(about_page, page_files()) if about["name"] == address)


def projected() -> dict[str, str]:
    """What the address says where it asks for the view of the projector; nothing where it does not."""
    return {"present": "1"} if st.query_params.get("present") == "1" else {}


def leave_bare(large: bool = True) -> None:
    """On the projector nothing but the page itself, in large letters or from edge to edge."""
    if projected():
        st.html(f"<style>{BARE} {LARGE if large else WIDE}</style>")


def project() -> None:
    """Into the view of the projector, or out of it."""
    if projected():
        del st.query_params["present"]
    else:
        st.query_params["present"] = "1"


def projector_button(help: str) -> None:
    """Turns that view on and off."""
    label = _("Leave the projector view") if projected() else _("Projector view")
    st.button(label, key="present", icon=":material/co_present:", type="tertiary", on_click=project, help=help)
