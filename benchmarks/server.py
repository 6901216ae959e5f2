"""A dashboard on a free port with empty folders, for benchmarks and browser tests; stopped at the end."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.processes.forks import FORKS

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Server:
    address: str
    pid: int
    runs: Path


@contextmanager
def server(
    runs: Path, port: int | None = None, script: str = "dashboard/app.py", **environment: str
) -> Iterator[Server]:
    """Starts the dashboard (or `script`) on 127.0.0.1, waits until it answers; raises RuntimeError with its log."""
    port = port or free_port()
    words = [sys.executable, "-m", "streamlit", "run", str(ROOT / script), "--server.headless=true"]
    environment = {**os.environ, "FITSCOPE_RUNS": str(runs), **environment}
    folder = ROOT / "dashboard"  # its .streamlit/ counts for other scripts too
    with started([*words, f"--server.port={port}"], port, runs, folder, environment) as here:
        yield here


@contextmanager
def started(words: list[str], port: int, runs: Path, folder: Path, environment: dict[str, str]) -> Iterator[Server]:
    """The same of any command that serves on this port, run in `folder`; its log is `.server.log` among the runs."""
    runs.mkdir(parents=True, exist_ok=True)
    log = runs / ".server.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, log)
        yield Server(address, process.pid, runs)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class OpenClass:
    """A class that goes on: where, its folder of runs, the code of the room, the teacher's passcode."""

    address: str
    runs: Path
    room: str
    passcode: str


@contextmanager
def open_class(runs: Path, data: Path, port: int | None = None) -> Iterator[OpenClass]:
    """`fitscope class` on this machine, without https."""
    port = port or free_port()
    words = [sys.executable, "-m", "fitscope", "class", "--http", "--address", "127.0.0.1", "--port", str(port)]
    environment = {
        **os.environ,
        "FITSCOPE_RUNS": str(runs),
        "FITSCOPE_DATA": str(data),
        FORKS: "1",
        "PYTHONUNBUFFERED": "1",
    }
    with started(words, port, runs, ROOT, environment | {"STREAMLIT_SERVER_HEADLESS": "true"}) as server:
        said = (runs / ".server.log").read_text("utf-8")
        room = re.search(r"room: +(\w+)", said)
        passcode = re.search(r"passcode: +(\w+ \w+)", said)
        assert room, said
        assert passcode, said
        yield OpenClass(server.address, runs, room[1], passcode[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 300  # s; it needs three, beside other work far more
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The dashboard did not start:\n{log.read_text('utf-8', 'replace')}")
