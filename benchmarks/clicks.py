"""What the browser benchmarks share: a stopwatch from a click to what it shows, and the row of a table."""

import statistics
import time


def seconds_until(page, word: str, sign: str, within: str = "body") -> float:
    """Clicks a word and waits for a selector."""
    began = time.perf_counter()
    page.locator(within).get_by_text(word, exact=True).first.click()
    page.wait_for_selector(sign, timeout=20_000)
    return time.perf_counter() - began


def row(name: str, times: list[float], module: str) -> dict:
    """Median and spread of so many seconds, in ms."""
    milliseconds = [1000 * one for one in times]
    return {
        "name": name,
        "ours": round(statistics.median(milliseconds)),
        "peer": None,
        "unit": "ms",
        "ratio": None,
        "spread": f"{min(milliseconds):.0f}–{max(milliseconds):.0f} ms, {len(times)} times",
        "command": f"python -m benchmarks {module}",
    }
