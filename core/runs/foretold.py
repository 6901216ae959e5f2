"""How long a run was expected to take before it began, so that it can be said afterwards how far off that was."""

from dataclasses import asdict, dataclass

from core.files import read_json, says, write_json
from core.runs.run import Run

FILE = "expected.json"


@dataclass(frozen=True)
class Foretold:
    """An estimate of a whole run, its test included.

    seconds    from when a worker takes it until it is tested
    predicted  its network was never trained on this machine: by its size
    at_most    it may stop early
    """

    seconds: float
    predicted: bool
    at_most: bool


def save(run: Run, foretold: Foretold) -> None:
    """Writes down what is expected; raises StorageError."""
    write_json(run.folder / FILE, asdict(foretold))


def of(run: Run) -> Foretold | None:
    """What was expected of a run; None where nobody knew, or the file tells something else."""
    values = read_json(run.folder / FILE)
    if not says(values, {"seconds": (int, float), "predicted": bool, "at_most": bool}):
        return None
    return Foretold(float(values["seconds"]), values["predicted"], values["at_most"])


def took(run: Run) -> float | None:
    """Seconds from when a worker took it until its network was tested; None before that, and of an interrupted one."""
    status, attempts = run.status, run.attempts
    if not status or status.state != "finished" or len(attempts) != 1:
        return None
    return max(0.0, status.since - attempts[0]["at"])
