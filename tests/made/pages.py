"""A page of the dashboard without a browser, and what is written on it."""

import json
from functools import cache

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.folders import PROJECT
from dashboard.page_files import page_files
from tests.made.workers import PATIENCE

# AppTest reads the metadata of every installed package at each run of a script, a server does once: half of the time.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

PAGES = [path.name for path in page_files()]


def open_page(name, **query):
    app = AppTest.from_file(str(PROJECT / "dashboard" / "frame.py"), default_timeout=PATIENCE)
    if name != PAGES[0]:
        app.switch_page(f"../pages/{name}")
    app.query_params.update(query)
    app.run()
    assert not app.exception, app.exception
    return app


def key_of(app):
    """The key of the first table of a page that can be ticked."""
    return next(key for table in app.dataframe if (key := table.proto.id.rpartition("-")[2]).startswith("runs_table"))


def texts(app):
    kinds = ("title", "header", "subheader", "markdown", "caption", "warning", "error", "info", "success")
    written = [str(element.value) for kind in kinds for element in app.get(kind)]
    bulletins = [one.proto.json for one in app.get("bidi_component") if "bulletin" in one.proto.id]
    return "\n".join(written + [sentence for words in bulletins for sentence in _sentences(json.loads(words))])


def _sentences(value):
    """All text within the words of a bulletin."""
    if isinstance(value, dict | list):
        return [text for one in (value.values() if isinstance(value, dict) else value) for text in _sentences(one)]
    return [value] if isinstance(value, str) else []
