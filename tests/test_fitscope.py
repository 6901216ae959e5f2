"""The command `fitscope`: the dashboard where no command is named, else the command line."""

import re
import sys

import pytest

from core.people import classroom
from core.runs.store import RunStore
from fitscope import __main__ as fitscope


@pytest.fixture
def served(monkeypatch):
    """What Streamlit was asked to do, word by word."""
    words = []
    monkeypatch.setattr("streamlit.web.cli.main", lambda given, **_: words.extend(given))
    return words


def run(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["fitscope", *words])
    return fitscope.main()


def test_without_a_command_the_dashboard_starts(monkeypatch, served):
    assert run(monkeypatch) == 0
    assert served == ["run", str(fitscope.ROOT / "dashboard" / "app.py")]


def test_address_and_port_are_those_that_are_named(monkeypatch, served):
    assert run(monkeypatch, "--address", "0.0.0.0", "--port", "8600") == 0
    assert served[2:] == ["--server.address=0.0.0.0", "--server.port=8600"]


def test_https_brings_a_certificate_for_the_local_network(monkeypatch, served, own_data_folder):
    assert run(monkeypatch, "--https", "--port", "8600") == 0
    cert = own_data_folder / "certificate" / "cert.pem"
    assert cert.exists()
    assert f"--server.sslCertFile={cert}" in served
    assert "--server.address=0.0.0.0" in served


@pytest.mark.parametrize("before", [True, False])
def test_folders_may_stand_before_the_command_or_after_it(monkeypatch, tmp_path, runs_folder, before, capsys):
    monkeypatch.chdir(tmp_path)
    folders = ["--runs", "mine", "--data", "own"]
    assert run(monkeypatch, *([*folders, "runs"] if before else ["runs", *folders])) == 0
    assert RunStore().folder == tmp_path / "mine"
    assert "No run yet" in capsys.readouterr().out


def test_a_word_that_is_no_command_is_one_clear_line(monkeypatch, served, capsys):
    with pytest.raises(SystemExit) as left:
        run(monkeypatch, "trian")
    assert left.value.code == 2
    assert not served
    assert "fitscope --help" in capsys.readouterr().err


def test_the_help_names_the_commands_and_the_options_of_the_dashboard(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        run(monkeypatch, "--help")
    told = capsys.readouterr().out
    assert all(word in told for word in ("train", "export", "--data", "--runs", "--port", "--address", "--https"))


def test_a_class_is_open_to_the_network_and_says_how_to_come_in(monkeypatch, served, own_data_folder, store, capsys):
    monkeypatch.setenv(classroom.CLASS, "")  # given back afterwards
    assert run(monkeypatch, "class", "--port", "8600") == 0
    said = capsys.readouterr().out
    room = classroom.current()
    assert f"room: {room.room}" in said
    passcode = re.search(r"passcode: +(\w+ \w+)", said)[1]
    assert room.recognise(room.join_as_teacher(passcode, "M. Roux")).teacher
    assert {"--server.address=0.0.0.0", "--server.port=8600"} <= set(served)
    assert any(word.startswith("--server.sslCertFile=") for word in served)


def test_a_class_without_https_has_no_certificate(monkeypatch, served, own_data_folder, store):
    monkeypatch.setenv(classroom.CLASS, "")
    assert run(monkeypatch, "class", "--http", "--address", "127.0.0.1") == 0
    assert served[2:] == ["--server.address=127.0.0.1"]
