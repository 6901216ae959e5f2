"""The datasets that come with Fitscope: one file each in `core/datasets/`."""

import functools

from core import plugins
from core.data.dataset import Dataset


@functools.cache
def built_in() -> dict[str, Dataset]:
    """name -> dataset, in alphabetical order."""
    return plugins.discover("core.datasets")
