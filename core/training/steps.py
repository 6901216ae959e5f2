"""The compiled inner loop: several training steps in one call, over images that stay in memory as uint8.

The only file that speaks TensorFlow; the epoch loop in `training.py` is written against Keras.
"""

import math
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from core.data.dataset import Images

SCORE_BATCH = 256  # images; fits the caches of a CPU, and a stop is obeyed between two of them
SCORE_BYTES = 64 * 10**6  # of one layer's answers to a batch: 40 images of EfficientNet-Lite0, 256 of 28×28 pixels
SLOWER = 0.1  # share of the learning rate at which a backbone goes on learning: what it knows is worth keeping
RESIDENT_BYTES = 4 * 2**30  # larger training sets are gathered batch by batch from their memory map


class Scorer:
    """Asks `model` in inference mode, with one compiled function.

    shape  (height, width, channels) of the images; `dtype` theirs, "float32" for features, which are not scaled
    batch  images to ask about at once
    """

    def __init__(self, model: keras.Model, shape: tuple[int, ...], dtype: str = "uint8"):
        self.model, self.batch = model, batch_size(model)
        self._score = tf.function(self._evaluate, input_signature=_signature(shape, dtype), autograph=False)

    def score(self, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Loss and probabilities of at most a few hundred images: (n,) and (n, classes), float32.

        images (n, height, width, channels) uint8, or (n, units) float32; labels (n,) int64
        """
        losses, probabilities = self._score(images, labels)
        return losses.numpy(), probabilities.numpy()

    def _evaluate(self, images, labels):
        probabilities = self.model(_scaled(images), training=False)
        return cross_entropy(labels, probabilities), probabilities


class Extractor:
    """Asks a frozen backbone for features, with one compiled function; `shape` and `batch` as for a `Scorer`."""

    def __init__(self, body: keras.Model, shape: tuple[int, ...]):
        self.batch = batch_size(body)
        self._extract = tf.function(
            lambda images: tf.cast(body(_scaled(images), training=False), tf.float32),
            input_signature=_signature(shape)[:1],
            autograph=False,
        )

    def features(self, images: np.ndarray) -> np.ndarray:
        """(n, units) float32 of images (n, height, width, channels) uint8."""
        return self._extract(images).numpy()


class Trainer:
    """Trains `model` with one compiled function that makes several steps a call.

    train   the images to learn from, scaled to float32 in 0..1 inside the step
    l1, l2  weights of the sum of all kernels' absolute values, and of their squares, in what is minimised
    augment a layer or model applied to the images in the training step only, or None
    slow    variables that learn at a tenth of the rate
    """

    def __init__(
        self,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        train: Images,
        l1: float = 0.0,
        l2: float = 0.0,
        augment: Callable | None = None,
        slow: Sequence = (),
    ):
        self.model, self.optimizer, self.augment = model, optimizer, augment
        self.l1, self.l2 = l1, l2
        self.slow = [variable.value for variable in slow]
        optimizer.build(model.trainable_variables)
        self.kernels = [weight for weight in model.trainable_variables if weight.path.endswith("kernel")]
        self.images, self.labels = train.images, train.labels
        self.resident = train.images.nbytes <= RESIDENT_BYTES
        if self.resident:
            self.images, self.labels = tf.constant(train.images), tf.constant(train.labels)
        order, rates = tf.TensorSpec((None, None), tf.int64), tf.TensorSpec((None,), tf.float32)
        self._train = tf.function(
            self._run,
            input_signature=[*_signature(train.images.shape[1:], train.images.dtype.name), order, rates],
            autograph=False,
        )

    def train(self, order: np.ndarray, rates: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """One training step per row of `order` (steps, batch_size) int64, indices of images.

        rates  (steps,) float32, the learning rate of each; by default what the optimizer has
        Returns the loss and the accuracy of each step, (steps,) float32 each, as they were before its update
        and without the L2 penalty.
        """
        if rates is None:
            rates = np.full(len(order), self.optimizer.learning_rate.numpy(), np.float32)
        if self.resident:
            losses, accuracies = self._train(self.images, self.labels, tf.constant(order), rates)
        else:
            rows = order.ravel()
            places = tf.reshape(tf.range(len(rows), dtype=tf.int64), order.shape)
            losses, accuracies = self._train(
                tf.constant(self.images[rows]), tf.constant(self.labels[rows]), places, rates
            )
        return losses.numpy(), accuracies.numpy()

    def _run(self, images, labels, order, rates):
        """Spelled with `while_loop`: translating a Python loop by AutoGraph would delay the first step."""
        count = tf.shape(order)[0]
        start = 0, tf.TensorArray(tf.float32, size=count), tf.TensorArray(tf.float32, size=count)

        def one_more(i, losses, accuracies):
            rows = order[i]
            self.optimizer.learning_rate.assign(rates[i])
            loss, accuracy = self._step(_scaled(tf.gather(images, rows)), tf.gather(labels, rows))
            return i + 1, losses.write(i, loss), accuracies.write(i, accuracy)

        _, losses, accuracies = tf.while_loop(lambda i, *_: i < count, one_more, start, parallel_iterations=1)
        return losses.stack(), accuracies.stack()

    def _step(self, x, y):
        weights = self.model.trainable_variables
        with tf.GradientTape() as tape:
            probabilities = self.model(self.augment(x, training=True) if self.augment else x, training=True)
            loss = tf.reduce_mean(cross_entropy(y, probabilities))
            minimised = self._scale_loss(loss + self._penalty())
        before = [tf.identity(weight) for weight in self.slow]
        self.optimizer.apply(tape.gradient(minimised, [weight.value for weight in weights]), weights)
        for weight, old in zip(self.slow, before, strict=True):  # a step is as long as the rate, whatever the optimizer
            weight.assign(old + SLOWER * (weight - old))
        hits = tf.equal(tf.argmax(probabilities, axis=-1), y)
        return loss, tf.reduce_mean(tf.cast(hits, tf.float32))

    def _penalty(self):
        penalty = self.l2 * sum(tf.reduce_sum(tf.square(kernel)) for kernel in self.kernels) if self.l2 else 0.0
        return penalty + self.l1 * sum(tf.reduce_sum(tf.abs(kernel)) for kernel in self.kernels) if self.l1 else penalty

    def _scale_loss(self, loss):
        """With float16, gradients are scaled up so that small ones survive; the optimizer scales them back."""
        scale = getattr(self.optimizer, "scale_loss", None)
        return scale(loss) if scale else loss


def cross_entropy(labels, probabilities):
    """Sparse categorical cross-entropy of each image, (n,) float32."""
    return keras.losses.sparse_categorical_crossentropy(labels, probabilities)


def batch_size(model: keras.Model) -> int:
    """How many images to ask about at once, so that memory stays bounded in a network with large layers too."""
    largest = max(math.prod(layer.output.shape[1:]) for layer in model.layers)
    return min(SCORE_BATCH, max(1, SCORE_BYTES // (4 * largest)))


def _scaled(images):
    """`core.pictures.preprocessing.scaled`, within the compiled step; features are what they are."""
    return tf.cast(images, tf.float32) / 255.0 if images.dtype == tf.uint8 else images


def _signature(shape: tuple[int, ...], dtype: str = "uint8") -> list[tf.TensorSpec]:
    return [tf.TensorSpec((None, *shape), dtype), tf.TensorSpec((None,), tf.int64)]
