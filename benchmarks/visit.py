"""Opens every page once in Chromium, as a first visitor does."""

import shutil

PAGES = ("/", "/train", "/runs", "/images")


def visit_all(address: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for path in PAGES:
            page.goto(address + path)
            page.wait_for_selector("h1", timeout=60_000)
            page.wait_for_timeout(1500)
        browser.close()
