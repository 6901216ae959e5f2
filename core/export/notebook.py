"""The cells of a script -> a Jupyter notebook, format 4."""

import json
from collections.abc import Sequence
from typing import Any

from core.export.reproduce import Cell


def notebook(cells: Sequence[Cell]) -> str:
    """The JSON of a notebook that has not been run: prose and code of each cell, in the same order."""
    written: list[dict[str, Any]] = []
    for number, cell in enumerate(one for one in cells if one.place in ("both", "notebook")):
        prose = "\n\n".join(part for part in (f"## {cell.title}" if cell.title else "", cell.about) if part)
        if prose:
            written.append({"cell_type": "markdown", "id": f"prose-{number}", "metadata": {}, "source": _lines(prose)})
        code = _lines(cell.code.strip("\n"))
        one = {"cell_type": "code", "id": f"code-{number}", "metadata": {}, "source": code}
        written.append({**one, "execution_count": None, "outputs": []})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": written}, indent=1) + "\n"


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
