"""The fixtures that the tests of this folder share."""

from tests.dashboard.server.api.made import running

__all__ = ["running"]
