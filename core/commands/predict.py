"""The command `python -m core predict RUN IMAGE…`: what a run's network says of pictures, or of the faces on them."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from core.commands.output import as_json
from core.data.reading.decode import Refused
from core.errors import SettingError
from core.network import at_epoch
from core.network.predict import NO_FACE, Prediction, Told, loaded, predict, run_with_network
from core.runs.run import Run
from core.runs.store import RunStore

STDIN = "-"
MOST_BYTES = 256 * 2**20  # a file that is larger is no picture of ours, and would be read whole


def add_to(command: Any) -> None:
    """Adds the command to the parser; `command` makes one of a function and a name."""
    one = command(ask, "predict")
    one.add_argument("run", metavar="RUN", help="the id of a run, or latest: the newest that has a network")
    one.add_argument("images", metavar="IMAGE", nargs="+", help="picture files; - reads one from the standard input")
    one.add_argument("--face", action="store_true", help="find the faces first and ask about each of them")
    one.add_argument("--epoch", type=int, metavar="N", help="the network after that epoch, of those that were kept")
    one.add_argument("--top", type=int, metavar="N", help="how many classes are told; one as text, all as JSON")
    one.add_argument("--json", action="store_true", help="one JSON object a picture and line")


def ask(chosen: argparse.Namespace) -> int:
    """Prints what a run's network says of pictures; 1 where one of them could not be read."""
    if chosen.top is not None and chosen.top < 1:
        raise SettingError("--top {top} is out of range; choose 1 or more classes.", top=chosen.top)
    run = run_with_network(RunStore(), chosen.run)
    epoch = ready(run, chosen.epoch)
    classifier = loaded(run, epoch)
    failed = False
    for name in chosen.images:
        try:
            prediction = predict(classifier, _read(name), chosen.face, chosen.top)
        except Refused as reason:
            failed = True
            _refuse(name, reason, chosen.json)
            continue
        facts = {"file": name, **prediction.as_dict(run, epoch)}
        print(as_json(facts) if chosen.json else "\n".join(_lines(name, prediction, chosen.top)), flush=True)
    return 1 if failed else 0


def ready(run: Run, epoch: int | None) -> int | None:
    """That epoch, once its network can be asked; None where it is the kept one. Raises RunError, StorageError."""
    epoch = at_epoch.asked_epoch(run, epoch)
    if epoch is not None and not at_epoch.is_made(run, epoch):
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # the GPU is for training
        from core.inside.converted import make  # late: it reads what Keras needs

        make(run, epoch)
    return epoch


def _read(name: str) -> bytes:
    """The bytes of a file or of the standard input; raises Refused with the system's reason."""
    if name == STDIN:
        content = sys.stdin.buffer.read(MOST_BYTES + 1)
    else:
        try:
            with open(Path(name), "rb") as file:
                content = file.read(MOST_BYTES + 1)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            reason = getattr(error, "strerror", None) or error
            raise Refused("it cannot be opened ({reason}); give the path of a picture", reason=reason) from error
    if len(content) > MOST_BYTES:
        raise Refused("it has more than {most} MB; make it smaller", most=MOST_BYTES // 2**20)
    return content


def _refuse(name: str, reason: Refused, in_json: bool) -> None:
    if in_json:
        print(as_json({"file": name, "error": str(reason)}), flush=True)
    print(f"fitscope: {name}: {reason}", file=sys.stderr)


def _lines(name: str, prediction: Prediction, top: int | None) -> list[str]:
    if not prediction.told:
        return [f"{name}: {NO_FACE}"]
    return [f"{name}: {_words(one, top)}" for one in prediction.told]


def _words(prediction: Told, top: int | None) -> str:
    if prediction.blank:
        return "nothing on it stands out from the ground"
    shown = list(prediction.probabilities.items())[: top or 1]
    answer = ", ".join(f"{label} {chance:.1%}" for label, chance in shown)
    if prediction.box is None:
        return answer
    box = prediction.box
    return f"{answer} (face at {box.left},{box.top}, {box.width}×{box.height})"
