"""The network of a run after a kept epoch, as a file that is asked without Keras: `core.inside.converted` writes it.

It lies beside the weights that it was made of, and is out of date where these are newer: a resumed training repeats
epochs. It may be thrown away at any time.
"""

from pathlib import Path

from core.errors import RunError
from core.network.classifier import NETWORK, PREPROCESSING, is_baseline, network_file
from core.runs import checkpoints
from core.runs.run import ACTIVE, Run

KEPT = 6  # files of one run, those made last: a network of 2.6 million weights has 10 MB


def asked_epoch(run: Run, epoch: int | None) -> int | None:
    """That epoch, or None where the run's own network file is of it or none is named.

    While the run trains, the epoch makes no room for the next minute.
    Raises RunError where it is not kept, and says which are.
    """
    if epoch is None or (epoch == kept_epoch(run) and (run.folder / NETWORK).exists()):
        return None
    if is_baseline(run):
        raise RunError("Run {run} is a baseline: it has no epochs. Leave the epoch out.", run=run.id)
    if run.state in ACTIVE:
        checkpoints.hold(run.checkpoints, epoch)
    checkpoints.check(run.checkpoints, epoch)
    return epoch


def last_epoch(run: Run) -> int | None:
    """What is asked of a run that trains, or that was cut off before its test: its last kept epoch.

    None where its own network is asked, or where there is none: before its first epoch, and of one that failed.
    """
    state = run.state
    if state not in (*ACTIVE, "stopped", "lost") or is_baseline(run) or (state not in ACTIVE and network_file(run)):
        return None
    kept = checkpoints.epochs(run.checkpoints)
    return kept[-1] if kept and kept[-1] > 0 else None


def can_be_asked(run: Run) -> bool:
    """Whether it has a network, or one of an epoch: while it trains, and where it was cut off before its test."""
    return network_file(run) is not None or last_epoch(run) is not None


def kept_epoch(run: Run) -> int | None:
    """The epoch whose network the run's own file holds; None before it is written, and while the run goes on."""
    status = run.status
    result = (status.result if status and run.state not in ACTIVE else None) or {}
    return result.get("kept_epoch")


def path_of(run: Run, epoch: int) -> Path:
    """Where the file of an epoch lies, once it is made."""
    return run.checkpoints / f"network-{epoch:04d}.tflite"


def is_made(run: Run, epoch: int) -> bool:
    """Whether it can be asked: made of the weights as they are, and how pictures are made ready is known."""
    made = changed(path_of(run, epoch))
    return made > 0 and made >= checkpoints.changed(run.checkpoints, epoch) and (run.folder / PREPROCESSING).exists()


def make_room(run: Run) -> None:
    """Removes the oldest beyond the last few."""
    made = sorted(run.checkpoints.glob("network-*.tflite"), key=changed)
    for old in made[:-KEPT]:
        old.unlink(missing_ok=True)


def changed(path: Path) -> int:
    """When a file was written, in nanoseconds; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
