"""Test accuracy of every built-in dataset: `FITSCOPE_RUNS=FOLDER python -m benchmarks.accuracy [report]`.

It takes hours on two cores. The runs are kept in FOLDER, so what is interrupted goes on; `report` only writes what has
ended so far.
"""

from pathlib import Path

from benchmarks.fer2013 import CNN
from benchmarks.study import Recipes, found, mean, over_seeds, recipe, run, share, table, tested
from core.recipe.config import TrainingConfig

FILE = Path(__file__).with_suffix(".md")
SEEDS = (0, 1, 2)
MNIST = {"dataset": "mnist", "augmentation": True, "batch_size": 128, "validation_fraction": 0.1}
HALVED = {"reduce_lr_patience": 2, "early_stopping_patience": 6}

BEST: dict[str, TrainingConfig] = {
    "Digits (8×8)": recipe(dataset="digits", architecture="cnn_batchnorm", epochs=40, **HALVED),
    "Colours": recipe(dataset="colours", architecture="cnn_small", epochs=30, **HALVED),
    "Shapes": recipe(dataset="shapes", architecture="cnn_batchnorm", epochs=30, **HALVED),
    "Fruits and vegetables": recipe(dataset="fruits", architecture="transfer", batch_size=16, epochs=40),
    "MNIST": recipe(
        **MNIST, architecture="cnn_batchnorm", epochs=12, rotation=5.0, shift=0.05, zoom=0.05, reduce_lr_patience=1
    ),
    "MNIST, a quicker network": recipe(**MNIST, architecture="cnn_two_blocks", epochs=20, **HALVED),
    "Fashion-MNIST": recipe(
        dataset="fashion_mnist",
        architecture="cnn_batchnorm",
        augmentation=True,
        rotation=0.0,
        shift=0.05,
        zoom=0.0,
        flip="horizontal",
        batch_size=128,
        validation_fraction=0.1,
        epochs=20,
        **HALVED,
    ),
    "CIFAR-10 (20,000 images to learn from)": recipe(
        dataset="cifar10",
        architecture="cnn_batchnorm",
        augmentation=True,
        rotation=0.0,
        flip="horizontal",
        validation_fraction=0.1,
        epochs=40,
        **HALVED,
    ),
}


def recipes() -> Recipes:
    """The quick datasets first, and of all the first seed."""
    by_name = [over_seeds(name, one, SEEDS) for name, one in BEST.items()]
    return [runs[place] for place in range(len(SEEDS)) for runs in by_name]


def report() -> str:
    rows = []
    for name, one in [*BEST.items(), ("FER2013, six emotions", CNN)]:
        ended = [tested(run) for _, _, run in found(over_seeds(name, one, SEEDS)) if run]
        settings = " ".join(f"`{key}={text}`" for key, text in one.link().items())
        shown = [share(*result) for result in ended] + ["not trained yet"] * (len(SEEDS) - len(ended))
        rows.append((name, *shown, mean(accuracy for accuracy, _ in ended), settings))
    head = ("dataset", *(f"seed {seed}" for seed in SEEDS), "mean", "recipe (the rest by default)")
    return TEXT.format(table=table(head, rows))


TEXT = """# Test accuracies

Written by `FITSCOPE_RUNS=FOLDER FITSCOPE_DATA=FOLDER:../shared/data python -m benchmarks.accuracy` from the runs in
FOLDER. Recipes and kept epochs were chosen by validation images; the test images were asked once for each run.
Intervals: 95 %, Wilson.

{table}
"""

if __name__ == "__main__":
    run(FILE, recipes, report)
