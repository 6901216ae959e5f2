"""Garbage is collected when enough has changed, which Python sees to, not after each run of a page.

Streamlit collects all of it after each run, fragments included, and holds up every other session and every frame of a
camera meanwhile: where thirty people open a page at once, for half of what that costs (`postScriptGC` is off in
`.streamlit/config.toml`). And what libraries bring along is not looked through each time: with those of all pages that
takes 60 ms; frozen, less than 1 ms (a camera's picture came back after 67 ms instead of 100).
"""

import gc
import sys

NOTABLE = 20  # modules: fewer new ones are not worth a collection of their own

_loaded = 0


def keep() -> None:
    """Freezes what is there if many modules were loaded since the last time; else does nothing."""
    global _loaded
    if len(sys.modules) >= _loaded + NOTABLE:
        gc.collect()
        gc.freeze()
        _loaded = len(sys.modules)
