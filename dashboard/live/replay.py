"""A training that has ended, told once more: all its messages at once, each with the second at which it came.

The browser plays them, with a clock of its own, to whatever hears the news of a run (`widgets/live.js`).
"""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.files import read_json_lines
from core.fit import curves
from core.fit.confidence import weighed
from core.fit.rules import Verdict
from core.fit.verdict import Opinion, verdict
from core.runs.history import History, Place
from core.runs.run import Run
from dashboard.live.message import encoded, message
from dashboard.words import _, speaking

MOST = 250  # messages of one run: at 10 times the pace a run of five minutes has eight a second
TELLING = ("started", "steps", "epoch", "changed")


def begun(run: Run) -> History:
    """The curves of a run before its first step: what a chart that is to grow begins with."""
    history = History(run.folder / "events.jsonl")
    for event in _events(run):
        if event["event"] == "started":
            history.hear(event)
            break
    return history


def head() -> dict[str, Any]:
    """What stands above its curves before the first second."""
    return {"state": _("recording"), "colour": "gray", "icon": "smart_display", "progress": "", "share": None}


@functools.lru_cache(maxsize=40)
def told(folders: tuple[tuple[Path, int], ...], language: str) -> bytes:
    """{"length": seconds, "frames": [{"at": seconds, …}, …]} as JSON, of one run or of several side by side.

    folders  of the runs, each with the time of its events
    """
    with speaking(language):
        parts = [_frames(Run(folder)) for folder, _changed in folders]
    if len(parts) == 1:
        frames = parts[0]
    else:
        every = [(one, at) for at, part in enumerate(parts) for one in part]
        frames = [{"at": one["at"], "runs": {at: one}} for one, at in sorted(every, key=lambda pair: pair[0]["at"])]
    return encoded({"length": max((one["at"] for one in frames), default=0.0), "frames": frames})


def _frames(run: Run) -> list[dict[str, Any]]:
    """Each message, with the second at which it came; the last is everything, with the verdict at the end."""
    events, history, opinion, place = _events(run), History(run.folder / "events.jsonl"), Opinion(), Place()
    times = _seconds(events)
    gap, sent = (times[-1] if times else 0.0) / MOST, -1.0
    recipe = run.config

    def heard(_run: Run, _state: str, history: History) -> Verdict | None:
        shown = curves.of_history(history, recipe.label_noise, False)
        return weighed(opinion.hear(shown), shown) if shown else None

    def at_the_end(run: Run, _state: str, history: History) -> Verdict | None:
        shown = curves.of_history(history, recipe.label_noise, run.diverged)
        return weighed(verdict(shown), shown) if shown else None

    frames = []
    for event, at in zip(events[:-1], times[:-1], strict=True):
        history.hear(event)
        if at - sent >= gap:
            place, words = message(run, "running", history, place, heard)
            frames.append(_as_recorded(words, at))
            sent = at
    for event in events[-1:]:
        history.hear(event)
    if events:
        _place, words = message(run, run.state, history, Place(), at_the_end)
        frames.append(_as_recorded(words, times[-1]))
    return frames


def _as_recorded(words: dict[str, Any], at: float) -> dict[str, Any]:
    """Never to be taken for a training that goes on now."""
    told = {key: value for key, value in words["head"].items() if key in ("progress", "share")}
    return {**words, "at": round(at, 2), "phase": "curves", "head": {**head(), **told}, "preparing": None}


def _events(run: Run) -> list[dict[str, Any]]:
    """From the first start on, those with a time."""
    kept = [
        event
        for event in read_json_lines(run.folder / "events.jsonl")
        if event.get("event") in TELLING and isinstance(event.get("at"), int | float)
    ]
    first = next((place for place, event in enumerate(kept) if event["event"] == "started"), len(kept))
    return kept[first:]


def _seconds(events: Sequence[dict[str, Any]]) -> list[float]:
    """When each came, from the first on; left out is the time between a stop and going on, and until its first step."""
    seconds, total = [], 0.0
    for before, event in zip([None, *events], events, strict=False):
        if before and "started" not in (before["event"], event["event"]):
            total += max(0.0, event["at"] - before["at"])
        seconds.append(total)
    return seconds


def of_runs(runs: Sequence[Run], language: str) -> bytes:
    """The same of runs as they are now; what was told before is kept."""
    return told(tuple((run.folder, _changed(run)) for run in runs), language)


def _changed(run: Run) -> int:
    try:
        return (run.folder / "events.jsonl").stat().st_mtime_ns
    except OSError:
        return 0
