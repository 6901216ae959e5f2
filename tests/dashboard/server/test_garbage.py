"""After a page has brought its libraries along, a collection of garbage costs next to nothing."""

import subprocess
import sys

import pytest

from tests.made.workers import PATIENCE, ROOT

CODE = """
import gc, time
from dashboard.server import garbage
garbage.keep()
import dashboard.classify.camera, pandas, sklearn.metrics
def collection():
    times = []
    for _ in range(5):
        began = time.process_time(); gc.collect(); times.append(time.process_time() - began)
    return min(times)
before = collection()
garbage.keep()
after = collection()
known = gc.get_freeze_count()
garbage.keep()
assert gc.get_freeze_count() == known  # nothing new, nothing done
assert after < before / 5, (before, after)
"""


@pytest.mark.slow  # another process loads all that the pages load
def test_new_libraries_are_frozen_once():
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
