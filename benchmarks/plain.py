"""The peer: the plain script that everyone writes first. Prints the seconds from images on disk to the end of fit."""

import sys
import time

import keras
import numpy as np

from core.data.cache import load
from core.data.catalogue import dataset
from core.recipe import architectures


def main(architecture: str, epochs: int) -> None:
    keras.utils.set_random_seed(0)
    train = load(dataset("mnist")).train
    began = time.perf_counter()
    x_train, y_train = np.array(train.images), np.array(train.labels)
    spec = architectures.get(architecture)
    model = spec.build((28, 28, 1), 10, spec.settings)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train / 255.0, y_train, batch_size=64, epochs=epochs, validation_split=0.2, verbose=0)
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
