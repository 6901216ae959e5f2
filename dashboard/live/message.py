"""What a page is told of a run since it last heard of it: numbers for its curves, and the words around them."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core.fit.rules import Verdict
from core.runs import changes
from core.runs.history import History, Place
from core.runs.run import Run
from core.runs.windows import Windows
from dashboard.charts import curves, learning_rate, memorisation
from dashboard.charts.parts import marker_size
from dashboard.live import by_heart, state_words, verdict_words
from dashboard.live.cards import cards
from dashboard.live.flags import flags
from dashboard.words import _

Judge = Callable[[Run, str, History], Verdict | None]
CURVES = ("loss", "accuracy")
COLUMNS = ("epoch", "loss", "val_loss", "accuracy", "val_accuracy", "learning_rate")


def phase(run: Run, state: str, history: History) -> str:
    """What a page shows of a run: "waiting" before its first point, "curves" while it goes on, "ended" afterwards.

    Only when this changes does a page have to be drawn anew by the server.
    """
    if not state_words.at_work(run, state):
        return "ended"
    return "curves" if history.trace.x or history.epochs else "waiting"


def message(
    run: Run, state: str, history: History, since: Place, judge: Judge = verdict_words.said
) -> tuple[Place, dict[str, Any]]:
    """What is new after a place, and the place it leads to. Said in the language of the moment (`words.speaking`).

    judge   gives the verdict that is told

    The message:

    steps   of each curve what changed of the windows of its steps, see core/runs/windows.py
    charts  of each curve what else moves in it; like the verdict and the figures, left out until an epoch ends
    """
    news = history.news(since)
    told: dict[str, Any] = {"place": str(news.place), "anew": news.anew, "phase": phase(run, state, history)}
    if news.epochs or news.anew:
        told["epochs"] = {name: [epoch[name] for epoch in news.epochs] for name in COLUMNS}
        told["epochs"] |= by_heart.columns(run, news.epochs)
    if news.windows["loss"].x:
        told["steps"] = {name: _rounded(news.windows[name]) for name in CURVES}
    told |= head(run, state, history)
    if news.epochs or news.anew or len(history.epochs) < 2:
        said = judge(run, state, history)
        told |= {**verdict(said, history), "charts": _charts(run, said, history)}
    return news.place, told


def head(run: Run, state: str, history: History) -> dict[str, Any]:
    """What stands above the curves: state, progress, what is done before the first step."""
    colour, icon = state_words.BADGES[state]
    return {
        "head": {
            "state": state_words.state_word(state),
            "colour": colour,
            "icon": icon,
            "progress": state_words.progress(run, state, history),
            "share": state_words.share_done(run, state, history),
        },
        "preparing": state_words.preparing(state, history),
    }


def verdict(said: Verdict | None, history: History) -> dict[str, Any]:
    """What stands below them: the verdict and the figures."""
    note = verdict_words.note(said)
    return {"note": asdict(note) if note else None, "cards": [asdict(card) for card in cards(history)]}


def encoded(told: dict[str, Any]) -> bytes:
    """As JSON without a gap; what is no number, as a loss that has left all bounds, becomes null."""
    try:
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(told), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _charts(run: Run, said: Verdict | None, history: History) -> dict[str, Any]:
    patience = changes.patience(run.config, history)
    titles = {"loss": verdict_words.loss_title(said), "accuracy": verdict_words.accuracy_title(said)}
    size, seen = marker_size(len(history.epochs)), said.epochs if said else None
    raised = flags(history)
    told = {
        name: {"title": titles[name], "marker": size, **curves.movable(history, name, _, patience, seen, raised)}
        for name in CURVES
    }
    if learning_rate.moves(run.config):
        told["learning_rate"] = {"marker": size, **learning_rate.movable(run.config, history, _)}
    if found := by_heart.shares(run):
        shares = found.until(len(history.epochs))
        told[by_heart.CHART] = {
            "title": by_heart.title(shares),
            "marker": size,
            **memorisation.movable(shares, history, _),
        }
    return told


def _rounded(windows: Windows) -> dict[str, Any]:
    """As they are drawn: more digits than a screen has pixels are not worth sending."""
    lines = {name: [float(f"{one:.4g}") for one in getattr(windows, name)] for name in ("mean", "low", "high")}
    return {"first": windows.first, "x": [round(one, 4) for one in windows.x], **lines}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
