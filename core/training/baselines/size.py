"""How large a fitted estimator is, as a network is measured by its parameters."""

import re
from typing import Any

import numpy as np


def count(part: Any) -> int:
    """How many real numbers an estimator has learnt or keeps: in its arrays, its trees and the estimators within it."""
    if isinstance(part, np.ndarray):
        return part.size if part.dtype.kind == "f" else 0
    if isinstance(part, list | tuple):
        return sum(map(count, part))
    if hasattr(part, "node_count"):  # of a tree: the brightness that each node asks for, and what it says
        return part.node_count + part.value.size
    if hasattr(part, "get_params"):  # in scikit-learn what was learnt ends with a line
        return sum(
            count(value) for name, value in vars(part).items() if re.fullmatch(r"[a-zA-Z].*_|_fit_X|steps", name)
        )
    return 0
