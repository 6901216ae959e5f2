"""Streamlit's own words in the language of the page: on the control for files, the camera, lists and tables.

Streamlit 1.67 says them in English only. May go when it speaks more languages.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.words import CHOSEN, _, language

_component = st.components.v2.component(
    "fitscope_wording",
    html="<span></span>",
    js="".join((Path(__file__).parent / name).read_text("utf-8") for name in ("pressed.js", "wording.js")),
    isolate_styles=False,
)


def wording() -> None:
    """To be called on every page, in English too, which takes back the words of the language before.

    On every page, too, help that is open goes away at a press; and a language that was chosen is kept for other tabs.
    """
    words = [_no_such_page()] if language() == "en" else [_no_such_page(), *_words()]
    chosen = f"{CHOSEN}={language()}" if st.session_state.get("_language_chosen") else ""
    _component(data={"language": language(), "words": words, "chosen": chosen}, key="wording", height="content")


def _no_such_page() -> dict[str, Any]:
    """In English too: Streamlit speaks of its own folders."""
    said = _("The address is misspelt, or the page is gone. This is the first page.")
    return _within(
        "[role=dialog]",
        {"Page not found": _("There is no such page")},
        {"^(You|The page that you) have requested .*$": said},
    )


def _words() -> list[dict[str, Any]]:
    """Where in the page (a CSS selector) which words become which; elsewhere they may be somebody's own."""
    return [
        _within(
            "[data-testid=stFileUploaderDropzone]",  # below it stand the names of files
            {
                "Upload": _("Upload"),
                "file upload": _("Files"),
                "Add files": _("Add files"),
                "Upload directories": _("Upload folders"),
                "Drag and drop a file here": _("Drop a file here"),
                "Drag and drop files here": _("Drop files here"),
                "Drag and drop directories here": _("Drop folders here"),
            },
            {r"^(\d+)MB per file": _("$1 MB per file")},
        ),
        _within(  # beside the name of a file, which stays as it is
            "[data-testid=stFileChipName] + *",
            {},
            {
                r"^(\d+)(?:\.0)?B$": _("$1 B"),
                r"^(\d+)\.(\d)KB$": _("$1.$2 kB"),
                r"^(\d+)\.(\d)MB$": _("$1.$2 MB"),
                r"^(\d+)\.(\d)GB$": _("$1.$2 GB"),
            },
        ),
        _within(
            "[data-testid=stFileChip]",
            {},
            {
                r"^(.+) files are not allowed\.$": _("Files of this kind are not taken here: $1."),
                r"^File must be (\d+)(?:\.0)?MB or smaller\.$": _("A file has $1 MB at most."),
            },
        ),
        _within(
            "[data-testid=stFileUploader]",
            {},
            {
                "^Remove (.*)$": _("Remove $1"),
                r"^(.*), (\d+)\.(\d)KB$": _("$1, $2.$3 kB"),
                r"^(.*), (\d+)\.(\d)MB$": _("$1, $2.$3 MB"),
            },
            spoken=True,
        ),
        _within(
            "[data-testid=stCameraInput]",
            {
                "Take Photo": _("Take a photo"),
                "Clear photo": _("Discard the photo"),
                "Switch camera": _("Switch camera"),
                "Uploading...": _("Uploading …"),
                "This app would like to use your camera.": _("This page would like to use your camera."),
                "Learn how to allow access.": _("How to allow it."),
            },
        ),
        _within(
            "[data-testid=stSelectbox], [data-testid=stMultiSelect]",
            {"Clear all": _("None of them"), "Clear value": _("Empty it"), "Open": _("Open the list")},
            spoken=True,
        ),
        _within(
            "[role=listbox], [data-testid^=stSelectboxVirtual]",
            {"No results": _("Nothing found"), "Select all": _("All of them")},
            {"^Add: (.*)$": _("New: $1")},
        ),
        _within("[data-testid=stNumberInput]", {"Increment": _("More"), "Decrement": _("Less")}, spoken=True),
        _within(
            "[data-testid=InputInstructions]",
            {"Press Enter to apply": _("Press Enter"), "Press ⌘+Enter to apply": _("Press ⌘+Enter")},
        ),
        _within(
            "[data-testid=stElementToolbar], [data-testid=stTooltipContent], [data-testid=stDataFrameColumnMenu]",
            {
                "Fullscreen": _("Full screen"),
                "Close fullscreen": _("Leave full screen"),
                "Search": _("Search"),
                "Download as CSV": _("Download as CSV"),
                "Show/hide columns": _("Show or hide columns"),
            },
            {
                "^Fullscreen: (.*)$": _("Full screen: $1"),
                "^Close fullscreen: (.*)$": _("Leave full screen: $1"),
                "^Search: (.*)$": _("Search: $1"),
                "^Download as CSV: (.*)$": _("Download as CSV: $1"),
                "^Show/hide columns: (.*)$": _("Show or hide columns: $1"),
            },
        ),
        _within(
            "[data-testid=stTooltipIcon] *, button", {}, {"^Help for (.*)$": _("What is meant by $1")}, spoken=True
        ),
        _within(
            "[data-testid=stSidebar], [data-testid=stHeader]",
            {
                "Sidebar": _("Sidebar"),
                "App pages": _("Pages"),
                "Expand sidebar": _("Open the sidebar"),
                "Collapse sidebar": _("Close the sidebar"),
                "Main menu": _("Menu"),
            },
            spoken=True,
        ),
        _within("[data-testid=stSkipToContent]", {"Skip to main content": _("To the content")}),
        _within("[data-testid=stTopNav]", {}, {r"^(\d+) more$": _("$1 more")}),
        _within(  # at the end of the pages of a phone
            "[data-testid=stSidebarNavViewButton]",
            {"View less": _("Fewer pages")},
            {r"^View (\d+) more$": _("$1 more pages")},
        ),
        _within(
            "[data-testid=stStatusWidget]",
            {"Running...": _("Running …"), "Connecting": _("Connecting …"), "Stop": _("Stop")},
        ),
        _within(
            "[data-testid=stSpinner]",
            {},
            {
                r"^\((\d+)\.(\d) seconds\)$": _("($1.$2 seconds)"),
                r"^\((\d+) minutes?, (\d+)\.(\d) seconds\)$": _("($1 min $2.$3 s)"),
            },
        ),
    ]


def _within(
    selector: str, words: dict[str, str], patterns: dict[str, str] | None = None, spoken: bool = False
) -> dict[str, Any]:
    """spoken: only where it is an attribute, for screen readers; in the text of these controls stand people's names."""
    return {"within": selector, "words": words, "patterns": list((patterns or {}).items()), "spoken": spoken}
