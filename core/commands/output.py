"""How commands answer: tables for people, JSON for programs, complaints in one line."""

import json
import sys
from typing import Any


def as_json(value: Any) -> str:
    """One line of JSON. A console that lacks a letter gets it escaped: "?" would make two classes one."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    return json.dumps(value, ensure_ascii=plain, allow_nan=False)


def table(rows: list[dict[str, Any]], in_json: bool, empty: str = "") -> None:
    """One line for each row, or one JSON array; `empty` is said where there are none."""
    if in_json:
        print(as_json(rows))
        return
    if not rows:
        print(empty)
        return
    texts = [{name: _short(value) for name, value in row.items() if not isinstance(value, dict)} for row in rows]
    widths = {name: max(len(name), *(len(row[name]) for row in texts)) for name in texts[0]}
    for row in [{name: name for name in widths}, *texts]:
        print("  ".join(row[name].ljust(width) for name, width in widths.items()).rstrip())


def complain(text: str) -> None:
    """One line on the error output, whatever was typed."""
    print("fitscope:", " ".join(text.split()), file=sys.stderr)


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
