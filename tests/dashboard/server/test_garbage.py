"""After a page has brought its libraries along, a collection of garbage costs next to nothing."""

import subprocess
import sys

from tests.made.workers import ROOT

CODE = """
import gc, time
from dashboard.server import garbage
garbage.keep()
import dashboard.classify.camera, pandas, sklearn.metrics
def collection():
    times = []
    for _ in range(5):
        began = time.perf_counter(); gc.collect(); times.append(time.perf_counter() - began)
    return min(times)
before = collection()
garbage.keep()
after = collection()
known = gc.get_freeze_count()
garbage.keep()
assert gc.get_freeze_count() == known  # nothing new, nothing done
assert after < before / 5, (before, after)
"""


def test_new_libraries_are_frozen_once():
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
