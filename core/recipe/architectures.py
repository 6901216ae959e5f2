"""The architectures: networks, one file each in `models/`, and the baselines in `models/baselines/`."""

import functools

from core import plugins
from core.errors import SettingError
from models.architecture import Architecture
from models.baseline import Baseline


@functools.cache
def known() -> dict[str, Architecture | Baseline]:
    """name -> architecture: the networks in alphabetical order, then the baselines."""
    return {**networks(), **baselines()}


@functools.cache
def networks() -> dict[str, Architecture]:
    """name -> those that are built of layers, in alphabetical order."""
    return plugins.discover("models")


@functools.cache
def baselines() -> dict[str, Baseline]:
    """name -> those that are fitted in one go, in alphabetical order."""
    return plugins.discover("models.baselines")


def get(name: str) -> Architecture | Baseline:
    """The architecture called `name`; raises SettingError when there is none."""
    return plugins.pick("architecture", name, known())


def is_baseline(name: str) -> bool:
    """Whether it has neither layers nor epochs."""
    return name in baselines()


def network(name: str) -> Architecture:
    """The network called `name`; raises SettingError where there is none, or where it is a baseline."""
    found = get(name)
    if isinstance(found, Baseline):
        raise SettingError(
            "{architecture} is no network: it has no layers. Choose another architecture.", architecture=name
        )
    return found
