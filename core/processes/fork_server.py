"""One process that has imported a heavy library and done no more: programs that need it are forked from it.

`python -m core.processes.fork_server SOCKET MODULE…` imports those modules, says that it is ready and takes orders
until the other end of its socket is closed. A program that it has begun is a process like any other and outlives it.
`core.processes.forks` asks.
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from typing import Any, NoReturn

from core.processes.lean import lean

READY = b"ready"
MOST_BYTES = 1 << 20  # of an order, which holds all variables of an environment
INPUT, OUTPUT, ERRORS, END = range(4)  # what comes along with an order; to END its exit code is written


def main() -> None:
    """Serves; in what was forked, runs the program in place of it."""
    deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends whoever asks, and with it this
    orders = socket.socket(fileno=int(sys.argv[1]))
    with lean():
        for module in sys.argv[2:]:
            importlib.import_module(module)
    gc.freeze()  # else the first collection in each fork would copy every page of what it shares with this
    orders.send(READY)
    _Server(orders, deaf).serve()


class _Server:
    def __init__(self, orders: socket.socket, deaf: bool):
        self._orders, self._deaf = orders, deaf
        self._ends: dict[int, int] = {}  # pid -> where its exit code goes
        self._bell, rings = os.pipe()
        os.set_blocking(rings, False)
        signal.set_wakeup_fd(rings, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # with a handler, the signal rings
        self._own = (self._bell, rings)

    def serve(self) -> None:
        while True:
            for source in select.select([self._orders.fileno(), self._bell], [], [])[0]:
                if source != self._bell:
                    if not self._obey():
                        return
                else:
                    os.read(self._bell, 512)
                    self._tell_ends()

    def _obey(self) -> bool:
        """Forks for one order; False when nobody is left to give any."""
        text, given, _flags, _from = socket.recv_fds(self._orders, MOST_BYTES, END + 1)
        if not text:
            return False
        pid = os.fork()
        if pid == 0:
            self._become(json.loads(text), given)
        self._ends[pid] = given.pop(END)
        for number in given:
            os.close(number)
        self._orders.send(str(pid).encode())
        return True

    def _tell_ends(self) -> None:
        for pid in list(self._ends):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                end = self._ends.pop(pid)
                os.write(end, b"%d\n" % os.waitstatus_to_exitcode(status))  # a few bytes always fit into a pipe
                os.close(end)

    def _become(self, order: dict[str, Any], given: list[int]) -> NoReturn:
        """In the fork: as if the program had just been started."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN if self._deaf else signal.default_int_handler)
        self._orders.close()
        for number in (*self._own, *self._ends.values(), given.pop(END)):
            os.close(number)
        for standard, number in enumerate(given):
            os.dup2(number, standard)
            os.close(number)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, 1, "utf-8", closefd=False)  # noqa: SIM115  they stay open
            for number, mode in enumerate("rww")
        )
        if order["own_session"]:
            os.setsid()
        os.environ.clear()
        os.environ.update(order["environment"])
        module, *words = order["words"]
        sys.argv = ["-m", *words]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        sys.exit()


if __name__ == "__main__":
    main()
