"""How long commands tell how far they are: a bar for people, JSON lines for the dashboard."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from core.progress import Progress
from core.runs.reports import EpochDone, Preparing, Report, Started, StepsDone

LINE_SECONDS = 0.1  # between two lines about the progress


def json_options(parser: argparse.ArgumentParser) -> None:
    """Adds --json, and --lines for the dashboard."""
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument(
        "--lines", action="store_true", help=argparse.SUPPRESS
    )  # JSON lines of progress, then the result


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
    told_at = 0.0

    def progress(what: str, fraction: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at > LINE_SECONDS:
            told_at = time.monotonic()
            print(json.dumps({"what": what, "fraction": fraction}), flush=True)

    return progress


class TrainingBar:
    """The progress bar on the error output; stdout stays clean for results."""

    def __init__(self, screen: TextIO):
        self.screen = screen

    def __enter__(self) -> "TrainingBar":
        from tqdm import tqdm

        self.bar = tqdm(file=self.screen, unit="img", unit_scale=True, dynamic_ncols=True, disable=None, leave=False)
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.close()

    def __call__(self, report: Report) -> None:
        match report:
            case Preparing(what, fraction):
                self.bar.set_description_str(f"{what} {fraction:.0%}")
            case Started():
                self.n_train, self.steps = report.n_train, report.steps_per_epoch
                self.bar.reset(total=report.epochs * report.n_train)
                self.bar.n = (report.first_epoch - 1) * report.n_train
                self.bar.set_description_str(report.device)
            case StepsDone(epoch, step):
                images = (epoch - 1 + step / self.steps) * self.n_train
                self.bar.update(int(images) - self.bar.n)
            case EpochDone():
                line = f"epoch {report.epoch}: loss {report.loss:.4f}, val_loss {report.val_loss:.4f}, "
                self.bar.write(
                    f"{line}accuracy {report.accuracy:.4f}, val_accuracy {report.val_accuracy:.4f}", self.screen
                )
                self.screen.flush()
