"""How long commands tell how far they are: a bar for people, JSON lines for the dashboard."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.data.dataset import Progress

LINE_SECONDS = 0.1  # between two lines about the progress


def json_options(one: argparse.ArgumentParser) -> None:
    """Adds --json, and --lines for the dashboard."""
    one.add_argument("--json", action="store_true", help="one JSON object")
    one.add_argument("--lines", action="store_true", help=argparse.SUPPRESS)  # JSON lines of progress, then the result


@contextmanager
def telling(chosen: argparse.Namespace) -> Iterator[Progress]:
    """Progress as lines of JSON for the dashboard, or as a bar on the error output."""
    if chosen.lines:
        yield _lines()
        return
    from tqdm import tqdm

    with tqdm(total=1.0, file=sys.stderr, disable=None, leave=False, bar_format="{desc} {percentage:3.0f} %") as bar:

        def progress(what: str, fraction: float) -> None:
            bar.set_description_str(what, refresh=False)
            bar.n = min(1.0, fraction)
            bar.refresh()

        yield progress


def _lines() -> Progress:
    told = 0.0

    def progress(what: str, fraction: float) -> None:
        nonlocal told
        if time.monotonic() - told > LINE_SECONDS:
            told = time.monotonic()
            print(json.dumps({"what": what, "fraction": fraction}), flush=True)

    return progress
