"""How a run stands, in words: its state and how far it is."""

import functools
import time

from core.errors import FitscopeError
from core.experiments.expected import foretold
from core.recipe.config import TrainingConfig
from core.runs import cost, turns
from core.runs.history import History
from core.runs.run import ACTIVE, Run
from core.runs.store import RunStore
from dashboard import resources
from dashboard.server.engine import at_once
from dashboard.words import _, duration, number, percent, plural, size

KNOWN_SECONDS = 10.0  # so long what is expected of a recipe is believed
BADGES = {
    "queued": ("blue", "hourglass_top"),
    "starting": ("blue", "sync"),
    "running": ("blue", "play_arrow"),
    "finished": ("green", "check"),
    "stopped": ("gray", "stop"),
    "failed": ("red", "error"),
    "lost": ("orange", "link_off"),
    "damaged": ("red", "broken_image"),
}
"""State -> colour of its badge, and the name of its icon among Material's."""


def at_work(run: Run, state: str) -> bool:
    """Whether more is to come: it waits, trains, or its worker still tests the network of a stopped training."""
    if state in ACTIVE:
        return True
    return run.process_alive and run.status is not None and not run.status.result


def state_word(state: str) -> str:
    """The state in the viewer's language."""
    words = {
        "queued": _("queued"),
        "starting": _("starting"),
        "running": _("running"),
        "finished": _("finished"),
        "stopped": _("stopped"),
        "failed": _("failed"),
        "lost": _("lost"),
        "damaged": _("damaged"),
    }
    return words[state]


def progress(run: Run, state: str, history: History) -> str:
    """The place in the queue, or epochs done, pace, time left and device."""
    total = epochs(run, history)
    if state == "queued":
        return _place_in_queue(run)
    parts = []
    if state == "running" and history.start:
        epoch = min(total, int(history.position) + 1)
        parts.append(_("epoch {epoch} of {total}", epoch=epoch, total=total))
        if history.position >= total:
            parts = [_("testing the network")]
        elif history.images_per_second:
            parts.append(_("{rate} images/s", rate=number(history.images_per_second)))
            parts += _time_left(history, total)
            parts += _used(history)
    elif history.epochs:
        if not history.start.get("at_once"):
            parts.append(plural(total, "{epoch} of {n} epoch", "{epoch} of {n} epochs", epoch=len(history.epochs)))
        parts.append(duration(sum(history.column("seconds"))))
    if history.start:
        parts.append(history.start["device"])
    return " · ".join(parts)


def brief(run: Run, state: str, history: History) -> str:
    """The same as short as it can be: 3/12, or its place in the queue."""
    if state == "queued":
        waiting = resources.waiting()
        return _("place {place}", place=waiting.index(run.id) + 1) if run.id in waiting else ""
    done = min(epochs(run, history), int(history.position) + (state == "running"))
    return f"{done}/{epochs(run, history)}"


def share_done(run: Run, state: str, history: History) -> float | None:
    """How much of its epochs is trained, 0..1; None while it does not train."""
    return min(1.0, history.position / epochs(run, history)) if state in ("starting", "running") else None


def preparing(state: str, history: History) -> tuple[str, float] | None:
    """What is done before the first step, in words, and the share that is done, 0..1."""
    if not history.preparing or state not in ACTIVE:
        return None
    what, fraction = history.preparing
    return f"{_(what)} · {percent(fraction, 0)}", min(1.0, fraction)


def epochs(run: Run, history: History) -> int:
    """How many epochs it is to have."""
    return history.start.get("epochs") or run.config.epochs


def _used(history: History) -> list[str]:
    """What its worker asks of the machine in the last epochs; of one that an earlier version began nothing."""
    used = cost.used(history, last=3)
    return used_words(used) if used else []


def used_words(used: cost.Used) -> list[str]:
    """Processor and memory, each in its unit."""
    words = [_("{cores} cores", cores=number(used.cores, 1)), _("{size} of memory", size=size(used.memory))]
    return words + ([_("{size} on the GPU", size=size(used.gpu_memory))] if used.gpu_memory else [])


def _time_left(history: History, total: int) -> list[str]:
    """From the epochs so far, scoring included; before the first is complete nothing is claimed."""
    if not history.epochs:
        return []
    recent = history.column("seconds")[-5:]
    left = (total - history.position) * sum(recent) / len(recent)
    return [_("{time} left", time=duration(left))]


def _place_in_queue(run: Run) -> str:
    if not turns.may_begin(run):
        return _("waits until the teacher lets the queue go on")
    waiting = resources.waiting()
    place = waiting.index(run.id) + 1 if run.id in waiting else 1
    words = _("next in the queue") if place == 1 else _("place {place} in the queue", place=place)
    wait = _waits(resources.store(), int(time.monotonic())).get(run.id)
    return f"{words} · {_('begins in about {time}', time=duration(wait))}" if wait else words


@functools.lru_cache(2)
def _waits(store: RunStore, _second: int) -> dict[str, float | None]:
    """id of a queued run -> seconds until it begins; looked at once a second for all who wait."""
    queue = [Run(store.folder / name) for name in resources.waiting()]
    at_work = [Run(store.folder / row.id) for row in resources.rows().values() if row.state in ("starting", "running")]
    seconds = turns.expected_waits(queue, at_work, _at_once, _foretold)
    return dict(zip((run.id for run in queue), seconds, strict=True))


def _foretold(run: Run) -> cost.Foretold | None:
    """What was expected of it when it was begun, else by now: at the first trainings of a class nobody knew."""
    known, recipe = cost.foretold(run), resources.recipe(run)
    return known or (_by_now(resources.store(), recipe, int(time.monotonic() / KNOWN_SECONDS)) if recipe else None)


@functools.lru_cache(64)
def _by_now(store: RunStore, recipe: TrainingConfig, _turn: int) -> cost.Foretold | None:
    """Thirty who wait have few recipes between them."""
    try:
        return foretold(store, recipe)
    except FitscopeError:  # its network cannot be built: whoever trains it is told
        return None


def _at_once(run: Run) -> int:
    recipe = resources.recipe(run)
    return at_once(recipe) if recipe else 1
