"""Trains the recipes by which the verdict is judged and keeps their curves: `python -m benchmarks.histories [NAME …]`.

One file each in `tests/core/fit/histories/`, with the columns of `core verdict --history`; what is there is not trained
again, `--made` writes those from formulas. Labels are written by hand in `labels.csv`, from the meanings of the words,
before a rule is tuned on them or judged by them. Each takes less than a minute on two cores.
"""

import csv
import math
import sys
from pathlib import Path

from benchmarks.pen import MADE, Lines
from core.fit.curves import COLUMNS
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from core.scratch import scratch

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "core" / "fit" / "histories"

DIGITS, SMALL = "dataset=digits", "validation_fraction=0.05"
MNIST, FASHION = f"dataset=mnist {SMALL}", f"dataset=fashion_mnist {SMALL}"
CIFAR, FER = f"dataset=cifar10 {SMALL}", f"dataset=fer2013 {SMALL}"
WIDE, NARROW = "filter_multiplier=4", "filter_multiplier=0.25 dense_units=2"
TWO, THREE = "architecture=cnn_two_blocks", "architecture=cnn_three_blocks"
NORMED, MLP, SOFTMAX = "architecture=cnn_batchnorm", "architecture=mlp_dropout", "architecture=softmax"

RECIPES = {
    # Few images, or more network than they need
    "digits-100-wide": f"{DIGITS} {WIDE} train_images=100 epochs=80 dropout=0",
    "digits-300": f"{DIGITS} train_images=300 epochs=60 dropout=0",
    "digits-60-mlp": f"{DIGITS} {MLP} train_images=60 epochs=80 dropout=0",
    "mnist-500": f"{MNIST} {TWO} train_images=500 epochs=40 dropout=0",
    "mnist-200-mlp": f"{MNIST} {MLP} train_images=200 epochs=60 dropout=0",
    "mnist-1000-normed": f"{MNIST} {NORMED} train_images=1000 epochs=20 dropout=0",
    "fashion-500": f"{FASHION} {TWO} train_images=500 epochs=50 dropout=0",
    "fashion-1000-mlp": f"{FASHION} {MLP} train_images=1000 epochs=60 dropout=0",
    "fashion-2000-softmax": f"{FASHION} {SOFTMAX} train_images=2000 epochs=60 learning_rate=0.01",
    "cifar-500": f"{CIFAR} {TWO} train_images=500 epochs=40 dropout=0",
    "cifar-2000": f"{CIFAR} {TWO} train_images=2000 epochs=25 dropout=0",
    "cifar-1000-mlp": f"{CIFAR} {MLP} train_images=1000 epochs=40 dropout=0",
    "cifar-2000-softmax": f"{CIFAR} {SOFTMAX} train_images=2000 epochs=60 learning_rate=0.01",
    "fer-700": f"{FER} architecture=faces_small train_images=700 epochs=30 dropout=0",
    "shapes-60": "dataset=shapes train_images=60 epochs=60 dropout=0",
    "colours-40": "dataset=colours train_images=40 epochs=60 dropout=0",
    "fruits-all": f"dataset=fruits {TWO} image_size=32 epochs=30 dropout=0",
    "fruits-200-softmax": f"dataset=fruits {SOFTMAX} train_images=200 epochs=60",
    # The same, restrained
    "digits-100-dropout": f"{DIGITS} {WIDE} train_images=100 epochs=60 dropout=0.7",
    "mnist-500-augmented": f"{MNIST} {TWO} train_images=500 epochs=40 augmentation=true dropout=0.3",
    "fashion-500-l2": f"{FASHION} {TWO} train_images=500 epochs=40 l2=0.01",
    "cifar-2000-augmented": f"{CIFAR} {TWO} train_images=2000 epochs=25 augmentation=true dropout=0.5",
    "fruits-augmented": f"dataset=fruits {TWO} image_size=32 epochs=30 augmentation=true dropout=0.5",
    "mnist-500-stopped": f"{MNIST} {TWO} train_images=500 epochs=60 dropout=0 early_stopping_patience=5",
    "fashion-1000-plateau": f"{FASHION} {TWO} train_images=1000 epochs=40 dropout=0 reduce_lr_patience=3",
    # Too small, too restrained, too slow
    "digits-narrow": f"{DIGITS} {NARROW} epochs=60",
    "mnist-narrow": f"{MNIST} {NARROW} train_images=4000 epochs=20",
    "fashion-narrow": f"{FASHION} {NARROW} train_images=4000 epochs=20",
    "cifar-narrow": f"{CIFAR} {NARROW} train_images=4000 epochs=20",
    "cifar-softmax": f"{CIFAR} {SOFTMAX} train_images=12000 epochs=25",
    "cifar-softmax-l2": f"{CIFAR} {SOFTMAX} train_images=6000 epochs=30 l2=0.03",
    "fer-softmax": f"{FER} {SOFTMAX} train_images=8000 epochs=30",
    "fer-narrow": f"{FER} {NARROW} train_images=3000 epochs=20",
    "shapes-softmax": f"dataset=shapes {SOFTMAX} epochs=40",
    "shapes-narrow": f"dataset=shapes {NARROW} epochs=40",
    "mnist-dropout-9": f"{MNIST} {MLP} train_images=3000 epochs=20 dropout=0.9",
    "fashion-l2": f"{FASHION} {MLP} train_images=4000 epochs=20 l2=0.1",
    "digits-l2": f"{DIGITS} epochs=50 l2=0.1",
    "mnist-slow": f"{MNIST} {SOFTMAX} train_images=3000 epochs=40 optimizer=sgd learning_rate=0.0003",
    # Well
    "digits-all": f"{DIGITS} epochs=60",
    "digits-dropout": f"{DIGITS} {WIDE} epochs=50 dropout=0.4",
    "mnist-12000": f"{MNIST} {TWO} train_images=12000 epochs=8 dropout=0.4",
    "mnist-augmented": f"{MNIST} {TWO} train_images=6000 epochs=12 dropout=0.3 augmentation=true",
    "mnist-mlp": f"{MNIST} {MLP} train_images=20000 epochs=15 dropout=0.4",
    "mnist-softmax": f"{MNIST} {SOFTMAX} train_images=20000 epochs=20",
    "fashion-12000": f"{FASHION} {TWO} train_images=12000 epochs=10 dropout=0.5",
    "fashion-softmax": f"{FASHION} {SOFTMAX} train_images=20000 epochs=20",
    "shapes-all": "dataset=shapes epochs=30 dropout=0.3",
    "colours-all": "dataset=colours epochs=30",
    "colours-softmax": f"dataset=colours {SOFTMAX} epochs=40 learning_rate=0.01",
    "mnist-stopped": f"{MNIST} {TWO} train_images=8000 epochs=20 dropout=0.4 early_stopping_patience=3",
    # Not yet at the end
    "mnist-2-epochs-slow": f"{MNIST} {TWO} train_images=6000 epochs=5 learning_rate=0.0001",
    "fashion-5": f"{FASHION} {TWO} train_images=6000 epochs=5 dropout=0.3",
    "cifar-6": f"{CIFAR} {TWO} train_images=6000 epochs=6 dropout=0.3",
    "cifar-three-6": f"{CIFAR} {THREE} train_images=5000 epochs=6",
    "fer-6": f"{FER} architecture=faces_small train_images=5000 epochs=6",
    "digits-sgd": f"{DIGITS} epochs=12 optimizer=sgd learning_rate=0.01",
    "fruits-8": f"dataset=fruits {TWO} epochs=8 dropout=0.3",
    "fashion-slow": f"{FASHION} {MLP} train_images=6000 epochs=15 learning_rate=0.0001",
    # Nothing learnt, or lost
    "digits-rate-1": f"{DIGITS} epochs=20 learning_rate=1",
    "mnist-rate-half": f"{MNIST} {TWO} train_images=3000 epochs=10 learning_rate=0.5",
    "cifar-rate-tiny": f"{CIFAR} {TWO} train_images=2000 epochs=10 learning_rate=0.000001 optimizer=sgd",
    "fashion-rate-tenth": f"{FASHION} {TWO} train_images=3000 epochs=10 learning_rate=0.1",
    "digits-all-wrong": f"{DIGITS} epochs=15 label_noise=1 dropout=0.5",
    "mnist-all-wrong": f"{MNIST} {SOFTMAX} train_images=6000 epochs=10 label_noise=1",
    "digits-sgd-1": f"{DIGITS} epochs=20 optimizer=sgd learning_rate=1 activation=leaky_relu",
    "cifar-softmax-rate": f"{CIFAR} {SOFTMAX} train_images=4000 epochs=15 learning_rate=1",
    "fashion-softmax-rate": f"{FASHION} {SOFTMAX} train_images=4000 epochs=15 learning_rate=1",
    "fer-softmax-rate": f"{FER} {SOFTMAX} train_images=4000 epochs=15 learning_rate=1",
    "mnist-sgd-half": f"{MNIST} {MLP} train_images=3000 epochs=12 optimizer=sgd learning_rate=0.5 activation=elu",
    "mnist-mlp-rate": f"{MNIST} {MLP} train_images=3000 epochs=15 learning_rate=0.2 dropout=0",
    # Wrong labels
    "digits-noise-40": f"{DIGITS} {WIDE} epochs=60 label_noise=0.4 dropout=0",
    "mnist-noise-30": f"{MNIST} {TWO} train_images=1000 epochs=40 label_noise=0.3 dropout=0",
    "fashion-noise-50": f"{FASHION} {MLP} train_images=1000 epochs=80 label_noise=0.5 dropout=0",
    "cifar-noise-20": f"{CIFAR} {TWO} train_images=1000 epochs=40 label_noise=0.2 dropout=0",
    "shapes-noise-40": "dataset=shapes train_images=400 epochs=60 label_noise=0.4 dropout=0",
    "mnist-noise-restrained": f"{MNIST} {SOFTMAX} train_images=12000 epochs=10 label_noise=0.3",
    "digits-noise-20-early": f"{DIGITS} epochs=8 label_noise=0.2",
    "fashion-noise-augmented": f"{FASHION} {TWO} train_images=4000 epochs=12 label_noise=0.3 dropout=0.5",
    # So few that nothing can be told
    "digits-20": f"{DIGITS} {SMALL} train_images=20 epochs=20",
    "colours-6": f"dataset=colours {SMALL} train_images=10 epochs=20",
    "fruits-24": f"dataset=fruits {SMALL} train_images=24 epochs=15",
    "shapes-8": f"dataset=shapes {SMALL} train_images=10 epochs=20",
    "digits-3-8": f"{DIGITS} {SMALL} classes=3,8 train_images=20 epochs=25",
    "digits-4-9-wide": f"{DIGITS} {SMALL} {WIDE} classes=4,9 train_images=16 epochs=30 dropout=0",
    "digits-1-7-softmax": f"{DIGITS} {SMALL} {SOFTMAX} classes=1,7 train_images=12 epochs=30",
    "digits-three-classes": f"{DIGITS} {SMALL} {MLP} classes=2,3,9 train_images=18 epochs=25",
    "fruits-two": f"dataset=fruits {SMALL} classes=apple,tomato train_images=30 epochs=15",
}

FRUITS = "dataset=fruits image_size=32"

# Judged once the rules stood: no rule was tuned on them
JUDGED = {
    "digits-80-wide": f"{DIGITS} {WIDE} train_images=80 epochs=70 dropout=0 learning_rate=0.003",
    "digits-200-mlp": f"{DIGITS} {MLP} train_images=200 epochs=80 dropout=0",
    "mnist-300": f"{MNIST} {TWO} train_images=300 epochs=50 dropout=0",
    "mnist-2000-mlp": f"{MNIST} {MLP} train_images=2000 epochs=30 dropout=0",
    "mnist-1000-softmax": f"{MNIST} {SOFTMAX} train_images=1000 epochs=80 learning_rate=0.01",
    "fashion-300": f"{FASHION} {TWO} train_images=300 epochs=60 dropout=0",
    "fashion-1000-normed": f"{FASHION} {NORMED} train_images=1000 epochs=15 dropout=0",
    "fashion-500-mlp": f"{FASHION} {MLP} train_images=500 epochs=60 dropout=0",
    "cifar-1000": f"{CIFAR} {TWO} train_images=1000 epochs=30 dropout=0",
    "cifar-1000-softmax": f"{CIFAR} {SOFTMAX} train_images=1000 epochs=50 learning_rate=0.01",
    "fer-1500": f"{FER} architecture=faces_small train_images=1500 epochs=20 dropout=0",
    "shapes-150": "dataset=shapes train_images=150 epochs=50 dropout=0",
    "colours-100": "dataset=colours train_images=100 epochs=60 dropout=0",
    "fruits-400": f"{FRUITS} {TWO} train_images=400 epochs=40 dropout=0",
    "digits-80-epochs": f"{DIGITS} epochs=80 dropout=0.2",
    "digits-mlp": f"{DIGITS} {MLP} epochs=60",
    "digits-softmax": f"{DIGITS} {SOFTMAX} epochs=100 learning_rate=0.01",
    "mnist-4000-normed": f"{MNIST} {NORMED} train_images=4000 epochs=8",
    "mnist-10000-mlp": f"{MNIST} {MLP} train_images=10000 epochs=20 dropout=0.5",
    "fashion-mlp": f"{FASHION} {MLP} train_images=20000 epochs=12",
    "colours-mlp": f"dataset=colours {MLP} epochs=40",
    "mnist-4000-plateau": f"{MNIST} {TWO} train_images=4000 epochs=20 dropout=0.4 reduce_lr_patience=2",
    "digits-stopped": f"{DIGITS} {WIDE} epochs=80 dropout=0.4 early_stopping_patience=6",
    "cifar-softmax-rmsprop": f"{CIFAR} {SOFTMAX} train_images=8000 epochs=30 optimizer=rmsprop",
    "shapes-softmax-l2": f"dataset=shapes {SOFTMAX} epochs=40 l2=0.02",
    "fer-softmax-5000": f"{FER} {SOFTMAX} train_images=5000 epochs=40 learning_rate=0.003",
    "fashion-mlp-l2": f"{FASHION} {MLP} train_images=4000 epochs=30 l2=0.03",
    "digits-softmax-l2": f"{DIGITS} {SOFTMAX} epochs=100 l2=0.1 learning_rate=0.01",
    "cifar-mlp-l2": f"{CIFAR} {MLP} train_images=3000 epochs=25 l2=0.03",
    "mnist-softmax-l2": f"{MNIST} {SOFTMAX} train_images=6000 epochs=40 l2=0.1 learning_rate=0.01",
    "mnist-sgd-slow": f"{MNIST} {TWO} train_images=4000 epochs=6 optimizer=sgd learning_rate=0.003",
    "fashion-4": f"{FASHION} {TWO} train_images=8000 epochs=4",
    "cifar-normed-4": f"{CIFAR} {NORMED} train_images=2000 epochs=4",
    "digits-10": f"{DIGITS} epochs=10",
    "fer-4": f"{FER} architecture=faces_small train_images=4000 epochs=4 learning_rate=0.0003",
    "shapes-12": "dataset=shapes epochs=12",
    "colours-6-epochs": "dataset=colours epochs=6",
    "fruits-6": f"{FRUITS} {TWO} epochs=6",
    "cifar-augmented-8": f"{CIFAR} {TWO} train_images=3000 epochs=8 augmentation=true",
    "mnist-dropout-7": f"{MNIST} {TWO} train_images=2000 epochs=10 dropout=0.7",
    "fashion-noise-10-early": f"{FASHION} {TWO} train_images=4000 epochs=5 label_noise=0.1",
    "digits-rate-half": f"{DIGITS} epochs=15 learning_rate=0.5",
    "fashion-rate-1": f"{FASHION} {TWO} train_images=2000 epochs=8 learning_rate=1",
    "cifar-rate-tenth": f"{CIFAR} {TWO} train_images=2000 epochs=10 learning_rate=0.1",
    "shapes-rate-tiny": "dataset=shapes epochs=10 learning_rate=0.000001",
    "fer-rate-tenth": f"{FER} architecture=faces_small train_images=2000 epochs=8 learning_rate=0.1",
    "mnist-sgd-1": f"{MNIST} {MLP} train_images=3000 epochs=10 optimizer=sgd learning_rate=1 activation=gelu",
    "digits-softmax-rate": f"{DIGITS} {SOFTMAX} epochs=20 learning_rate=1",
    "cifar-mlp-rate": f"{CIFAR} {MLP} train_images=3000 epochs=10 learning_rate=1",
    "digits-noise-30": f"{DIGITS} {WIDE} epochs=60 label_noise=0.3 dropout=0",
    "mnist-noise-50": f"{MNIST} {TWO} train_images=1000 epochs=40 label_noise=0.5 dropout=0",
    "fashion-noise-20": f"{FASHION} {TWO} train_images=1000 epochs=40 label_noise=0.2 dropout=0",
    "colours-noise-40": "dataset=colours train_images=400 epochs=60 label_noise=0.4 dropout=0",
    "cifar-noise-40": f"{CIFAR} {TWO} train_images=1000 epochs=30 label_noise=0.4 dropout=0",
    "digits-noise-dropout": f"{DIGITS} epochs=30 label_noise=0.3 dropout=0.6",
    "digits-0-6": f"{DIGITS} {SMALL} classes=0,6 train_images=24 epochs=25",
    "digits-5-8-softmax": f"{DIGITS} {SMALL} {SOFTMAX} classes=5,8 train_images=14 epochs=40",
    "digits-2-7-wide": f"{DIGITS} {SMALL} {WIDE} classes=2,7 train_images=20 epochs=40 dropout=0",
}


def main(names: list[str]) -> None:
    if names == ["--made"]:
        from benchmarks import made_histories, made_judged  # noqa: F401  they add theirs

        for name, (_label, _noise, draw, pen) in MADE.items():
            write(FOLDER / f"{name}.csv", draw(pen))
        return
    for name in names or (*RECIPES, *JUDGED):
        if not (FOLDER / f"{name}.csv").exists():
            lines = history(recipe(name))
            write(FOLDER / f"{name}.csv", lines)
            print(name, *lines[-1], flush=True)


def write(path: Path, lines: Lines) -> None:
    """As the table that `core verdict --history` reads."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *lines])


def recipe(name: str) -> TrainingConfig:
    return TrainingConfig.from_text(dict(pair.split("=") for pair in (RECIPES | JUDGED)[name].split()))


def history(recipe: TrainingConfig) -> Lines:
    """One line an epoch, in the order of COLUMNS, of a run that is trained here and thrown away."""
    from core.training.worker import work  # late: Keras

    with scratch() as folder:
        run = RunStore(folder / "runs").create(recipe, queue=False)
        with run.held():
            work(run, None)
        begun = run.history.start
        facts = [begun[name] for name in ("n_train", "n_validation", "n_classes")]
        lines = [[_short(epoch[name]) for name in COLUMNS[:5]] + facts for epoch in run.history.epochs]
        return [*lines, [len(lines) + 1, *[math.nan] * 4, *facts]] if run.diverged else lines


def _short(value: float) -> object:
    return float(f"{value:.5g}") if isinstance(value, float) else value


if __name__ == "__main__":
    main(sys.argv[1:])
