"""The fixtures that the tests of this folder share."""

from tests.browser.classify.made import browser, dashboard, page, runs, shown

__all__ = ["browser", "dashboard", "page", "runs", "shown"]
