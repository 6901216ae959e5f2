"""What this process asks of the machine: processor, memory, and energy where the machine tells it."""

import time
from pathlib import Path

import psutil

# Intel's counters of energy (RAPL), one folder a processor package. Most systems let only the administrator read them.
RAPL = Path("/sys/class/powercap")


def memory() -> int:
    """Bytes that this process has in the main memory."""
    return int(psutil.Process().memory_info().rss)


class Meter:
    """Each reading is about the time since the one before, the first about that since it was made."""

    def __init__(self, energy: Path = RAPL) -> None:
        self._process, self._energy = psutil.Process(), energy
        self._at, self._cpu, self._counters = self._read()

    def read(self) -> dict[str, float | int | None]:
        """`cores`: processor seconds a second; `memory`: bytes now; `joules`: of all packages, None where not told."""
        at, cpu, counters = self._read()
        cores = (cpu - self._cpu) / max(at - self._at, 1e-9)
        joules = _between(self._energy, self._counters, counters)
        self._at, self._cpu, self._counters = at, cpu, counters
        memory = self._process.memory_info().rss
        return {"cores": round(cores, 2), "memory": memory, "joules": None if joules is None else round(joules, 2)}

    def _read(self) -> tuple[float, float, dict[str, int]]:
        times = self._process.cpu_times()
        return time.monotonic(), times.user + times.system, _counters(self._energy)


def _counters(folder: Path) -> dict[str, int]:
    """package -> microjoules so far; those that cannot be read are left out."""
    return {
        package.name: counter
        for package in folder.glob("intel-rapl:*")
        if package.name.count(":") == 1 and (counter := _number(package / "energy_uj")) is not None
    }


def _between(folder: Path, before: dict[str, int], after: dict[str, int]) -> float | None:
    """Joules from one reading to the next; a counter that ran over began anew after its largest value."""
    if not before or before.keys() != after.keys():
        return None
    total = 0
    for package, end in after.items():
        begin = before[package]
        if end < begin:
            largest = _number(folder / package / "max_energy_range_uj")
            if largest is None:
                return None
            end += largest
        total += end - begin
    return total / 1e6


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):  # not told to us, or no such counter
        return None
