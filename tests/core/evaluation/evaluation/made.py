"""Answers of a network that does not exist, drawn and by hand."""

import numpy as np
from hypothesis import strategies as st

from core.evaluation.evaluation import Evaluation


def evaluation(labels, probabilities, names=None):
    """An evaluation of given numbers; the rows count down, so that they are not mistaken for positions."""
    probabilities = np.asarray(probabilities, np.float32)
    names = names or tuple(f"class {number}" for number in range(probabilities.shape[1]))
    return Evaluation(np.asarray(labels, np.int64), probabilities, 9000 - np.arange(len(labels)), names)


def answering(labels, predicted, classes, sure=0.9):
    """Every answer given with the same probability, the rest shared out evenly."""
    probabilities = np.full((len(labels), classes), (1 - sure) / (classes - 1))
    probabilities[np.arange(len(labels)), predicted] = sure
    return evaluation(labels, probabilities)


@st.composite
def evaluations(draw, least=1, ties=True):
    """Random ones, of 0 to 80 images, often with classes that do not occur, or are never answered, or with ties."""
    n, classes = draw(st.integers(least, 80)), draw(st.integers(2, 6))
    present = draw(st.lists(st.integers(0, classes - 1), min_size=1, max_size=classes, unique=True))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    labels = random.choice(present, n)
    if ties and draw(st.booleans()):
        return evaluation(labels, random.multinomial(8, np.full(classes, 1 / classes), size=n) / 8)
    scores = random.normal(scale=draw(st.sampled_from([0.1, 2, 6])), size=(n, classes))
    scores[:, draw(st.integers(0, classes - 1))] -= draw(st.sampled_from([0, 20]))
    scores[np.arange(n), labels] += draw(st.sampled_from([0, 2]))
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return evaluation(labels, shares / shares.sum(axis=1, keepdims=True))


def classes(one):
    return range(len(one.classes))
