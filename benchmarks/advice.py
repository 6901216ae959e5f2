"""Does the proposed change help? `python -m benchmarks.advice [NAME …]` trains bad recipes, the change, a random one.

Each of BAD is trained with three seeds, then with the change that the verdict on it proposes, then with a change drawn
at random from the same settings; the two are compared with the original on the same validation images (paired 95 %
interval of the loss, McNemar's exact test of the accuracy). What was measured is kept in `advice.csv` beside this file,
line by line, so that it goes on where it was interrupted; without a name only what is missing is trained.
"""

import csv
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import FitscopeError
from core.evaluation.evaluation import Evaluation, read
from core.evaluation.intervals import wilson
from core.evaluation.paired import paired
from core.fit import curves
from core.fit.advice import Change, suggestion
from core.fit.verdict import verdict
from core.recipe.config import TrainingConfig
from core.recipe.setting import as_text
from core.runs.store import RunStore

FILE = Path(__file__).with_suffix(".csv")
SEEDS = (0, 1, 2)
COLUMNS = ("recipe", "seed", "finding", "kind", "setting", "value", "loss", "accuracy", "d_loss", "d_accuracy", "n")

DIGITS: dict[str, Any] = {"dataset": "digits", "architecture": "cnn_small", "epochs": 20}
SHAPES: dict[str, Any] = {"dataset": "shapes", "architecture": "cnn_small", "image_size": 16, "epochs": 15}
COLOURS: dict[str, Any] = {"dataset": "colours", "architecture": "cnn_small", "epochs": 12}
FASHION: dict[str, Any] = {
    "dataset": "fashion_mnist",
    "architecture": "cnn_small",
    "image_size": 14,
    "validation_fraction": 0.05,
    "epochs": 15,
}
CIFAR: dict[str, Any] = {**FASHION, "dataset": "cifar10", "image_size": 16}
BIG = {"filter_multiplier": 4.0, "dropout": 0.0}
TINY = {"filter_multiplier": 0.25, "dense_units": 2}

BAD: dict[str, dict[str, Any]] = {
    "digits_rate_1": {**DIGITS, "learning_rate": 1.0},
    "digits_rate_1e-6": {**DIGITS, "learning_rate": 1e-6},
    "digits_rate_2e-5": {**DIGITS, "learning_rate": 2e-5},
    "digits_short": {**DIGITS, "epochs": 5},
    "digits_tiny": {**DIGITS, **TINY, "epochs": 40},
    "digits_by_heart": {**DIGITS, **BIG, "train_images": 100, "learning_rate": 0.01, "epochs": 40},
    "digits_mlp_by_heart": {**DIGITS, "architecture": "mlp_dropout", "dropout": 0.0, "train_images": 150, "epochs": 60},
    "digits_noise": {**DIGITS, **BIG, "label_noise": 0.4, "learning_rate": 0.003, "epochs": 40},
    "digits_sgd_1": {**DIGITS, "optimizer": "sgd", "learning_rate": 1.0},
    "shapes_rate_0.5": {**SHAPES, "train_images": 800, "learning_rate": 0.5},
    "shapes_rate_1e-5": {**SHAPES, "train_images": 800, "learning_rate": 1e-5},
    "shapes_softmax": {**SHAPES, "architecture": "softmax", "train_images": 1500, "learning_rate": 0.01, "epochs": 30},
    "shapes_short": {**SHAPES, "train_images": 1500, "epochs": 4},
    "shapes_dropout": {**SHAPES, "train_images": 1000, "dropout": 0.9, "learning_rate": 0.003, "epochs": 25},
    "shapes_by_heart": {**SHAPES, **BIG, "train_images": 300, "learning_rate": 0.003, "epochs": 25},
    "shapes_mlp": {**SHAPES, "architecture": "mlp_dropout", "dropout": 0.0, "train_images": 600, "epochs": 30},
    "shapes_noise": {**SHAPES, **BIG, "train_images": 600, "label_noise": 0.4, "learning_rate": 0.003, "epochs": 25},
    "shapes_l2": {**SHAPES, "train_images": 1000, "l2": 0.1},
    "colours_rate_1": {**COLOURS, "train_images": 800, "learning_rate": 1.0},
    "colours_rate_1e-6": {**COLOURS, "train_images": 800, "learning_rate": 1e-6},
    "colours_tiny": {**COLOURS, **TINY, "train_images": 1000, "learning_rate": 0.003, "epochs": 25},
    "colours_short": {**COLOURS, "train_images": 1000, "epochs": 3},
    "colours_by_heart": {**COLOURS, **BIG, "train_images": 120, "learning_rate": 0.003, "epochs": 30},
    "colours_noise": {**COLOURS, **BIG, "train_images": 500, "label_noise": 0.4, "learning_rate": 0.003, "epochs": 30},
    "colours_l2": {**COLOURS, "train_images": 800, "l2": 0.1},
    "fashion_rate_0.3": {**FASHION, "train_images": 800, "learning_rate": 0.3},
    "fashion_rate_1e-5": {**FASHION, "train_images": 800, "learning_rate": 1e-5},
    "fashion_short": {**FASHION, "train_images": 1000, "epochs": 4},
    "fashion_tiny": {**FASHION, **TINY, "train_images": 1000, "learning_rate": 0.003, "epochs": 30},
    "fashion_dropout": {**FASHION, "train_images": 1000, "dropout": 0.9, "learning_rate": 0.003, "epochs": 25},
    "fashion_by_heart": {**FASHION, **BIG, "train_images": 300, "learning_rate": 0.003, "epochs": 25},
    "fashion_mlp_by_heart": {
        **FASHION,
        "architecture": "mlp_dropout",
        "dropout": 0.0,
        "train_images": 300,
        "epochs": 50,
    },
    "fashion_noise": {**FASHION, **BIG, "train_images": 500, "label_noise": 0.4, "learning_rate": 0.003, "epochs": 25},
    "fashion_sgd_1": {**FASHION, "train_images": 800, "optimizer": "sgd", "learning_rate": 1.0},
    "cifar_rate_0.3": {**CIFAR, "train_images": 800, "learning_rate": 0.3},
    "cifar_rate_1e-5": {**CIFAR, "train_images": 800, "learning_rate": 1e-5},
    "cifar_softmax": {**CIFAR, "architecture": "softmax", "train_images": 1000, "epochs": 30},
    "cifar_short": {**CIFAR, "train_images": 1000, "epochs": 4},
    "cifar_by_heart": {**CIFAR, **BIG, "train_images": 400, "learning_rate": 0.003, "epochs": 25},
    "cifar_mlp_by_heart": {**CIFAR, "architecture": "mlp_dropout", "dropout": 0.0, "train_images": 400, "epochs": 40},
    "cifar_noise": {**CIFAR, **BIG, "train_images": 600, "label_noise": 0.4, "learning_rate": 0.003, "epochs": 25},
    "cifar_dropout": {**CIFAR, "train_images": 1000, "dropout": 0.9, "learning_rate": 0.003, "epochs": 25},
}

RANDOM: dict[str, tuple[Any, ...]] = {
    "learning_rate": (1e-5, 1e-4, 1e-3, 1e-2, 1e-1),
    "l2": (0.0, 1e-4, 1e-3, 1e-2),
    "dropout": (0.0, 0.2, 0.5, 0.8),
    "train_images": (50, 200, 800, 2000),
    "augmentation": (False, True),
    "filter_multiplier": (0.25, 0.5, 1.0, 2.0, 4.0),
    "dense_units": (8, 32, 128, 256),
    "architecture": ("softmax", "mlp_dropout", "cnn_small", "cnn_two_blocks"),
    "epochs": (5, 10, 20, 40),
    "early_stopping_patience": (3, 5, 10),
    "label_noise": (0.0, 0.2, 0.4),
}
"""The settings that advice may change, each with the values that chance draws from."""


def main(names: list[str]) -> None:
    """Trains what is missing, or what is named, then says how often each kind of change helped."""
    known = _known()
    for name in names or BAD:
        for seed in SEEDS:
            if names or (name, seed) not in {(line["recipe"], int(line["seed"])) for line in known}:
                lines = _measured(name, seed)
                _keep(lines)
                for line in lines:
                    print(" ".join(str(line[column]) for column in COLUMNS), flush=True)
    print("\n".join(summary(_known())))


def summary(lines: list[dict[str, str]]) -> list[str]:
    """Of the proposed and of the random changes: how often they helped, beyond noise.

    Helped is: validation loss or accuracy better, and neither of them worse.
    """
    said = []
    for kind in ("proposed", "random"):
        of = [(line["loss"], line["accuracy"]) for line in lines if line["kind"] == kind]
        helped = sum("better" in words and "worse" not in words for words in of)
        harmed = sum("worse" in words for words in of)
        low, high = wilson(helped, len(of))
        share = f"{helped} of {len(of)} helped ({helped / max(1, len(of)):.1%}, {low:.1%} to {high:.1%})"
        said.append(f"{kind}: {share}, {harmed} made something worse")
        for place, measure in enumerate(("loss", "accuracy")):
            said.append(f"  {measure}: {_counts(words[place] for words in of)}")
    said.append(f"nothing to propose: {sum(line['kind'] == 'none' for line in lines)}")
    return said


def _counts(words: Iterable[str]) -> str:
    counted = list(words)
    return ", ".join(f"{counted.count(word)} {word}" for word in ("better", "noise", "worse"))


def _measured(name: str, seed: int) -> list[dict[str, Any]]:
    recipe = TrainingConfig(**{**BAD[name], "seed": seed})
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        shown, before = _trained(store, recipe)
        said = verdict(shown) if shown else None
        proposed = suggestion(said.finding, recipe) if said else None
        head = {"recipe": name, "seed": seed, "finding": said.finding if said else ""}
        if proposed is None:
            return [{**dict.fromkeys(COLUMNS, ""), **head, "kind": "none"}]
        chance = _drawn(recipe, proposed, seed)
        return [
            {
                **head,
                "kind": kind,
                "setting": change.setting,
                "value": as_text(change.value),
                **_compared(store, recipe, change, before),
            }
            for kind, change in (("proposed", proposed), ("random", chance))
        ]


def _drawn(recipe: TrainingConfig, proposed: Change, seed: int) -> Change:
    """Another change than the proposed one, of a setting that this recipe has."""
    rng = np.random.default_rng([seed, *map(ord, recipe.dataset + proposed.setting + str(recipe.learning_rate))])
    own = recipe.network_settings()
    possible = [
        Change(name, value)
        for name, values in RANDOM.items()
        for value in values
        if (name not in ("dropout", "filter_multiplier", "dense_units") or name in own)
        and (own.get(name) if getattr(recipe, name) is None else getattr(recipe, name)) != value
    ]
    settings = sorted({change.setting for change in possible} - {proposed.setting})
    setting = settings[rng.integers(len(settings))]
    of = [change for change in possible if change.setting == setting]
    return of[rng.integers(len(of))]


def _trained(store: RunStore, recipe: TrainingConfig) -> tuple[curves.Curves | None, Evaluation | None]:
    """Its curves, and what its network answers to the validation images; None where it has diverged."""
    from core.training.worker import work  # late: Keras

    run = store.create(recipe, queue=False)
    work(run)
    try:
        return curves.of(run), read(run, "validation")
    except FitscopeError:
        return curves.of(run), None


def _compared(store: RunStore, recipe: TrainingConfig, change: Change, before: Evaluation | None) -> dict[str, Any]:
    _shown, after = _trained(store, change.applied(recipe))
    if before is None or after is None:  # a network that has no answers is worse than one that has
        word = "noise" if before is after else "better" if before is None else "worse"
        return {"loss": word, "accuracy": word, "d_loss": "", "d_accuracy": "", "n": ""}
    told = paired(before, after)
    low, high = told.loss_interval
    accuracy = ("better" if told.difference > 0 else "worse") if told.more_than_noise else "noise"
    loss = "better" if high < 0 else "worse" if low > 0 else "noise"
    return {
        "loss": loss,
        "accuracy": accuracy,
        "d_loss": f"{told.loss:.4f}",
        "d_accuracy": f"{told.difference:.4f}",
        "n": told.n,
    }


def _known() -> list[dict[str, str]]:
    if not FILE.exists():
        return []
    with open(FILE, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _keep(lines: list[dict[str, Any]]) -> None:
    fresh = not FILE.exists()
    with open(FILE, "a", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if fresh:
            table.writeheader()
        table.writerows(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
