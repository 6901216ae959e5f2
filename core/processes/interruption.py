"""Ctrl-C, and Cancel on a page: a command leaves off without a trace, or it is too late and the result is told."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_commands = 0  # that can be interrupted in this process; a server that uses the same code has none


@contextmanager
def interruptible() -> Iterator[None]:
    """Within these lines SIGTERM raises KeyboardInterrupt as Ctrl-C does, until `settle`.

    Cancel comes as SIGTERM: a shell has SIGINT ignored in what it starts in the background (`make run &`, nohup), and
    so has everything that this starts in turn.
    """
    global _commands
    if threading.current_thread() is not threading.main_thread():  # Python hears signals there only
        yield
        return
    before = {one: signal.getsignal(one) for one in SIGNALS}
    _commands += 1
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        yield
    finally:
        _commands -= 1
        for one, handler in before.items():
            signal.signal(one, handler)


def settle() -> None:
    """Called right before the step that makes a result exist: an interruption after it comes too late."""
    if _commands and threading.current_thread() is threading.main_thread():
        for one in SIGNALS:
            signal.signal(one, signal.SIG_IGN)


def on_ctrl_c(act: Callable[[], object]) -> None:
    """What Ctrl-C does from here on. Where it is ignored it stays so: Ctrl-C is for what runs in front (see above)."""
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: act())
