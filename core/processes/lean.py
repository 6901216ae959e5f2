"""Keras alone: what it only looks whether it is there is not loaded with it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

LEFT_OUT = ("sklearn", "pandas")  # Keras wraps the one and takes tables of the other; nobody here asks it to


@contextmanager
def lean() -> Iterator[None]:
    """Keras imported within these lines takes scikit-learn and pandas for not installed; afterwards both are there.

    With them come SciPy's statistics and Arrow: 2.7 of 9.3 s that a process calculates before its first step.
    """
    hidden = [name for name in LEFT_OUT if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None means: cannot be imported
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
