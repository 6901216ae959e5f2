"""How long work tells how far it is."""

import time
from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called during long work with (what is being done, fraction done 0..1)."""

PAUSE = 0.1  # seconds between two reports: whoever listens may write them down


def silent(_what: str, _fraction: float) -> None:
    """A `Progress` that tells nobody."""


def now_and_then(progress: Progress) -> Progress:
    """`progress`, called at most every PAUSE seconds."""
    last = -PAUSE

    def tell(what: str, fraction: float) -> None:
        nonlocal last
        if time.monotonic() - last >= PAUSE:
            last = time.monotonic()
            progress(what, fraction)

    return tell
