"""A run -> a plain Keras script that trains it again from scratch, in cells, so that it is a notebook as well."""

import json
import textwrap
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from core.data.catalogue import dataset
from core.evaluation.intervals import wilson
from core.export import begun_from, rates
from core.export.images import Source
from core.export.spelled import spelled, spelled_stack
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.recipe.learning_rate import varies
from core.recipe.optimizers import OPTIMIZERS
from core.runs.run import Run
from core.training.augmentation import Augmentation, augmenter, strengths

if TYPE_CHECKING:
    import keras

WIDTH = 110  # characters of a line of prose


@dataclass(frozen=True)
class Cell:
    """A part of the script: a heading, a sentence, code. `place` is "both", "script" or "notebook"."""

    title: str
    about: str
    code: str
    place: str = "both"


def cells(run: Run, model: "keras.Model", source: Source, fingerprint: str) -> list[Cell]:
    """The script in order; raises TrainingError where the network cannot be written down in plain Keras.

    model        the trained network, of which only the layers are used
    source       where the script gets its images; fingerprint, what they must be
    """
    config = run.config
    head = _head(run, source, [source.file, *([begun_from.FILE] if begun_from.code(run.config, model) else [])])
    policies = [layer.dtype_policy.name for layer in model.layers]
    policy = next((one for one in policies if one.startswith("mixed")), "float32")
    return [
        Cell("", head, _imports(config, source, "import argparse") + SCRIPT_PLACE, "script"),
        Cell("", head, _imports(config, source) + NOTEBOOK_PLACE, "notebook"),
        Cell("The recipe", "", _recipe(run)),
        Cell("The images", source.about, source.code + CHECKED.format(fingerprint=fingerprint)),
        Cell("The network", architectures.get(config.architecture).about, _network(config, model, policy)),
        Cell("", "", STOP_HERE, "script"),
        Cell("The training", _about_training(config), _training(run, model)),
        Cell("The test", "Images that nothing above has seen.", TEST),
    ]


def script(cells: list[Cell]) -> str:
    """The cells as one Python file."""
    head, *rest = [cell for cell in cells if cell.place in ("both", "script")]
    parts = [f'"""{head.about}\n"""\n\n{head.code.strip()}\n']
    for cell in rest:
        prose = [f"# {cell.title}"] if cell.title else []
        prose += [f"# {line}" for line in textwrap.wrap(cell.about, WIDTH)]
        parts.append("\n".join([*prose, "", cell.code.strip("\n")] if prose else [cell.code.strip("\n")]) + "\n")
    return "\n".join(parts)


def _head(run: Run, source: Source, beside: list[str]) -> str:
    """What the script is, what it needs, what is the same and what may differ."""
    packages = [f"tensorflow=={version('tensorflow')}", f"keras=={version('keras')}", "numpy", *source.packages]
    paragraphs = [
        f"It repeats the run {run.id}, with Keras and nothing of Fitscope, in which it was trained. "
        f"{' and '.join(beside)} must lie beside it. {source.about}",
        "The same as in the run: the images of each split and their labels, the layers and (from the seed) the "
        "numbers they begin with, the order of the images in each epoch, the optimizer, and when it stops. "
        "It may differ all the same: another processor, a GPU or another version adds up in another order, and "
        "such a last digit grows with every step. Expect the accuracy of the run give or take what another seed "
        "would change.",
        *_not_only_the_recipe(run),
        f"The run on {run.history.start.get('device', 'its machine')}: {_what_came_of_it(run)}",
    ]
    title = f"{dataset(run.config.dataset).title}, {architectures.get(run.config.architecture).title}: trained again."
    install = f"    pip install {' '.join(packages)}"
    wrapped = ["\n".join(textwrap.wrap(one, WIDTH)) for one in paragraphs]
    return "\n\n".join([title, wrapped[0], install, *wrapped[1:]])


def _what_came_of_it(run: Run) -> str:
    """Its test, or how far it was."""
    status, history = run.status, run.history
    result = (status.result if status else None) or {}
    if not result:
        return f"it had trained {len(history.epochs)} of {history.start['epochs']} epochs when this was written."
    hits, n = round(result["test_accuracy"] * result["n_test"]), result["n_test"]
    low, high = wilson(hits, n)
    return (
        f"{result['test_accuracy']:.2%} of {n:,} test images right (95 % interval {low:.2%} to {high:.2%}), with the "
        f"network of epoch {result['kept_epoch']} of {result['epochs']}."
    )


def _not_only_the_recipe(run: Run) -> list[str]:
    """What made the run beside its recipe, and what the script does about it."""
    said, epochs = [], [str(epoch) for epoch, _values in run.history.changes]
    if run.config.begin_from:
        said.append(
            f"The run did not begin anew: it went on from {run.config.begin_from}. So does the script, from the "
            f"weights in {begun_from.FILE}; how these came about it does not repeat."
        )
    if epochs:
        said.append(
            f"Somebody changed the run while it trained (from epoch {', '.join(dict.fromkeys(epochs))} on). The script "
            "makes the same changes at the beginning of the same epochs."
        )
    return said


def _imports(config: TrainingConfig, source: Source, *more: str) -> str:
    standard = {"from pathlib import Path", "import hashlib", *more}
    if varies(config):
        standard.add("import math")
    further = {"import keras", "import numpy as np", "from keras import layers"}
    if _augments(config):
        further.add("import tensorflow as tf")
    for line in source.imports:
        (further if line.split()[1].split(".")[0] in ("sklearn", "PIL") else standard).add(line)
    return "\n".join([*_sorted(standard), "", *_sorted(further), "", ""])


def _sorted(lines: set[str]) -> list[str]:
    """`import` before `from`, each by name."""
    return sorted(lines, key=lambda line: (line.startswith("from"), line.split()[1].lower()))


def _recipe(run: Run) -> str:
    config, status = run.config, run.status
    result = (status.result if status else None) or {}
    planned = run.history.start.get("epochs", config.epochs)  # others than the recipe's where somebody changed them
    stopped = run.state == "stopped" and result.get("epochs", planned) < planned
    epochs = result["epochs"] if stopped else planned
    lines = [
        f"SEED = {config.seed}",
        f"EPOCHS = {epochs}" + (f"  # of {planned}: then somebody stopped it" if stopped else ""),
        f"BATCH_SIZE = {config.batch_size}",
        f"LEARNING_RATE = {config.learning_rate!r}",
    ]
    if _waits(run):
        lines.append(f"PATIENCE = {config.early_stopping_patience}  # epochs without improvement, then it stops")
    lines += rates.settings(config)
    names = [json.dumps(name, ensure_ascii=False) for name in run.history.start["classes"]]
    classes = ", ".join(names)
    if len(classes) < WIDTH:
        lines.append(f"CLASSES = [{classes}]")
    else:
        lines += ["CLASSES = [", *(f"    {name}," for name in names), "]"]
    return "\n".join(lines)


def _network(config: TrainingConfig, model: "keras.Model", policy: str) -> str:

    lines = ["keras.utils.set_random_seed(SEED)"]
    penalty = "penalty" if config.l1 or config.l2 else ""
    if penalty:
        lines.append(f"penalty = keras.regularizers.L1L2({config.l1!r}, {config.l2!r})  # added to what is minimised")
    if policy != "float32":
        lines.append(f'keras.config.set_dtype_policy("{policy}")')
    lines += [spelled(model, policy, penalty) + begun_from.code(config, model), "model.summary()"]
    stack = augmenter(strengths(config), config.seed)
    if stack:
        lines += ["", "# Beside the network: what changes the training images anew each time."]
        lines.append(spelled_stack(stack, "augment", policy))
        if policy != "float32":
            lines.append('augment.dtype_policy = "float32"')
    return "\n".join(lines)


def _augments(config: TrainingConfig) -> bool:
    return strengths(config) != Augmentation()


def _about_training(config: TrainingConfig) -> str:
    said = ["One step for each batch; after each epoch the network is asked about the validation images."]
    if config.restore_best_weights:
        said.append("The weights of the best epoch are kept.")
    if config.label_noise:
        said.append(f"{config.label_noise:.0%} of the training labels were changed to wrong ones on purpose.")
    return " ".join(said)


def _training(run: Run, model: "keras.Model") -> str:
    config, changes = run.config, run.history.changes
    optimizer = OPTIMIZERS[config.optimizer]
    arguments = ", ".join(
        ["LEARNING_RATE", *(f"{name}={value}" for name, value in optimizer.arguments(config).items())]
    )
    batch = "changed(scaled(x_train[batch]))" if _augments(config) else "scaled(x_train[batch])"
    lines = [f"optimizer = keras.optimizers.{optimizer.keras}({arguments})"]
    lines += ['model.compile(optimizer, loss="sparse_categorical_crossentropy", jit_compile=False)', SCORE]
    if _augments(config):
        lines += [CHANGED]
    worst = 'float("inf")' if config.early_stopping_monitor == "val_loss" else "0"
    if config.restore_best_weights or _waits(run):
        lines.append(f"best, best_epoch = {worst}, 0")
    lines += rates.before_the_steps(config, changes)
    step = "\n".join([*rates.before_a_step(config), f"        model.train_on_batch({batch}, y_train[batch])"])
    changed = "".join(f"\n{line}" for line in rates.changed(config, changes))
    lines += [LOOP.format(step=begun_from.step(step, model), changed=changed), *_watching(run)]
    if config.restore_best_weights:
        lines += ["", "model.set_weights(best_weights)", 'print(f"The network of epoch {best_epoch} is kept.")']
    return "\n".join(lines)


def _waits(run: Run) -> bool:
    """Whether there is a patience, from the beginning or once it was changed."""
    changed = any("early_stopping_patience" in values for _epoch, values in run.history.changes)
    return changed or run.config.early_stopping_patience > 0


def _watching(run: Run) -> list[str]:
    """What is done at the end of an epoch: keeping the best, halving the rate, stopping."""
    config = run.config
    value, better = ("loss", "<") if config.early_stopping_monitor == "val_loss" else ("accuracy", ">")
    lines = []
    if config.restore_best_weights or _waits(run):
        lines += [f"    if {value} {better} best:", f"        best, best_epoch = {value}, epoch"]
        if config.restore_best_weights:
            lines += ["        best_weights = model.get_weights()"]
    lines += rates.after_an_epoch(config)
    if _waits(run):
        lines += ["    if PATIENCE and epoch - best_epoch >= PATIENCE:", "        break"]
    return lines


SCRIPT_PLACE = """\
arguments = argparse.ArgumentParser(description="Trains a network again, from scratch.")
arguments.add_argument("--data", type=Path, default=Path("data"), help="the folder for downloaded images; data")
arguments.add_argument("--check", action="store_true", help="stop before the training")
given = arguments.parse_args()
HERE, DATA = Path(__file__).resolve().parent, given.data
"""

NOTEBOOK_PLACE = """\
HERE, DATA = Path("."), Path("data")  # where the .npz file lies, and where downloaded images are kept
"""

CHECKED = """
found = hashlib.sha256()
for array in (x_train, y_train, x_validation, y_validation, x_test, y_test):
    found.update(np.ascontiguousarray(array))
if found.hexdigest() != "{fingerprint}":
    raise ValueError("These are not the images of the run.")
print(f"{{len(x_train):,}} training, {{len(x_validation):,}} validation and {{len(x_test):,}} test images")
"""

STOP_HERE = """
if given.check:
    print(f"The images are those of the run, the network has {model.count_params()} weights.")
    raise SystemExit
"""

SCORE = '''

def scaled(images):
    """0..255 -> 0..1."""
    return images.astype("float32") / 255


def score(images, labels):
    """Mean cross-entropy and share of right answers, without dropout."""
    probabilities = model.predict(scaled(images), batch_size=256, verbose=0)
    true = probabilities[np.arange(len(labels)), labels]
    return -np.log(np.maximum(true, 1e-37)).mean(), (probabilities.argmax(axis=1) == labels).mean()

'''

CHANGED = '''\
@tf.function
def changed(images):
    """The images as the network gets them in training: a little different each time."""
    return augment(images, training=True)

'''

LOOP = """\
for epoch in range(1, EPOCHS + 1):
    order = np.random.default_rng([SEED, epoch]).permutation(len(x_train)){changed}
    for start in range(0, len(order), BATCH_SIZE):
        batch = order[start : start + BATCH_SIZE]
{step}
    loss, accuracy = score(x_validation, y_validation)
    print(f"epoch {{epoch}}: validation loss {{loss:.4f}}, accuracy {{accuracy:.4f}}")\
"""

TEST = """\
loss, accuracy = score(x_test, y_test)
print(f"{accuracy:.2%} of {len(x_test):,} test images right, loss {loss:.4f}")
"""
