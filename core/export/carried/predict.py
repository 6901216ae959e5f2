"""Names what is in a picture: `python predict.py PICTURE [PICTURE …]`.

It needs NumPy, Pillow and one engine: ai-edge-litert for the .tflite networks, onnxruntime for network.onnx, or
tensorflow (which brings Keras) for network.keras.

    pip install numpy pillow ai-edge-litert

Beside it lie picture_file.py, which opens pictures, preprocessing.json, which says what those of the network look like,
preprocessing.py, which makes any picture look so, and classes.json, the names of its classes.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

try:
    import numpy as np
    from picture_file import NoPicture, open_picture
    from preprocessing import Preprocessing, Seen, scaled, see
except ImportError as error:
    sys.exit(
        f"predict.py: {error}. It needs its neighbours picture_file.py and preprocessing.py, and: "
        "pip install numpy pillow"
    )

HERE = Path(__file__).resolve().parent
BATCH = 256  # pictures at a time
Ask = Callable[[np.ndarray], np.ndarray]


class Problem(Exception):
    """What went wrong, in a sentence for whoever typed the command."""


def load(file: Path) -> Ask:
    """The network in a file, as a function: images (n, height, width, channels) uint8 -> (n, classes) probabilities."""
    file = file if file.is_file() else HERE / file  # a name alone means one beside this script
    if not file.is_file():
        raise Problem(f"There is no network {file}. Give one of: {', '.join(_networks())}.")
    if file.suffix not in ENGINES:
        raise Problem(f"{file.name} is none of the forms that are read here: {', '.join(ENGINES)}.")
    engine, package = ENGINES[file.suffix]
    try:
        ask = engine(file)
    except ImportError as error:
        raise Problem(
            f"{file.name} needs the package {package} ({error}). Install it with: pip install {package}"
        ) from error

    def probabilities(images: np.ndarray) -> np.ndarray:
        batches = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
        return np.concatenate([ask(scaled(batch)) for batch in batches])

    return probabilities


def seen(file: Path, preprocessing: Preprocessing) -> Seen:
    """A picture as the network receives it; raises Problem where the file is none."""
    try:
        content = file.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise Problem(f"it cannot be opened ({reason}); give the path of a picture") from error
    try:
        return see(open_picture(content, preprocessing.useful, preprocessing.white), preprocessing)
    except NoPicture as error:
        raise Problem(str(error)) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the likeliest classes of each picture; returns 0, or 1 where a picture could not be read."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a console that lacks a letter
    given = _parser().parse_args(arguments)
    try:
        classes = json.loads((HERE / "classes.json").read_text("utf-8"))
        preprocessing = Preprocessing.from_dict(json.loads((HERE / "preprocessing.json").read_text("utf-8")))
        ask = load(given.model)
    except (Problem, OSError, ValueError) as error:
        print(f"predict.py: {error}", file=sys.stderr)
        return 2
    code = 0
    for file in given.pictures:
        try:
            picture = seen(file, preprocessing)
        except Problem as error:
            print(f"{file}: {error}", file=sys.stderr)
            code = 1
            continue
        _tell(file, classes, picture.blank, ask(picture.pixels[None])[0], given)
    return code


def _tell(file: Path, classes: list[str], blank: bool, probabilities: np.ndarray, given: argparse.Namespace) -> None:
    if given.json:
        answer = dict(zip(classes, map(float, probabilities), strict=True))
        print(json.dumps({"picture": str(file), "probabilities": answer, "blank": blank}))
        return
    print(file)
    if blank:
        print("  nothing on it stands out from the ground")
        return
    for label in probabilities.argsort()[::-1][: given.top]:
        print(f"  {probabilities[label]:7.2%}  {classes[label]}")


def _litert(file: Path) -> Ask:
    from ai_edge_litert.interpreter import Interpreter

    network = Interpreter(model_path=str(file))
    into, out = network.get_input_details()[0]["index"], network.get_output_details()[0]["index"]

    def ask(batch: np.ndarray) -> np.ndarray:
        network.resize_tensor_input(into, batch.shape)
        network.allocate_tensors()
        network.set_tensor(into, batch)
        network.invoke()
        return network.get_tensor(out).copy()

    return ask


def _onnx(file: Path) -> Ask:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda batch: session.run(None, {name: batch})[0]


def _keras(file: Path) -> Ask:
    import keras

    model = keras.models.load_model(file)
    return lambda batch: np.asarray(model(batch, training=False), np.float32)


ENGINES = {
    ".tflite": (_litert, "ai-edge-litert"),
    ".onnx": (_onnx, "onnxruntime"),
    ".keras": (_keras, "tensorflow"),
}


def _networks() -> list[str]:
    return sorted(file.name for file in HERE.iterdir() if file.suffix in ENGINES)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Names what is in a picture.")
    parser.add_argument(
        "pictures", nargs="+", type=Path, metavar="PICTURE", help="JPEG, PNG, WebP, TIFF, BMP, GIF, PNM"
    )
    parser.add_argument(
        "--model", type=Path, default=HERE / "network.tflite", help="network.tflite (default) or another"
    )
    parser.add_argument("--top", type=int, default=3, help="how many classes, the likeliest first; 3")
    parser.add_argument("--json", action="store_true", help="one JSON object a picture, with every class")
    return parser


if __name__ == "__main__":
    sys.exit(main())
