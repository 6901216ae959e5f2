"""Which Fitscope this is, for files that others open: recordings, and runs that are carried to another machine."""

import functools
import importlib.metadata
import re

from core.folders import PROJECT

UNKNOWN = "?"


@functools.cache
def release() -> str:
    """Its version, such as "0.2.0"; UNKNOWN where nothing says it."""
    try:
        return importlib.metadata.version("fitscope")
    except importlib.metadata.PackageNotFoundError:  # a checkout that was never installed
        path = PROJECT / "fitscope" / "__init__.py"
        found = re.search(r'__version__ = "([^"]+)"', path.read_text("utf-8")) if path.exists() else None
        return found[1] if found else UNKNOWN
