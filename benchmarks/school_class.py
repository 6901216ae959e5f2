"""Forty pupils in one class, bounded in time: they join, train, watch, answer and give ten pictures each.

They speak the protocol of browsers (`school_class_pupil.py`), in a process of their own; the teacher's part is done
here, through `core`, as the pages do it, with the board of the class open all the while. Each follows the news of its
own run. Each tries to stop, resume and take away a neighbour's run, while that trains and after, and looks whether
anything is another than before. Afterwards it is counted whether anything is lost.

FITSCOPE_PUPILS (40) says how many.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from benchmarks.school_class_board import Board
from benchmarks.school_class_pupil import EPOCHS
from benchmarks.server import ROOT, OpenClass, open_class
from core.classwork import collecting, giving, question
from core.people import classroom
from core.runs.run import ENDED
from core.runs.store import RunStore

PUPILS = int(os.environ.get("FITSCOPE_PUPILS", "40"))
PICTURES = 10  # of each
PATIENCE = 1200  # seconds
MEGA = 1e6


def rows() -> Iterator[dict]:
    with tempfile.TemporaryDirectory() as name:
        runs, data = Path(name) / "runs", Path(name) / "data"
        os.environ |= {"FITSCOPE_RUNS": str(runs), "FITSCOPE_DATA": str(data)}
        with open_class(runs, data) as opened:
            yield from _lesson(opened)


def _lesson(opened: OpenClass) -> Iterator[dict]:
    room = classroom.home()
    collecting.begin(room, "Signs", ["left", "right"], size=32, ways=["files"])
    asked = question.ask(room, question.Draft("Which?", ("this", "that"), right=0))
    watched, board = _Watched(opened), Board(opened)
    words = [sys.executable, "-m", "benchmarks.school_class_pupil", opened.address, opened.room, str(PUPILS)]
    with watched, board, subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as pupils:
        seen = json.loads(_output(pupils))
        board.hear(one["run"] for one in seen)
    people = {person.name: person.id for person in room.people() if not person.teacher}
    store = RunStore(opened.runs)
    ended = {run.meta.owner: run.id for run in store.all() if run.state == "finished"}
    collection = collecting.current(room)
    assert collection
    given = Counter(picture.giver for picture in giving.every(collection))
    lost = {
        "people": PUPILS - len(people),
        "runs": PUPILS - sum(ended.get(people[one["name"]]) == one["run"] for one in seen if one["name"] in people),
        "answers": PUPILS - len(question.answers(room, asked)),
        "pictures": PUPILS * PICTURES - sum(min(given[person], PICTURES) for person in people.values()),
        "news of an epoch": sum(EPOCHS - len(one["told"]) for one in seen),
        "cards on the board": PUPILS - len(board.ended),
    }
    still = [run.id for run in store.all() if run.state not in ENDED]
    assert not still, still
    refused = sum(one["refused"] for one in seen)
    tried = sum(one["tried"] for one in seen)
    yield _row("lost of what they joined with, trained, answered and gave", sum(lost.values()), "", str(lost))
    yield _row("attempts to change what is a neighbour's that were let through", tried - refused, "", f"of {tried}")
    changed = [said for one in seen for said in one["changed"]]
    yield _row(
        "of these runs, what was another after the attempts than before", len(changed), "", str(changed[:3] or "")
    )
    yield from _news(store, seen, board)
    for name, field, unit in (
        ("joining, 95 % within", "joined", "ms"),
        ("the first page is there, 95 % within", "opened", "ms"),
        ("an answer is kept, 95 % within", "answered", "ms"),
        (f"{PICTURES} pictures are given, 95 % within", "gave", "ms"),
        ("what the teacher wants is heard while all train, 95 % within", "asked", "ms"),
    ):
        yield _times(name, [seconds for one in seen for seconds in one[field]], unit)
    took = max(one["ended"] for one in seen) - min(one["began"] for one in seen)
    yield _row(
        "digit runs of 3 epochs, one of each, all have ended after", round(took / 60, 2), "min", f"{PUPILS} runs"
    )
    yield _row("memory of the server, at most", round(watched.memory), "MB", f"CPU {watched.cpu:.0f} s of the server")


def _output(pupils: subprocess.Popen) -> str:
    """What they print; they are ended where it takes too long."""
    try:
        output, _ = pupils.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        pupils.kill()
        raise
    return output


def _news(store: RunStore, seen: list[dict], board: Board) -> Iterator[dict]:
    """How long after it was written what happens is heard: on the page of a run, and on the board."""
    late, late_on_board = [], []
    for one in seen:
        run = store.get(one["run"])
        written = {str(epoch["epoch"]): epoch["at"] for epoch in run.history.epochs}
        late += [at - written[epoch] for epoch, at in one["told"].items()]
        end = (run.folder / "status.json").stat().st_mtime
        late_on_board += [board.ended[run.id] - end] if run.id in board.ended else []
    yield _times("an epoch is told on the page of its run, 95 % within", late, "ms")
    yield _times("the end of a run is told on the teacher's board, 95 % within", late_on_board, "ms")
    messages = sum(one["messages"] for one in seen)
    yield _row("messages on the board while all train", board.messages, "", f"{messages} on the pages of the runs")


def _times(name: str, seconds: list[float], unit: str) -> dict:
    times = [1e3 * one for one in seconds]
    told = f"median {np.median(times):.0f}, longest {max(times):.0f}; n = {len(times)}"
    return _row(name, round(float(np.percentile(times, 95))), unit, told)


class _Watched:
    """The memory (MB) and the CPU (s) of the server while pupils are there."""

    def __init__(self, opened: OpenClass):
        self._process = _server(opened.address.rpartition(":")[2])
        self.memory = self.cpu = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "_Watched":
        self._before = _cpu(self._process)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()
        self.cpu = _cpu(self._process) - self._before

    def _look(self) -> None:
        while not self._over.wait(0.5):
            self.memory = max(self.memory, self._process.memory_info().rss / MEGA)


def _server(port: str) -> psutil.Process:
    """The process that listens there."""
    return next(
        psutil.Process(link.pid)
        for link in psutil.net_connections("tcp")
        if link.pid and link.status == psutil.CONN_LISTEN and link.laddr.port == int(port)
    )


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _row(name: str, ours: float, unit: str, spread: str) -> dict:
    return {
        "name": f"A class of {PUPILS}: {name}",
        "ours": ours,
        "peer": None,
        "unit": unit,
        "ratio": None,
        "spread": spread,
        "command": "python -m benchmarks school_class",
    }
