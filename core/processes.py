"""Is that process still there? A pid alone is not enough: it is given away again, so its start time counts too."""

import psutil

CLOCK_TOLERANCE = 2.0  # seconds; the start time is reckoned from the boot time, which a clock correction moves


def started(pid: int) -> float:
    """Start time of a process, seconds since 1970; raises psutil.NoSuchProcess."""
    return psutil.Process(pid).create_time()


def alive(pid: int, process_started: float) -> bool:
    """True while the process of that pid and start time runs; one that ended but was not yet reaped is not alive."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - process_started) < CLOCK_TOLERANCE
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):  # gone, not ours to look at, or never a pid
        return False
