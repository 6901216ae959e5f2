"""A file of weights as Keras wrote them until its third version, HDF5, read as what it is: arrays with names."""

from pathlib import Path

import numpy as np

from core.errors import DataError


def read(path: Path) -> dict[str, np.ndarray]:
    """The arrays in the order of the layers and within a layer of its weights, by "layer/weight".

    The file names that order itself; of the layers only those with weights are in it. Raises DataError.
    """
    import h5py  # late: half a second, which only the worker of such a backbone spends

    try:
        with h5py.File(path, "r") as file:
            return {
                f"{layer}/{weight}": _array(file[layer][weight])
                for layer in _names(file, "layer_names")
                for weight in _names(file[layer], "weight_names")
            }
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:  # whatever else h5py finds
        raise DataError(
            "The weights in {file} cannot be read ({reason}). Get another copy of the file.", file=path, reason=error
        ) from error


def _names(group, attribute: str) -> list[str]:
    """A list that Keras keeps beside a group; cut in pieces, `layer_names0` …, where it is long."""
    kept = group.attrs
    pieces = [attribute] if attribute in kept else [f"{attribute}{n}" for n in range(len(kept))]
    found = [name for piece in pieces if piece in kept for name in kept[piece]]
    return [name.decode() if isinstance(name, bytes) else str(name) for name in found]


def _array(kept) -> np.ndarray:
    return np.asarray(kept, np.float32)
