"""Looks into networks in a process of its own: `python -m core.inside.process` answers questions on its stdin.

Explanations need gradients and past epochs, so Keras, which the web server never imports (it would take 550 MB and
slow every page). Arrays come back through a file: a line of text is no place for a megabyte. It leaves when its stdin
closes. `core.inside.client` asks.
"""

import gc
import json
import os
import signal
import sys
import traceback
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from core.errors import FitscopeError, RunError
from core.files import read_arrays, writing_to
from core.inside import weights
from core.inside.converted import make
from core.inside.explanation import Explained, explanation
from core.inside.features import FEATURES
from core.processes.lean import lean
from core.processes.running import stand_back
from core.runs import checkpoints
from core.runs.run import Run

if TYPE_CHECKING:
    import keras

NETWORKS = 4  # kept: two epochs side by side of two runs
MOST_MEMORY = 2 * 10**9  # bytes; with more it leaves after its answer, and the next question starts another


def main() -> None:
    """Imports Keras, says it is ready, then obeys JSON lines.

    {"id", "explain": {"run": folder, "epoch": number or null, "explanation": name, "images": .npz or null,
    "options": {…}, "answer": where to write}} -> {"id", "leaving", "file", "facts"} or {"id", "leaving",
    "error": template, "values"}; and {"id", "convert": {"run": folder, "epoch": number}}, answered without a file
    """
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # the GPU's memory is for training
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the dashboard, which closes the pipe
    stand_back()
    with lean():
        import keras  # noqa: F401  imported early: seconds that the first question need not wait for

    gc.freeze()  # what Keras and TensorFlow brought along stays: looked through again, a collection takes 0.2 s
    _answer({"ready": True})
    known = Networks()
    for line in sys.stdin:
        order = json.loads(line)
        if "explain" in order or "convert" in order:
            answer = answered(order["explain"], known) if "explain" in order else converted(order["convert"], known)
            full = psutil.Process().memory_info().rss > MOST_MEMORY
            _answer({"id": order.get("id"), "leaving": full, **answer})
            if full:
                return


class Networks:
    """The networks last looked into."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, int], keras.Model] = OrderedDict()

    def get(self, run: Run, epoch: int) -> "keras.Model":
        """The network of an epoch, from memory where it is one of the last; raises RunError."""
        key = (str(run.folder), epoch, checkpoints.changed(run.checkpoints, epoch))  # a resumed training repeats some
        if key not in self._kept:
            self._kept[key] = weights.network(run, epoch)
            if len(self._kept) > NETWORKS:
                self._kept.popitem(last=False)
                gc.collect()  # layers refer to each other in circles, which would wait for a later collection
        self._kept.move_to_end(key)
        return self._kept[key]


def answered(question: dict[str, Any], networks: Networks) -> dict[str, Any]:
    """What an explanation finds, its arrays written to a file; or why there is no answer."""

    def explain() -> dict[str, Any]:
        explained = _explain(question, networks)
        with writing_to(Path(question["answer"])):
            np.savez(question["answer"], **explained.arrays)  # type: ignore[arg-type]
        return {"file": question["answer"], "facts": dict(explained.facts)}

    return _tried(explain)


def converted(question: dict[str, Any], networks: Networks) -> dict[str, Any]:
    """Nothing, once the network of an epoch is written for those who ask it without Keras; or why it is not."""
    run, epoch = Run(Path(question["run"])), question["epoch"]

    def convert() -> dict[str, Any]:
        make(run, epoch, networks.get(run, epoch))
        return {}

    return _tried(convert)


def _tried(what: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return what()
    except FitscopeError as error:
        return error.as_json()
    except Exception as error:  # out of memory, for one: the process is still good for another question
        traceback.print_exc()
        refusal = RunError("The network could not be explained ({reason}). Try another picture.", reason=repr(error))
        return refusal.as_json()


def _explain(question: dict[str, Any], networks: Networks) -> Explained:
    run, epoch = Run(Path(question["run"])), question["epoch"]
    epoch = weights.shown_epoch(run) if epoch is None else epoch
    images = _images(Path(question["images"])) if question["images"] else None
    asked = FEATURES if question["explanation"] == FEATURES.name else explanation(question["explanation"])
    explained = asked(networks.get(run, epoch), images, question["options"])
    return Explained(explained.arrays, {**explained.facts, "epoch": epoch})


def _images(path: Path) -> np.ndarray:
    arrays = read_arrays(path) or {}
    if "images" not in arrays:
        raise RunError("The pictures for the explanation are gone from {path}. Try again.", path=path)
    return arrays["images"]


def _answer(value: dict[str, Any]) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
