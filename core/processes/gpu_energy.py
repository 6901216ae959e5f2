"""The energy of an NVIDIA GPU, as its driver counts it: asked of the driver's own library (NVML), nothing is installed.

Tried with a made-up driver only; among several cards it is taken that CUDA counts them as NVML does.
"""

import ctypes
import os
from collections.abc import Callable
from typing import Any

LIBRARY = "libnvidia-ml.so.1"  # comes with the driver
ENOUGH = 0  # NVML_SUCCESS


class GpuMeter:
    """Each reading is about the time since the one before, the first about that since it was made."""

    def __init__(self, load: Callable[[str], Any] = ctypes.CDLL) -> None:
        """load  opens a library by its name; raises OSError where there is none"""
        self._library, self._card = _opened(load)
        self._before = self._millijoules()

    def joules(self) -> float | None:
        """Of the first card that this process may use, whatever else ran on it included; None where it is not told."""
        now = self._millijoules()
        before, self._before = self._before, now
        return None if now is None or before is None or now < before else round((now - before) / 1000, 2)

    def _millijoules(self) -> int | None:
        """Since the driver was loaded; cards older than Volta do not count them."""
        if self._library is None:
            return None
        counted = ctypes.c_ulonglong()
        told = self._library.nvmlDeviceGetTotalEnergyConsumption(self._card, ctypes.byref(counted))
        return int(counted.value) if told == ENOUGH else None


def _opened(load: Callable[[str], Any]) -> tuple[Any, ctypes.c_void_p]:
    """(the driver's library, the card); (None, …) where there is no such card."""
    card, number = ctypes.c_void_p(), _first(os.environ.get("CUDA_VISIBLE_DEVICES", "0"))
    if number is None:
        return None, card
    try:
        library = load(LIBRARY)
    except OSError:
        return None, card
    asked = library.nvmlInit_v2() == ENOUGH
    if not asked or library.nvmlDeviceGetHandleByIndex_v2(ctypes.c_uint(number), ctypes.byref(card)) != ENOUGH:
        return None, card
    return library, card


def _first(visible: str) -> int | None:
    """The number of the first card that is to be used; None for none, or where it is named in another way."""
    first = visible.split(",")[0].strip()
    return int(first) if first.isdecimal() else None
