"""The command `python -m core lessons`: lists them, or trains them and asks whether each shows what it promises."""

import argparse
import dataclasses
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from core.commands.output import as_json, table
from core.commands.train import quiet
from core.data import cache
from core.data.catalogue import dataset
from core.errors import FitscopeError
from core.lessons import recording
from core.lessons.lesson import Lesson, lessons
from core.plugins import pick
from core.runs.run import Run
from core.runs.store import RunStore

OWN = -1  # instead of a seed: that of the lesson's settings


def add_to(command: Any) -> None:
    """Adds the command to the parser; `command` makes one of a function and a name."""
    one = command(all_lessons, "lessons")
    one.add_argument("names", metavar="NAME", nargs="*", help="only these; all without one")
    one.add_argument("--check", action="store_true", help="train each and ask whether it shows what it promises")
    one.add_argument("--seeds", metavar="N", type=int, default=1, help="so many seeds of each, 0, 1, 2 …")
    one.add_argument("--jobs", metavar="N", type=int, default=1, help="so many at a time, each in a process of its own")
    one.add_argument(
        "--record", action="store_true", help="train each with its own seed and keep what was seen, to show again"
    )
    one.add_argument("--json", action="store_true", help="one JSON array, or one object for each lesson and seed")


def all_lessons(chosen: argparse.Namespace) -> int:
    """Lists the lessons, or trains them and asks whether each shows what it promises."""
    known = lessons()
    wanted = [pick("lesson", name, known) for name in chosen.names] or list(known.values())
    if not (chosen.check or chosen.record):
        table([_row(lesson) for lesson in wanted], chosen.json)
        return 0
    broken, seeds = 0, [OWN] if chosen.record else range(max(1, chosen.seeds))
    for told in _checked([(lesson.name, seed) for lesson in wanted for seed in seeds], chosen.jobs):
        print(as_json(told) if chosen.json else _line(told), flush=True)
        broken += told["kept"] is False
    return 1 if broken else 0


def _checked(wanted: Sequence[tuple[str, int]], jobs: int) -> Iterator[dict[str, Any]]:
    """What is told of each lesson and seed, in their order.

    Small networks leave a second core half idle.
    """
    if jobs <= 1:
        yield from map(_check, wanted)
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:  # TensorFlow bears no fork
        yield from pool.map(_check, wanted)


def _row(lesson: Lesson) -> dict[str, Any]:
    recipe = lesson.recipe
    return {
        "name": lesson.name,
        "topic": lesson.topic,
        "title": lesson.title,
        "runs": len(lesson.recipes),
        "seconds": lesson.seconds,
        "dataset": recipe.dataset,
        "available": cache.available(dataset(recipe.dataset)),
    }


def _check(wanted: tuple[str, int]) -> dict[str, Any]:
    """Trains the lesson's recipes with a seed; `kept` is None where its images are not on this machine.

    With the seed OWN, that of its settings, what was seen is recorded, if it is what the lesson promises.
    """
    with quiet(Path(os.devnull)):
        return _trained_and_asked(lessons()[wanted[0]], wanted[1])


def _trained_and_asked(lesson: Lesson, seed: int) -> dict[str, Any]:
    told: dict[str, Any] = {"lesson": lesson.name, "seed": seed, "kept": None, "seconds": 0.0, "promises": []}
    absent = {recipe.dataset for recipe in lesson.recipes if not cache.available(dataset(recipe.dataset))}
    if absent:
        return {**told, "reason": f"not on this machine: {', '.join(sorted(absent))}"}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        wanted = [recipe if seed == OWN else dataclasses.replace(recipe, seed=seed) for recipe in lesson.recipes]
        runs = [_trained(store, recipe) for recipe in wanted]
        told["seconds"] = round(time.perf_counter() - began, 1)
        told["promises"] = [_asked(promise, runs) for promise in lesson.promised]
        told["kept"] = all(promise["kept"] for promise in told["promises"])
        if seed == OWN and told["kept"]:
            recording.record(lesson.name, runs, [promise.ask(runs) for promise in lesson.promised])
    return told


def _trained(store: RunStore, recipe: Any) -> Run:
    from core.training.worker import work  # late: Keras

    run = store.create(recipe, queue=False)
    work(run)  # one that fails shows something too: it may have diverged
    return run


def _asked(promise: Any, runs: list[Run]) -> dict[str, Any]:
    try:
        answer = promise.ask(runs)
    except FitscopeError as error:
        return {"kept": False, "says": str(error)}
    return {"kept": answer.kept, "says": str(answer)}


def _line(told: dict[str, Any]) -> str:
    word = {True: "kept", False: "BROKEN", None: "skipped"}[told["kept"]]
    head = f"{told['lesson']} seed {told['seed']}: {word} in {told['seconds']} s"
    if "reason" in told:
        return f"{head} ({told['reason']})"
    return "\n".join([head, *(f"  {'+' if one['kept'] else '-'} {one['says']}" for one in told["promises"])])
