"""Making room on the disk: of old runs the network is kept at its first, its best and its last epoch, and no other.

Everything that was trained stays: curves, test figures, the network itself, and going on where it stopped. What goes is
looking back at the epochs between.
"""

import time
from collections.abc import Iterable

from core.runs import checkpoints
from core.runs.index import SETTLED, index
from core.runs.run import Run


def old(runs: Iterable[Run], days: float) -> list[Run]:
    """Those that ended, were made longer ago than that, and have no star."""
    before = time.time() - 86_400 * days
    rows = ((run, index(run.folder.parent).row(run, thorough=False)) for run in runs)
    return [run for run, row in rows if row.state in SETTLED and row.created < before and not row.star]


def to_spare(run: Run) -> int:
    """Bytes that thinning a run would free."""
    return sum(checkpoints.size(run.checkpoints, epoch) for epoch in _between(run))


def thin(run: Run) -> int:
    """Thins a run and returns the bytes that are free now; raises RunError while it is trained, StorageError."""
    run.check_yours()
    with run.held():
        freed = to_spare(run)
        checkpoints.drop(run.checkpoints, _between(run))
        run.note_change()
    return freed


def _between(run: Run) -> list[int]:
    kept, best = checkpoints.epochs(run.checkpoints), run.history.best
    return [epoch for epoch in kept[1:-1] if best is None or epoch != best["epoch"]]
