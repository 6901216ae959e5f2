"""A dataset as a zip of class folders with PNG files, in the form that the import reads."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from PIL import Image

from core.data.dataset import Dataset, Images, Splits
from core.progress import Progress, silent


def write(spec: Dataset, splits: Splits, file: BinaryIO, progress: Progress = silent) -> None:
    """Each picture as `train/cat/00017.png`; raises OSError."""
    total, done = len(splits.labels), 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # PNG is packed already
        for split, part in splits.items():
            for row, (image, label) in enumerate(_each(part)):
                picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
                packed = io.BytesIO()
                picture.save(packed, "PNG")
                archive.writestr(f"{split}/{_as_folder(spec.classes[label])}/{row:05d}.png", packed.getvalue())
                done += 1
                if done % 200 == 0:
                    progress("Packing the pictures", done / total)


def _each(part: Images) -> Iterator[tuple[np.ndarray, int]]:
    for start in range(0, len(part), 1024):
        block = np.asarray(part.images[start : start + 1024])
        yield from zip(block, part.labels[start : start + 1024].tolist(), strict=True)


def _as_folder(class_name: str) -> str:
    """A class name as the name of a folder on any system."""
    return re.sub(r'[\\/:*?"<>|]', "_", class_name).strip(". ") or "_"
