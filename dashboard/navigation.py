"""The pages in their order, with titles and addresses, and links between them."""

from typing import Any

import streamlit as st

from dashboard.page_files import about_page, page_files
from dashboard.words import _


def navigation() -> dict[str, Any]:
    """All pages by name, for links between them."""
    pages: dict[str, Any] = {}
    for place, path in enumerate(page_files()):
        about = about_page(path)
        address = about["name"] if place else None  # the first is at the root
        pages[about["name"]] = st.Page(
            path, title=_(about["TITLE"]), icon=about["ICON"], url_path=address, default=place == 0
        )
    return pages


def page(name: str) -> Any:
    """The page called `name`, for `st.page_link` and `st.switch_page`."""
    return navigation()[name]


def groups() -> dict[str, list[Any]]:
    """The pages as the navigation shows them: title of the group -> pages; "" for those outside of any."""
    pages = navigation()
    grouped: dict[str, list[Any]] = {}
    for about in map(about_page, page_files()):
        grouped.setdefault(_(about["GROUP"]) if about["GROUP"] else "", []).append(pages[about["name"]])
    return grouped


def has_camera(address: str) -> bool:
    """Whether the page at an address shows the live camera."""
    return any(about["CAMERA"] for about in map(about_page, page_files()) if about["name"] == address)
