"""The networks that a training can begin from: one file each in `models/backbones`, and any earlier run by its id."""

import functools
import re

from core import plugins
from models.backbones.backbone import Backbone

RUN_ID = re.compile(r"\d{8}-\d{6}-[A-Za-z0-9_-]{1,180}")  # a run's: whether there is such a run is asked later

EPOCH_OF_RUN = re.compile(rf"({RUN_ID.pattern}):(\d{{1,6}})")  # what a training may go on from


@functools.cache
def known() -> dict[str, Backbone]:
    """name -> backbone, of those that are files, in alphabetical order."""
    return plugins.discover("models.backbones")
