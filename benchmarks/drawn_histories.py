"""Histories of recipes that were drawn, not chosen: `python -m benchmarks.drawn_histories`.

Whoever chooses a recipe to be judged has seen what the verdict makes of its like. These come out of a random generator
with a fixed seed, over all datasets and networks and over the range that a form offers, mistakes of every kind among
them. One file each in `tests/core/fit/histories/drawn/`; what is there is not trained again. After the rules had been
mended by what those showed, others were drawn in the same way, for `drawn_again/`.
"""

import math

import numpy as np

from benchmarks.histories import FOLDER, history, write
from core.recipe.config import SETTINGS, TrainingConfig, counts

DRAWN = {"drawn": (20261128, 96), "drawn_again": (20261129, 64)}  # folder -> seed, how many
# Images a second of one core, about: what takes longer than PATIENCE seconds is drawn again
SPEED = {
    "softmax": 60_000,
    "mlp_dropout": 30_000,
    "cnn_small": 8_000,
    "cnn_two_blocks": 4_000,
    "cnn_three_blocks": 2_000,
    "cnn_batchnorm": 800,
    "faces_small": 2_000,
}
PATIENCE = 20
TOO_DEEP = {"digits": ("cnn_two_blocks", "cnn_three_blocks", "faces_small"), "colours": ("cnn_three_blocks",)}
DATASETS = ("digits", "colours", "shapes", "fruits", "mnist", "fashion_mnist", "cifar10", "fer2013")
MOST = {"digits": 1000, "colours": 3000, "shapes": 3000, "fruits": 1000}  # images to learn from, 8000 of the others


def draw(random: np.random.Generator) -> dict[str, str]:
    """The settings of one recipe that can be trained, and quickly."""
    while True:
        settings = _any(random)
        if settings["architecture"] in TOO_DEEP.get(settings["dataset"], ()):
            continue
        images = int(settings["train_images"]) * int(settings["epochs"])
        if images / SPEED[settings["architecture"]] <= PATIENCE:
            return settings


def _any(random: np.random.Generator) -> dict[str, str]:
    dataset = str(random.choice(DATASETS))
    optimizer = str(random.choice(["adam", "sgd", "rmsprop"], p=[0.6, 0.25, 0.15]))
    usual = 0.03 if optimizer == "sgd" else 0.001
    off = random.normal(0, 0.7) if random.random() < 0.8 else random.uniform(-3, 3)  # powers of ten
    settings = {
        "dataset": dataset,
        "architecture": str(random.choice(list(SPEED))),
        "train_images": str(_between(random, 20, MOST.get(dataset, 8000))),
        "epochs": str(_between(random, 6, 80)),
        "batch_size": str(random.choice([16, 32, 64, 128])),
        "optimizer": optimizer,
        "learning_rate": f"{min(usual * 10**off, 1.0):.1g}",
        "dropout": f"{random.choice([0.0, 0.3, 0.6, 0.9], p=[0.5, 0.25, 0.2, 0.05])}",
        "filter_multiplier": str(random.choice(["0.25", "0.5", "1", "2"], p=[0.2, 0.2, 0.5, 0.1])),
        "seed": str(random.integers(1000)),
        "validation_fraction": str(random.choice(["0.05", "0.1", "0.2"])),
    }
    if random.random() < 0.2:
        settings["label_noise"] = str(random.choice(["0.2", "0.3", "0.4", "0.5"]))
    if random.random() < 0.2:
        settings["l2"] = f"{10 ** random.uniform(-3, -1):.1g}"
    if random.random() < 0.15:
        settings["augmentation"] = "true"
    if dataset == "fruits":
        settings["image_size"] = "32"
    return {name: text for name, text in settings.items() if counts(SETTINGS[name], settings["architecture"], settings)}


def _between(random: np.random.Generator, least: int, most: int) -> int:
    """Evenly among the orders of magnitude."""
    return round(math.exp(random.uniform(math.log(least), math.log(most))))


def recipes(folder: str) -> dict[str, TrainingConfig]:
    """Each by its number and dataset."""
    seed, count = DRAWN[folder]
    random = np.random.default_rng(seed)
    drawn = [draw(random) for _ in range(count)]
    return {f"{place:02}-{one['dataset']}": TrainingConfig.from_text(one) for place, one in enumerate(drawn, 1)}


def main() -> None:
    for folder in DRAWN:
        for name, recipe in recipes(folder).items():
            path = FOLDER / folder / f"{name}.csv"
            if not path.exists():
                lines = history(recipe)
                write(path, lines)
                print(folder, name, *lines[-1], flush=True)


if __name__ == "__main__":
    main()
