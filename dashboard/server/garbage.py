"""What libraries bring along is not looked through for garbage after every rerun.

Streamlit collects garbage after each run of a page, fragments included, and holds up every other session and every
frame of a camera meanwhile. With the libraries of all pages that takes 60 ms, four times a second for each viewer
of a live view; frozen, less than 1 ms (the camera's picture came back after 67 ms instead of 100).
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
