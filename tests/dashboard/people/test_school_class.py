"""The benchmark of a class, with three pupils: nothing is lost or changed, the news are heard."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks.school_class_pupil import differences
from benchmarks.server import ROOT
from tests.made.workers import PATIENCE

RUN = "import json; from benchmarks import school_class; print(json.dumps(list(school_class.rows())))"
TOLD = {"id": "x", "name": "a", "owner": "Léa", "recipe": {}, "epochs": 3, "state": "finished", "epochs_done": 3}


@pytest.mark.slow
def test_three_pupils_lose_nothing_change_nothing_and_hear_everything():
    own = {**os.environ, "FITSCOPE_PUPILS": "3"}
    words = [sys.executable, "-c", RUN]
    done = subprocess.run(words, cwd=ROOT, env=own, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    rows = {row["name"].removeprefix("A class of 3: "): row for row in json.loads(done.stdout.splitlines()[-1])}
    lost = rows["lost of what they joined with, trained, answered and gave"]
    assert lost["ours"] == 0, lost
    attempts = rows["attempts to change what is a neighbour's that were let through"]
    assert (attempts["ours"], attempts["spread"]) == (0, "of 24")  # four each, while all train and after
    assert rows["of these runs, what was another after the attempts than before"]["ours"] == 0
    assert "n = 9" in rows["an epoch is told on the page of its run, 95 % within"]["spread"]
    assert "n = 3" in rows["the end of a run is told on the teacher's board, 95 % within"]["spread"]
    assert rows["messages on the board while all train"]["ours"] > 1


def test_what_somebody_changed_of_a_run_is_seen():
    trains = TOLD | {"state": "running", "epochs_done": 1}
    assert differences(TOLD, TOLD) == differences(trains, TOLD) == []
    assert differences(trains, trains | {"state": "stopped"}) == ["state: stopped"]
    assert differences(trains, trains | {"name": "b"}) == ["name: a -> b"]
    assert differences(TOLD, TOLD | {"epochs_done": 2}) == ["epochs_done: 3 -> 2"]
    assert differences(TOLD, TOLD | {"state": "queued"}) == ["state: finished -> queued"]
