"""Faults of libraries, mended from outside: one file each says what is wrong, where, how to see it, when it may go."""

from dashboard.upstream import addresses, default_first, downloads, nodelay, reruns
from dashboard.upstream.hold import HOLDS


def apply() -> None:
    """Checks that each patch finds what it changes, then puts those into force that act for the whole server.

    Raises OutOfHold, which names the library, the attribute and the file to look at.
    """
    for patch, holds in HOLDS.items():
        for hold in holds:
            hold.check(patch)
    default_first.apply()
    downloads.apply()
    nodelay.apply()
    reruns.apply()
    addresses.apply()  # which looks at what `reruns` lets pass
