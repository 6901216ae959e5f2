"""The pieces of the script that trains a run again: its layers, its images, its downloads."""

import dataclasses
import gzip
import hashlib
import io
import tarfile
from pathlib import Path

import keras
import numpy as np
import pytest

from core.data import catalogue
from core.data.dataset import PublishedFile
from core.errors import TrainingError
from core.export import images, package, snippets
from core.export.images import fingerprint, source
from core.export.spelled import spelled, spelled_stack
from core.network.inference import Network
from core.recipe import architectures
from core.recipe.augmentation import PRESETS
from core.recipe.config import TrainingConfig
from core.training import convert
from core.training.augmentation import Augmentation, augmenter
from core.training.convert import single_precision, write_litert
from core.training.device import Device
from tests.made import by_name

pytestmark = pytest.mark.slow  # all of it needs Keras

SPLITS = ("train", "validation", "test")


def typed(code, **names):
    """The names that a piece of the script binds."""
    exec("import keras\nfrom keras import layers\nimport numpy as np\n" + code, names)
    return names


def same_weights(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


# Layers


@pytest.mark.parametrize("activation", [None, "leaky_relu"])
@pytest.mark.parametrize("name", sorted(architectures.networks()))
def test_the_layers_are_those_of_the_architecture_with_the_same_first_weights(name, activation):
    architecture = architectures.get(name)
    settings = dict(architecture.settings)
    if activation and "activation" in settings:
        settings["activation"] = activation
    keras.utils.set_random_seed(3)
    model = architecture.build((48, 48, 1), 7, settings)
    code = spelled(model, "float32")
    keras.utils.set_random_seed(3)
    again = typed(code)["model"]
    assert same_weights(model, again)
    kinds = [[type(layer).__name__ for layer in one.layers if layer.name != "image"] for one in (model, again)]
    assert [k for k in kinds[0] if k != "InputLayer"] == [k for k in kinds[1] if k != "InputLayer"]
    picture = np.random.default_rng(0).random((4, 48, 48, 1), np.float32)
    np.testing.assert_allclose(model(picture, training=False), again(picture, training=False), atol=1e-6)


def test_a_penalty_falls_on_every_kernel_and_on_nothing_else():
    architecture = architectures.get("cnn_batchnorm")
    model = architecture.build((8, 8, 1), 10, architecture.settings)
    again = typed("penalty = keras.regularizers.L2(0.5)\n" + spelled(model, "float32", "penalty"))["model"]
    kernels = [weight for weight in again.trainable_weights if weight.path.endswith("kernel")]
    expected = sum(0.5 * float(np.square(weight.numpy()).sum()) for weight in kernels)
    assert float(sum(again.losses)) == pytest.approx(expected, rel=1e-5)


def branching():
    image = keras.Input((8, 8, 3))
    left = keras.layers.Conv2D(4, (3, 1), padding="same", name="left")(image)
    right = keras.layers.Conv2D(4, 1, name="right")(image)
    both = keras.layers.Add(name="both")([left, right])
    pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(both)
    return keras.Model(image, keras.layers.Dense(2, activation="softmax", name="answer")(pooled))


def test_a_network_with_branches_is_spelled_too():
    keras.utils.set_random_seed(1)
    model = branching()
    code = spelled(model, "float32")
    keras.utils.set_random_seed(1)
    again = typed(code)["model"]
    assert same_weights(model, again)
    picture = np.random.default_rng(0).random((2, 8, 8, 3), np.float32)
    np.testing.assert_allclose(model(picture), again(picture), atol=1e-6)


def test_a_layer_that_is_not_kerass_is_refused():
    class Own(keras.layers.Layer):
        def call(self, x):
            return x

    with pytest.raises(TrainingError, match=r"Own.*not one of Keras's own"):
        spelled(keras.Sequential([keras.Input((4,)), Own(), keras.layers.Dense(2)]), "float32")


def test_an_operation_between_layers_is_refused():
    image = keras.Input((4,))
    with pytest.raises(TrainingError):
        spelled(keras.Model(image, keras.layers.Dense(2)(image * 2.0)), "float32")


def test_the_random_changes_are_the_same_ones():
    published = Augmentation(**PRESETS["fer2013"])
    strengths = dataclasses.replace(published, contrast=0.2, noise=0.1, erasing=0.1, flip="both")
    stack = augmenter(strengths, 5)
    again = typed(spelled_stack(stack, "augment", "float32"))["augment"]
    pictures = np.random.default_rng(0).random((8, 16, 16, 3), np.float32)
    for _step in range(3):
        np.testing.assert_array_equal(stack(pictures, training=True), again(pictures, training=True))


def test_a_network_of_half_precision_is_written_in_single_precision():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        settings = architectures.get("cnn_small").settings
        model = architectures.get("cnn_small").build((8, 8, 1), 10, settings)
    finally:
        keras.config.set_dtype_policy("float32")
    whole = single_precision(model)
    assert {layer.dtype_policy.name for layer in whole.layers} == {"float32"}
    assert same_weights(model, whole)
    assert spelled(model, "mixed_float16").count("dtype=") == 1  # only the answer is in single precision
    assert single_precision(whole) is whole


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_a_network_of_half_precision_gets_its_litert(policy, tmp_path):
    keras.config.set_dtype_policy(policy)
    try:
        model = architectures.get("cnn_batchnorm").build((8, 8, 1), 10, architectures.get("cnn_batchnorm").settings)
        pictures = np.random.default_rng(0).integers(0, 256, (9, 8, 8, 1), np.uint8)
        halved = np.asarray(model(pictures / np.float32(255), training=False))
        write_litert(model, tmp_path / "network.tflite", pictures, halved)
        assert keras.config.dtype_policy().name == policy
    finally:
        keras.config.set_dtype_policy("float32")
    np.testing.assert_allclose(Network(tmp_path / "network.tflite").probabilities(pictures), halved, atol=0.02)


def test_on_a_gpu_keras_is_asked_once_more_on_the_cpu(tmp_path, monkeypatch):
    """Products rounded to 10 bits are no reason to refuse a network: what is compared is the conversion."""
    monkeypatch.setattr(convert, "device", lambda: Device("gpu", "a GPU"))
    model = architectures.get("cnn_small").build((8, 8, 1), 10, architectures.get("cnn_small").settings)
    pictures = np.random.default_rng(0).integers(0, 256, (9, 8, 8, 1), np.uint8)
    exact = convert.answers_on_the_cpu(model, pictures)
    convert.write_litert(model, tmp_path / "network.tflite", pictures, exact + 0.001)
    np.testing.assert_allclose(Network(tmp_path / "network.tflite").probabilities(pictures), exact, atol=1e-5)


# Images


def had(config, folder):
    """What the script's images are, and what they should be."""
    splits = by_name.of(config)
    found = source(config, splits)
    np.savez(folder / found.file, **found.arrays)
    code = "\n".join(["import hashlib", *found.imports, found.code])
    return typed(code, HERE=folder, DATA=folder / "fetched", SEED=config.seed), splits, found


def compare(names, splits):
    for split in SPLITS:
        np.testing.assert_array_equal(names[f"x_{split}"], getattr(splits, split).images)
        np.testing.assert_array_equal(names[f"y_{split}"], getattr(splits, split).labels)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"classes": ("2", "8"), "train_images": 50, "label_noise": 0.2, "seed": 4},
        {"image_size": 11, "input_noise": 0.2, "test_fraction": 0.3, "imbalance": 5.0},
    ],
)
def test_scikit_learns_digits_are_had_again(changes, tmp_path):
    names, splits, found = had(TrainingConfig(**changes), tmp_path)
    compare(names, splits)
    assert found.file == "splits.npz"


def test_images_that_nobody_can_download_are_carried_along(tmp_path):
    names, splits, found = had(TrainingConfig(dataset="colours", train_images=100), tmp_path)
    compare(names, splits)
    assert found.file == "images.npz"
    assert package.carries_images(found, wanted=False)


def test_too_many_images_are_carried_only_when_asked_for(monkeypatch):
    config = TrainingConfig(dataset="colours")
    found = source(config, by_name.of(config))
    monkeypatch.setattr(package, "SHIPPED", found.bytes - 1)
    assert not package.carries_images(found, wanted=False)
    assert package.carries_images(found, wanted=True)


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return gzip.compress(header + array.tobytes())


@pytest.fixture
def small_mnist(own_data_folder, tmp_path, monkeypatch):
    """MNIST with 200 pictures, and a publisher on this disk, whose first mirror has other files of the same names."""
    random, spec = np.random.default_rng(0), catalogue.dataset("mnist")
    parts = [(160, "train"), (40, "t10k")]
    arrays = [one for n, _ in parts for one in (random.integers(0, 256, (n, 28, 28), np.uint8), np.arange(n) % 10)]
    files = []
    for file, array in zip(spec.files, arrays, strict=True):
        content, name = idx(array.astype(np.uint8)), Path(file.path).name
        for mirror, said in (("wrong", b"a login page"), ("right", content)):
            (tmp_path / mirror).mkdir(exist_ok=True)
            (tmp_path / mirror / name).write_bytes(said)
        here = own_data_folder / file.path
        here.parent.mkdir(parents=True, exist_ok=True)
        here.write_bytes(content)
        urls = tuple((tmp_path / mirror / name).as_uri() for mirror in ("nowhere", "wrong", "right"))
        files.append(PublishedFile(file.path, len(content), f"md5:{hashlib.md5(content).hexdigest()}", urls))
    small = dataclasses.replace(spec, files=tuple(files), n_train=160, n_test=40, forms=())
    known = {**catalogue.built_in(), "mnist": small}
    monkeypatch.setattr(catalogue, "built_in", lambda: known)
    return own_data_folder


def test_published_files_are_downloaded_again_and_believed_by_their_hash(small_mnist, tmp_path):
    config = TrainingConfig(dataset="mnist", image_size=16, input_noise=0.1)
    names, splits, found = had(config, tmp_path)
    assert (found.file, found.folder) == ("splits.npz", small_mnist)
    compare(names, splits)
    kept = sorted(path.name for path in (tmp_path / "fetched" / "mnist").iterdir())
    assert kept == ["t10k-images-idx3-ubyte.gz", "train-images-idx3-ubyte.gz"]  # labels lie in splits.npz
    damaged = tmp_path / "fetched" / "mnist" / kept[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    compare(had(config, tmp_path)[0], splits)


def test_files_that_differ_from_the_published_ones_are_not_asked_of_the_publisher(small_mnist, tmp_path):
    path = small_mnist / "mnist" / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), 1))  # the same pictures, packed anew
    names, splits, found = had(TrainingConfig(dataset="mnist"), tmp_path)
    assert found.file == "images.npz"
    compare(names, splits)


def test_a_download_that_fails_says_where_to_put_a_copy(small_mnist, tmp_path):
    for mirror in tmp_path.glob("right/*"):
        mirror.unlink()
    with pytest.raises(OSError, match=r"Get a copy elsewhere and save it as .*ubyte\.gz"):
        had(TrainingConfig(dataset="mnist"), tmp_path)


def test_the_planes_of_cifar_become_pictures():
    pictures = np.random.default_rng(0).integers(0, 256, (12, 32, 32, 3), np.uint8)
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for number in range(6):
            name = f"data_batch_{number + 1}.bin" if number < 5 else "test_batch.bin"
            two = pictures[2 * number : 2 * number + 2].transpose(0, 3, 1, 2).reshape(2, 3072)
            content = np.concatenate([np.full((2, 1), 7, np.uint8), two], axis=1).tobytes()
            entry = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    names = typed("import io, tarfile\n" + snippets.CIFAR, fetch=lambda _name: stream.getvalue())
    np.testing.assert_array_equal(names["images"], pictures)


def test_the_fingerprint_sees_a_single_pixel_and_a_single_label():
    config = TrainingConfig()
    splits = by_name.of(config)
    pixel = np.array(splits.test.images)
    pixel[5, 0, 0, 0] ^= 1
    label = np.array(splits.train.labels)
    label[3] = (label[3] + 1) % 10
    others = [
        dataclasses.replace(splits, test=dataclasses.replace(splits.test, images=pixel)),
        dataclasses.replace(splits, train=dataclasses.replace(splits.train, labels=label)),
    ]
    assert len({fingerprint(one) for one in [splits, *others]}) == 3
    assert by_name.content("digits") == splits.version
    assert images.SPLITS == SPLITS
