"""Names what is in a picture: `python predict.py PICTURE [PICTURE …]`.

It needs NumPy, Pillow and one engine: ai-edge-litert for the .tflite networks, onnxruntime for network.onnx, or
tensorflow (which brings Keras) for network.keras.

    pip install numpy pillow ai-edge-litert

Beside it lie preprocessing.json, which says what the pictures of the network look like, preprocessing.py, which makes
any picture look so, and classes.json, the names of its classes.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

try:
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError
    from preprocessing import Preprocessing, scaled, see
except ImportError as error:
    sys.exit(f"predict.py: {error}. It needs its neighbour preprocessing.py, and: pip install numpy pillow")

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


def open_picture(file: Path) -> Image.Image:
    """The first frame of a picture file, upright, on white where it was transparent; mode "L" or "RGB"."""
    try:
        with Image.open(file) as opened:
            picture = ImageOps.exif_transpose(opened)  # a telephone held sideways says so in the file
            picture.load()
    except FileNotFoundError:
        raise Problem("there is no such file") from None
    except UnidentifiedImageError:
        raise Problem("it is no picture that Pillow can read; save it as JPEG or PNG") from None
    except Exception as error:  # Pillow raises what its parsers stumble on
        raise Problem(f"it cannot be read ({error}); save it again as JPEG or PNG") from error
    if picture.mode.startswith("I"):  # 16 bits a pixel
        return Image.fromarray(np.rint(np.asarray(picture).astype(np.float64) / 257).clip(0, 255).astype(np.uint8))
    grey = picture.mode in ("L", "1", "LA", "La")
    if picture.has_transparency_data:
        upper = picture.convert("RGBA")
        picture = Image.new("RGB", upper.size, "white")
        picture.paste(upper, mask=upper)
    return picture.convert("L" if grey else "RGB")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the likeliest classes of each picture; returns 0, or 1 where a picture could not be read."""
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
            pixels = see(open_picture(file), preprocessing).pixels
        except Problem as error:
            print(f"{file}: {error}", file=sys.stderr)
            code = 1
            continue
        _tell(file, classes, ask(pixels[None])[0], given)
    return code


def _tell(file: Path, classes: list[str], probabilities: np.ndarray, given: argparse.Namespace) -> None:
    if given.json:
        answer = dict(zip(classes, map(float, probabilities), strict=True))
        print(json.dumps({"picture": str(file), "probabilities": answer}, ensure_ascii=False))
        return
    print(file)
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
    parser.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE", help="JPEG, PNG or what else Pillow reads")
    parser.add_argument(
        "--model", type=Path, default=HERE / "network.tflite", help="network.tflite (default) or another"
    )
    parser.add_argument("--top", type=int, default=3, help="how many classes, the likeliest first; 3")
    parser.add_argument("--json", action="store_true", help="one JSON object a picture, with every class")
    return parser


if __name__ == "__main__":
    sys.exit(main())
