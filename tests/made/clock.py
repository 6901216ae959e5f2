"""A clock that stands still until a test moves it."""

from types import ModuleType

import pytest


class Clock:
    """In place of the module `time`.

    now  seconds of the monotonic clock
    """

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


def stopped(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> Clock:
    """The clock that a module looks at from now on."""
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock
