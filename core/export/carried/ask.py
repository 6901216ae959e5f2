"""Asks networks where nothing of ours is in reach: `python -I ask.py NETWORK IMAGES.npy ANSWERS.npy`.

It runs in the folder of an unpacked export and loads the network as that folder's predict.py does. Without words it
imports Keras and does what the lines of its input say, each a JSON array: such words, or a script with its own.
"""

import contextlib
import importlib.util
import io
import json
import runpy
import sys
import traceback
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path.cwd()))  # -I leaves it out


def main(words: list[str]) -> None:
    if importlib.util.find_spec("core"):
        sys.exit("Fitscope's own code is in reach: this would prove nothing.")
    if words:
        _ask(*words)
    else:
        _listen()


def _listen() -> None:
    """Says {"said": what was printed} or {"failed": why} to each line."""
    sys.modules.update(dict.fromkeys(("sklearn", "pandas")))  # type: ignore[arg-type]  # as core/processes/lean.py
    import keras  # noqa: F401  while the question is on its way

    del sys.modules["sklearn"], sys.modules["pandas"]
    for line in sys.stdin:
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                _do(json.loads(line))
            answer = {"said": printed.getvalue()}
        except (Exception, SystemExit) as error:
            answer = {"failed": traceback.format_exception_only(error)[-1].strip()}
        print("\n" + json.dumps(answer), flush=True)


def _do(words: list[str]) -> None:
    if not words[0].endswith(".py"):
        return _ask(*words)
    sys.argv = words
    try:
        runpy.run_path(words[0], run_name="__main__")
    except SystemExit as left:
        if left.code:
            raise


def _ask(network: str, images: str, answers: str) -> None:
    """Writes (n, classes) float32 for images (n, height, width, channels) uint8."""
    pixels = np.load(images)
    np.save(answers, _from_weights(pixels) if network.endswith(".h5") else _from_file(network, pixels))


def _from_file(network: str, images: np.ndarray) -> np.ndarray:
    from predict import load

    return load(Path(network))(images)


def _from_weights(images: np.ndarray) -> np.ndarray:
    import keras
    from preprocessing import scaled

    model = keras.models.model_from_json(Path("architecture.json").read_text("utf-8"))
    model.load_weights("network.weights.h5")
    return model.predict(scaled(images), batch_size=256, verbose=0)


if __name__ == "__main__":
    main(sys.argv[1:])
