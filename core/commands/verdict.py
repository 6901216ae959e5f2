"""The command `python -m core verdict`: what kind of fit a run or a table of curves shows, and why."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.commands.output import as_json
from core.errors import RunError, SettingError
from core.fit import curves
from core.fit.advice import suggestion
from core.fit.confidence import weighed
from core.fit.rules import MEANINGS, Verdict
from core.fit.verdict import verdict as judge
from core.recipe.setting import as_text
from core.runs.store import RunStore


def add_to(command: Any) -> None:
    """Adds the command to the parser; `command` makes one of a function and a name."""
    one = command(verdict, "verdict")
    one.add_argument("run", metavar="RUN", nargs="?", help="the id of a run, or latest")
    one.add_argument("--history", metavar="FILE", type=Path, help=f"a CSV file instead: {','.join(curves.COLUMNS)}")
    one.add_argument(
        "--label-noise", metavar="SHARE", type=float, default=0.0, help="of its training labels that are wrong, 0 to 1"
    )
    one.add_argument("--json", action="store_true", help="one JSON object")


def verdict(chosen: argparse.Namespace) -> int:
    """Says what kind of fit the curves of a run show, or those of a file."""
    if (chosen.run is None) == (chosen.history is None):
        raise SettingError("Name a run, or a file with --history; not both.")
    if not 0 <= chosen.label_noise <= 1:
        raise SettingError("--label-noise is a share from 0 to 1, not {value:g}.", value=chosen.label_noise)
    told = _of_file(chosen) if chosen.history else _of_run(chosen)
    if chosen.json:
        print(as_json(told))
    else:
        print("\n".join(_lines(told)))
    return 0


def _of_file(chosen: argparse.Namespace) -> dict[str, Any]:
    shown = curves.read(chosen.history, chosen.label_noise)
    found = weighed(judge(shown), shown)
    return {"history": str(chosen.history), **numbers(found), "suggestion": None}  # without a recipe, nothing to change


def _of_run(chosen: argparse.Namespace) -> dict[str, Any]:
    run = RunStore().get(chosen.run)
    if chosen.label_noise:
        raise SettingError("--label-noise is for files; the recipe of run {run} says its own.", run=run.id)
    shown = curves.of(run)
    if shown is None:
        raise RunError("Run {run} has no epoch yet; ask again when it has three.", run=run.id)
    found = weighed(judge(shown), shown)
    change = suggestion(found.finding, run.config) if found else None
    return {"run_id": run.id, **numbers(found), "suggestion": asdict(change) if change else None}


def numbers(verdict: Verdict | None) -> dict[str, Any]:
    """As JSON can hold it; everything None while it is too early to say."""
    if verdict is None:
        return dict.fromkeys(("verdict", "rule", "epochs", "evidence", "confidence", "otherwise"))
    return {
        "verdict": verdict.finding,
        "rule": verdict.rule,
        "epochs": list(verdict.epochs),
        "evidence": {name: float(f"{value:.4g}") for name, value in verdict.evidence.items()},
        "confidence": round(verdict.confidence, 2),
        "otherwise": verdict.otherwise,
    }


def _lines(told: dict[str, Any]) -> list[str]:
    of = f"run {told['run_id']}" if "run_id" in told else told["history"]
    if told["verdict"] is None:
        return [f"{of}: too early to say; three epochs are needed"]
    first, last = told["epochs"]
    numbers = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in told["evidence"].items())
    change = told["suggestion"]
    lines = [
        f"{of}: {told['verdict'].replace('_', ' ')}",
        f"  {MEANINGS[told['verdict']]}",
        f"  rule {told['rule']}, epochs {first} to {last}, confidence {told['confidence']:g}"
        + (f", otherwise {told['otherwise'].replace('_', ' ')}" if told["otherwise"] else ""),
        f"  {numbers}",
    ]
    return [*lines, f"  try {change['setting']}={as_text(change['value'])}"] if change else lines
