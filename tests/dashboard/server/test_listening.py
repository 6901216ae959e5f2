"""On which addresses a server listens that was really started: on this machine's own unless it is asked otherwise."""

import os
import socket
import sys

import psutil
import pytest

from benchmarks.server import ROOT, free_port, open_class, started
from tests.made.classes import Browser
from tests.made.served import dashboard


def listening(process):
    """{(address, port)} of the process and of all that it has started, TCP that listens and every UDP."""
    family = [process, *process.children(recursive=True)]
    links = [link for one in family for link in one.net_connections("inet")]
    waiting = [one for one in links if one.type == socket.SOCK_DGRAM or one.status == psutil.CONN_LISTEN]
    return {(one.laddr.ip, one.laddr.port) for one in waiting if one.laddr}


def seen(server):
    """What listens once its pages have been asked for and its workers are there."""
    for path in ("/", "/train", "/api/runs"):
        assert Browser(server.address).ask(path).status in (200, 303)
    process = psutil.Process(server.pid)
    return listening(process), int(server.address.rpartition(":")[2])


def fitscope(folder, *words):
    port = free_port()
    command = [sys.executable, "-m", "fitscope", *words, "--port", str(port)]
    here = {"FITSCOPE_RUNS": str(folder / "runs"), "FITSCOPE_DATA": str(folder / "data"), "FITSCOPE_FORKS": "1"}
    environment = {**os.environ, **here, "STREAMLIT_SERVER_HEADLESS": "true", "PYTHONUNBUFFERED": "1"}
    return started(command, port, folder / "runs", ROOT, environment)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["streamlit run", "fitscope"])
def test_alone_it_listens_on_this_machine_only(tmp_path, how):
    with dashboard(tmp_path / "runs") if how == "streamlit run" else fitscope(tmp_path) as server:
        there, port = seen(server)
    assert there == {("127.0.0.1", port)}


@pytest.mark.slow
def test_a_class_listens_where_it_was_asked_to(tmp_path):
    with open_class(tmp_path / "runs", tmp_path / "data") as opened:
        port = int(opened.address.rpartition(":")[2])
        (process,) = {
            psutil.Process(link.pid)
            for link in psutil.net_connections("tcp")
            if link.pid and link.status == psutil.CONN_LISTEN and link.laddr.port == port
        }
        there = listening(process)
    assert there == {("127.0.0.1", port)}


@pytest.mark.slow
def test_a_class_is_opened_to_the_network_by_its_own_command_only_and_nothing_else_of_it(tmp_path):
    with fitscope(tmp_path, "class", "--http") as server:
        there, port = seen(server)
    assert there == {("0.0.0.0", port)}  # one port, that of the gate
