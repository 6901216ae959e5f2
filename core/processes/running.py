"""Processes: is that one still there, and how this one stands back behind the web server."""

import contextlib
import os
from pathlib import Path

import psutil

# Of workers and explainers: pages and the camera stay fluent while a training runs. 0 shares the cores equally.
NICE = int(os.environ.get("FITSCOPE_NICE", "15"))
AUTOGROUP = Path("/proc/self/autogroup")
THREADS = Path("/proc/self/task")  # Linux only
CLOCK_TOLERANCE = 2.0  # seconds; the start time is reckoned from the boot time, which a clock correction moves


def started(pid: int) -> float:
    """Start time of a process, seconds since 1970: a pid is given away again, so this counts too.

    Raises psutil.NoSuchProcess.
    """
    return psutil.Process(pid).create_time()


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def stand_back() -> None:
    """Lets every other process go first; without them this one has the whole machine.

    Linux shares its cores among sessions before it looks at the niceness of processes (sched_autogroup), and a worker
    leads a session of its own: its niceness alone changes nothing, that of its session does. Niceness is of a thread
    there, and those that a library has started already keep theirs unless they are told.
    """
    if hasattr(os, "nice"):
        os.nice(NICE)
    for thread in THREADS.iterdir() if THREADS.is_dir() else ():
        with contextlib.suppress(OSError):  # it has just ended
            os.setpriority(os.PRIO_PROCESS, int(thread.name), os.getpriority(os.PRIO_PROCESS, 0))
    if hasattr(os, "getsid") and os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # another system, or a kernel without it
            AUTOGROUP.write_text(str(NICE))


def alive(pid: int, process_started: float) -> bool:
    """True while the process of that pid and start time runs; one that ended but was not yet reaped is not alive."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - process_started) < CLOCK_TOLERANCE
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):  # gone, not ours to look at, or never a pid
        return False
