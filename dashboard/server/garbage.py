"""Garbage is collected two seconds after a page was run, once for all who ran one meanwhile.

Streamlit collects all of it after each run, fragments included, and holds up every other session and every frame of a
camera meanwhile: where thirty people open a page at once, for half of what that costs (`postScriptGC` is off in
`.streamlit/config.toml`). After ten seconds a server that thirty visit again and again grew by 60 MB in six minutes,
after two by 8 in four. And what libraries bring along is not looked through each time: with those of all pages that
takes 60 ms; frozen, less than 1 ms (a camera's picture came back after 67 ms instead of 100).
"""

import gc
import sys
import threading

SECONDS = 2.0  # from the run of a page to the collection
NOTABLE = 20  # modules: fewer new ones are not worth a collection of their own

_loaded = 0
_due = threading.Lock()  # held while a collection is to come


def keep() -> None:
    """Freezes what is there if many modules were loaded since the last time; else does nothing."""
    global _loaded
    if len(sys.modules) >= _loaded + NOTABLE:
        gc.collect()
        gc.freeze()
        _loaded = len(sys.modules)


def collect_soon() -> None:
    """Collects garbage in a while, unless that is to come anyway."""
    if _due.acquire(blocking=False):
        later = threading.Timer(SECONDS, _collect)
        later.daemon = True
        later.start()


def _collect() -> None:
    _due.release()  # a page that is run from now on asks for the next
    gc.collect()
