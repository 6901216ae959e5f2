"""What Label Studio exports as JSON, whole or "MIN": pictures by their address there, and the class somebody chose."""

import json
import re
from typing import Any
from urllib.parse import unquote

HEADER = ["image", "choice"]
LOCAL = re.compile(r".*[?&]d=")  # before the path of a file that Label Studio found on its own machine


def rows_of(content: bytes) -> list[list[str]]:
    """A table with HEADER for its first row; empty where this is no such export.

    A picture with several classes, or none, or whose annotation was cancelled, is not in it.
    """
    try:
        tasks = json.loads(content)
    except ValueError:
        return []
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        return []
    labelled = [(_picture(task), _choice(task)) for task in tasks]
    return [HEADER, *([picture, choice] for picture, choice in labelled if picture and choice)] if labelled else []


def path_of(address: str) -> str:
    """/data/upload/1/a.jpg, or /data/local-files/?d=cats/a.jpg, as a path."""
    return unquote(LOCAL.sub("", address.strip())).replace("\\", "/").lstrip("/")


def _picture(task: dict[str, Any]) -> str:
    held = task.get("data") if isinstance(task.get("data"), dict) else task
    addresses = [value for value in held.values() if isinstance(value, str) and "/" in value]  # type: ignore[union-attr]
    return addresses[0] if addresses else ""


def _choice(task: dict[str, Any]) -> str:
    if "annotations" not in task:
        choice = task.get("choice")
        return choice if isinstance(choice, str) else ""
    for annotation in task["annotations"]:
        if not annotation.get("was_cancelled"):
            chosen = [one["value"]["choices"] for one in annotation.get("result", []) if one.get("type") == "choices"]
            return chosen[0][0] if len(chosen) == 1 and len(chosen[0]) == 1 else ""
    return ""
