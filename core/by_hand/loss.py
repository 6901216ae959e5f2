"""From scores to probabilities to loss, by hand."""

import math

import numpy as np


def softmax(values: np.ndarray) -> np.ndarray:
    """Positive numbers that add up to 1, larger for larger values; (n,) -> (n,).

    The largest value is taken off first, which changes nothing and keeps exp from overflowing.
    """
    powers = np.exp(values - np.max(values))
    return powers / powers.sum()


def cross_entropy(probabilities: np.ndarray, truth: int) -> float:
    """−ln of the probability given to the true class: 0 for certainty, the larger the more surprised; inf for 0."""
    given = float(probabilities[truth])
    return math.inf if given == 0 else 0.0 - math.log(given)  # 0, not −0, for certainty


def one_hot(truth: int, n: int) -> np.ndarray:
    """The label as a network is taught it, (n,): 1 for the true class, 0 for the others."""
    label = np.zeros(n)
    label[truth] = 1
    return label
