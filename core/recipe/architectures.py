"""The architectures: one file each in `models/`."""

import functools

from core import plugins
from models.architecture import Architecture


@functools.cache
def known() -> dict[str, Architecture]:
    """name -> architecture, in alphabetical order."""
    return plugins.discover("models")


def get(name: str) -> Architecture:
    """The architecture called `name`; raises SettingError when there is none."""
    return plugins.pick("architecture", name, known())
