"""A package for pytest's sake: one Chromium and its dashboards live as long as its tests run, and no longer.

Playwright keeps an event loop of its own in the thread of the tests; what comes after them may want one, too.
"""
