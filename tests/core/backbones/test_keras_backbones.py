"""The backbones of keras.applications: the same layers and answers, their files fetched, checked and put in place.

The published files are not to be had everywhere, so those that are served here are made: by Keras's own network of
that name, with weights by chance, in the format of the published ones.
"""

import functools
import hashlib
import http.server
import threading
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras.src.applications import efficientnet_v2, mobilenet_v3  # their published hashes are nowhere else
from keras.src.legacy.saving import legacy_h5_format

from core.backbones import keras_file, published
from core.errors import DataError
from models.backbones import efficientnet_v2_b0 as efficientnet
from models.backbones import mobilenet_v3_small as mobilenet

pytestmark = pytest.mark.slow  # builds networks

SIDE = 64
WEIGHTS = {mobilenet: 939_120, efficientnet: 5_919_312}  # as published, without the layer that answered


def whole(build):
    """Keras's own network of that name without the layer that answers; its weights by chance, its averages too."""
    keras.utils.set_random_seed(1)
    model = build(include_top=False, weights=None, input_shape=(SIDE, SIDE, 3))
    rng = np.random.default_rng(1)
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in layer.weights])
    return model


def laid(ours):
    """(our network of that name, the names of its layers by blocks)."""
    image = keras.Input((SIDE, SIDE, 3))
    made = ours.lay(image)
    return keras.Model(image, made.output), [[layer.name for layer in block] for block in made.blocks]


@pytest.fixture(scope="module", params=["mobilenet", "efficientnet"])
def both(request):
    """(module of ours, our network, its blocks, Keras's network)."""
    if request.param == "mobilenet":
        return mobilenet, *laid(mobilenet), whole(keras.applications.MobileNetV3Small)
    return efficientnet, *laid(efficientnet), whole(keras.applications.EfficientNetV2B0)


@pytest.fixture
def served(tmp_path):
    """A folder whose files a server at an address gives."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def published_here(ours, model, served):
    """The backbone with such a file of that network for the published one."""
    import h5py

    folder, address = served
    with h5py.File(folder / ours.SPEC.weights.name, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    content = (folder / ours.SPEC.weights.name).read_bytes()
    weights = replace(
        ours.SPEC.weights,
        size=len(content),
        hash=f"md5:{hashlib.md5(content).hexdigest()}",
        urls=(f"{address}/{ours.SPEC.weights.name}",),
    )
    return replace(ours.SPEC, weights=weights)


def test_a_file_that_was_fetched_makes_it_answer_as_keras_own_network(both, served, tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_DATA", str(tmp_path / "data"))
    ours, made, _blocks, model = both
    told = []
    backbone = published_here(ours, model, served)
    arrays = published.arrays(backbone, lambda what, share: told.append((what, share)))
    assert told[-1] == ("Downloading the files", 1.0)
    backbone.place({layer.name: layer for layer in made.layers}, arrays)
    assert made.count_params() == WEIGHTS[ours]
    pictures = np.random.default_rng(0).random((2, SIDE, SIDE, 3), np.float32)
    theirs = np.asarray(model(255 * pictures, training=False))
    assert theirs.std() > 0.01  # else anything would be the same
    np.testing.assert_allclose(np.asarray(made(pictures, training=False)), theirs, rtol=1e-3, atol=1e-3 * theirs.std())


def test_weights_of_another_network_are_not_put_in_place(both):
    ours, made, _blocks, _model = both
    few = {str(number): np.zeros(3) for number in range(5)}
    with pytest.raises(ValueError, match="not those of the layers"):
        ours.SPEC.place({layer.name: layer for layer in made.layers}, few)


def test_the_layers_lie_in_blocks_under_names_of_their_own(both):
    ours, made, blocks, _model = both
    names = [name for block in blocks for name in block]
    assert sorted(names) == sorted(layer.name for layer in made.layers[1:])
    assert len(blocks) == {mobilenet: 13, efficientnet: 23}[ours]  # stem, blocks, top
    if ours is mobilenet:
        assert laid(ours)[1] == blocks  # the same each time


def test_the_hashes_are_those_that_keras_publishes():
    assert mobilenet.SPEC.weights.hash == f"md5:{mobilenet_v3.WEIGHTS_HASHES['small_224_1.0_float'][1]}"
    assert efficientnet.SPEC.weights.hash == f"md5:{efficientnet_v2.WEIGHTS_HASHES['b0'][1]}"
    assert mobilenet.SPEC.weights.urls == (mobilenet_v3.BASE_WEIGHT_PATH + mobilenet.SPEC.weights.name,)
    assert efficientnet.SPEC.weights.urls == (efficientnet_v2.BASE_WEIGHTS_PATH + efficientnet.SPEC.weights.name,)


@pytest.mark.parametrize("content", [b"no HDF5", b""])
def test_a_file_that_is_no_hdf5_is_refused(tmp_path, content):
    (tmp_path / "made.h5").write_bytes(content)
    with pytest.raises(DataError, match=r"cannot be read .* another copy"):
        keras_file.read(tmp_path / "made.h5")
