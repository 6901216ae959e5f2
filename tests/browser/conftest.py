"""The fixtures that the tests of this folder share."""

from tests.browser.made import browser, classified, dashboard, filmed, page, playwright, runs, visited, workplace

__all__ = ["browser", "classified", "dashboard", "filmed", "page", "playwright", "runs", "visited", "workplace"]
