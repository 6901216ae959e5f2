"""The command `python -m core export RUN`: a trained network in every form, each tried before it is offered."""

import argparse
import json
import os
import shutil
from pathlib import Path
from typing import Any

from core.commands.bar import json_options, telling
from core.commands.output import as_json
from core.export.offered import ZIP, Export, Form
from core.files import write_whole
from core.runs.store import RunStore


def add_to(command: Any) -> None:
    """Adds the command to the parser; `command` makes one of a function and a name."""
    one = command(export, "export")
    one.add_argument("run", metavar="RUN", help="the id of a run, or latest")
    one.add_argument("--epoch", type=int, metavar="N", help="the network after that epoch, of those that were kept")
    one.add_argument("--to", type=Path, metavar="FILE", help="copies the zip there")
    one.add_argument(
        "--with-images", action="store_true", help="the run's images too, however many, where none can be downloaded"
    )
    json_options(one)


def export(chosen: argparse.Namespace) -> int:
    """Puts a network into a zip: .keras, LiteRT, ONNX, weights, and scripts that use it and train it again."""
    from core.export.package import export as write  # late: it reads what Keras needs

    run = RunStore().get(chosen.run)
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # the GPU is for training
    with telling(chosen) as progress:
        made = write(run, progress, chosen.with_images, chosen.epoch)
    path = run.folder / ZIP
    if chosen.to:
        with open(path, "rb") as source:
            write_whole(chosen.to, lambda file: shutil.copyfileobj(source, file))
        path = chosen.to
    if chosen.lines:
        print(json.dumps({"result": {"run": run.id}}), flush=True)
    elif chosen.json:
        print(as_json({"zip": str(path), **made.as_dict()}))
    else:
        print("\n".join(_lines(made, path)))
    return 0


def _lines(export: Export, path: Path) -> list[str]:
    return [*(f"{form.file:20} {_told(form)}" for form in export.forms), f"{path}, {export.size / 1e6:.1f} MB"]


def _told(form: Form) -> str:
    if not form.offered:
        return f"left out: {form.reason}"
    if form.accuracy is not None:
        return f"{form.accuracy:.2%} right instead of {form.keras_accuracy:.2%}, n = {form.n:,}"
    if form.difference is None:
        return "its images and its number of weights are the run's"
    return f"agrees with Keras to {form.difference:.1e}, n = {form.n:,}"
