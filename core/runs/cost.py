"""What a run costs: the time that was expected before it began and the time it took; processor, memory and energy."""

from dataclasses import asdict, dataclass
from typing import Any

from core.files import read_json, says, write_json
from core.runs.history import History
from core.runs.run import Run

FILE = "expected.json"


@dataclass(frozen=True)
class Foretold:
    """An estimate of a whole run, its test included.

    seconds    from when a worker takes it until it is tested
    predicted  its network was never trained on this machine: by its size
    at_most    it may stop early
    memory     bytes of its worker; None where that is not known
    """

    seconds: float
    predicted: bool
    at_most: bool
    memory: int | None = None


def save(run: Run, foretold: Foretold) -> None:
    """Writes down what is expected; raises StorageError."""
    write_json(run.folder / FILE, asdict(foretold))


def foretold(run: Run) -> Foretold | None:
    """What was expected of a run; None where nobody knew, or the file tells something else."""
    values = read_json(run.folder / FILE)
    if not says(values, {"seconds": (int, float), "predicted": bool, "at_most": bool}):
        return None
    memory = values.get("memory")
    known = memory if isinstance(memory, int) else None
    return Foretold(float(values["seconds"]), values["predicted"], values["at_most"], known)


def took(run: Run) -> float | None:
    """Seconds from when a worker took it until its network was tested; None before that, and of an interrupted one."""
    status, attempts = run.status, run.attempts
    if not status or status.state != "finished" or len(attempts) != 1:
        return None
    return max(0.0, status.since - attempts[0]["at"])


@dataclass(frozen=True)
class Used:
    """What the worker used while it trained, from an epoch to the next.

    cores       processor seconds a second: 1.0 is one core all the time
    memory      bytes in the main memory
    gpu_memory  bytes in that of the GPU; None where it trains on the CPU
    joules      of the whole processor, whatever else ran included; None where the machine does not tell
    gpu_joules  of the GPU, whatever else ran on it included; None where it trains on the CPU, or the card does not tell
    """

    cores: float
    memory: int
    gpu_memory: int | None = None
    joules: float | None = None
    gpu_joules: float | None = None


def used(history: History, last: int = 0) -> Used | None:
    """Over all epochs, or the last few: the mean of the cores by time, the most memory, the sum of the energy.

    None where an earlier version trained it.
    """
    told = [(epoch, _used(epoch.get("used"))) for epoch in history.epochs[-last:]]
    known = [(float(epoch["seconds"]), one) for epoch, one in told if one]
    if not known:
        return None
    seconds = sum(long for long, _one in known) or 1.0
    gpu = [one.gpu_memory for _long, one in known if one.gpu_memory is not None]
    epochs = len(history.epochs[-last:])
    return Used(
        cores=sum(long * one.cores for long, one in known) / seconds,
        memory=max(one.memory for _long, one in known),
        gpu_memory=max(gpu) if gpu else None,
        joules=_sum([one.joules for _long, one in known], epochs),
        gpu_joules=_sum([one.gpu_joules for _long, one in known], epochs),
    )


def _sum(joules: list[float | None], epochs: int) -> float | None:
    """Of all epochs; that of some is none of all."""
    told = [one for one in joules if one is not None]
    return sum(told) if len(told) == epochs else None


def _used(value: Any) -> Used | None:
    """As an epoch tells it; None for anything else."""
    if not isinstance(value, dict) or not says(value, {"cores": (int, float), "memory": int}):
        return None
    gpu = value.get("gpu_memory")
    joules, of_gpu = (value.get(name) for name in ("joules", "gpu_joules"))
    return Used(
        float(value["cores"]),
        value["memory"],
        gpu if isinstance(gpu, int) else None,
        float(joules) if isinstance(joules, int | float) else None,
        float(of_gpu) if isinstance(of_gpu, int | float) else None,
    )
