"""EfficientNet-Lite0 with its weights names what is on photographs that its makers never chose."""

import keras
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_images

from core.backbones import published
from models.backbones import efficientnet_lite0

pytestmark = pytest.mark.slow  # builds networks

SIDE = 224  # pixels, as it was trained
PALACE, DAISY = 698, 985  # numbers among ImageNet's thousand classes, which have neither "temple roof" nor "dahlia"


@pytest.fixture(scope="module")
def arrays():
    return published.arrays(efficientnet_lite0.SPEC)


@pytest.fixture(scope="module")
def whole(arrays):
    """With the layer of a thousand classes, which Fitscope leaves out."""
    image = keras.Input((SIDE, SIDE, 3))
    features = keras.layers.GlobalAveragePooling2D()(efficientnet_lite0.lay(image).output)
    answer = keras.layers.Dense(1000, activation="softmax", name="answer")
    model = keras.Model(image, answer(features))
    efficientnet_lite0.place({layer.name: layer for layer in model.layers}, arrays)
    answer.set_weights([arrays["_fc.weight"].T, arrays["_fc.bias"]])
    return model


def photo(name):
    """The middle of one of scikit-learn's two photographs, (1, 224, 224, 3) float32 in 0..1."""
    samples = load_sample_images()
    (found,) = [image for image, file in zip(samples.images, samples.filenames, strict=True) if name in file]
    picture = Image.fromarray(found)
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    small = picture.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.asarray(small, np.float32)[None] / 255


@pytest.mark.parametrize(("name", "number"), [("china", PALACE), ("flower", DAISY)])
def test_a_known_photograph_gets_imagenets_own_class_for_it(whole, name, number):
    answer = np.asarray(whole(photo(name), training=False))[0]
    assert answer.argmax() == number
    assert answer[number] > 0.2  # a thousandth would be chance


def test_every_number_of_the_file_is_in_the_network(whole, arrays):
    """As many as published: 4,694,024, of which the last layer has 1,281,000; PyTorch counts batches besides."""
    assert whole.count_params() == 4_694_024
    counted = sum(array.size for name, array in arrays.items() if not name.endswith("num_batches_tracked"))
    assert counted == 4_694_024


def test_the_layers_have_the_same_names_each_time():
    names = [
        [layer.name for block in efficientnet_lite0.lay(keras.Input((32, 32, 3))).blocks for layer in block]
        for _ in range(2)
    ]
    assert names[0] == names[1]
    assert len(set(names[0])) == len(names[0])
