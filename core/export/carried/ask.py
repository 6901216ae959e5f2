"""Asks one network where nothing of ours is in reach: `python -I ask.py NETWORK IMAGES.npy ANSWERS.npy`.

It runs in the folder of an unpacked export and loads the network as that folder's predict.py does.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path.cwd()))  # -I leaves it out


def main(network: str, images: str, answers: str) -> None:
    """Writes (n, classes) float32 for images (n, height, width, channels) uint8."""
    if importlib.util.find_spec("core"):
        sys.exit("Fitscope's own code is in reach: this would prove nothing.")
    asked = np.load(images)
    np.save(answers, _from_weights(asked) if network.endswith(".h5") else _from_file(network, asked))


def _from_file(network: str, images: np.ndarray) -> np.ndarray:
    from predict import load

    return load(Path(network))(images)


def _from_weights(images: np.ndarray) -> np.ndarray:
    import keras

    model = keras.models.model_from_json(Path("architecture.json").read_text("utf-8"))
    model.load_weights("network.weights.h5")
    return model.predict(images.astype(np.float32) / 255, batch_size=256, verbose=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
