"""The fixtures that the tests of this folder share."""

from tests.browser.classify.made import browser, dashboard, page, shown

__all__ = ["browser", "dashboard", "page", "shown"]
