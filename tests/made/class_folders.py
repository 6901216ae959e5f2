"""Pictures in class folders, as the published datasets lie about: made, written, counted."""

import io
import zipfile
from collections import Counter

import numpy as np
from PIL import Image

EACH = 4  # pictures of a class and split


def pictures(shape, classes, seed):
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(classes)), EACH)
    return rng.integers(0, 256, (len(labels), *shape), np.uint8), labels


def counted(part):
    return Counter((image.tobytes(), int(label)) for image, label in zip(part.images, part.labels, strict=True))


def expected(images, labels):
    return Counter((image.tobytes(), int(label)) for image, label in zip(images, labels, strict=True))


def png(image):
    file = io.BytesIO()
    Image.fromarray(image[..., 0] if image.shape[2] == 1 else image).save(file, "PNG")
    return file.getvalue()


def class_folders(classes, splits):
    """name -> content of a tree of class folders; `splits` is folder -> (images, labels)."""
    return {
        f"{folder}/{classes[label]}/{number:03d}.png": png(image)
        for folder, (images, labels) in splits.items()
        for number, (image, label) in enumerate(zip(images, labels, strict=True))
    }


def as_zip(path, files):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def as_folder(path, files):
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
