"""What a process used: its processor time as the system counts it, its memory, and energy from made-up counters."""

import os
import time
from pathlib import Path

import pytest

from core.processes.meter import Meter


def burn(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_cores_are_processor_seconds_a_second(tmp_path):
    meter = Meter(tmp_path)
    cpu, at = time.process_time(), time.monotonic()
    burn(0.3)
    busy = meter.read()["cores"]
    assert busy == pytest.approx((time.process_time() - cpu) / (time.monotonic() - at), abs=0.15)
    time.sleep(0.3)
    assert meter.read()["cores"] < busy  # only since the last reading


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="another system")
def test_memory_is_what_the_system_says(tmp_path):
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    assert Meter(tmp_path).read()["memory"] == pytest.approx(pages * os.sysconf("SC_PAGE_SIZE"), rel=0.05)


@pytest.fixture
def counters(tmp_path):
    """Sets the counters of two packages in microjoules; a part of a package counts within it."""

    def put(first, second):
        for name, value in {"intel-rapl:0": first, "intel-rapl:1": second, "intel-rapl:0:0": 10**12}.items():
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "energy_uj").write_text(f"{value}\n", "ascii")
            (tmp_path / name / "max_energy_range_uj").write_text("9000000\n", "ascii")

    put(1_000_000, 8_000_000)
    return put


def test_energy_is_the_sum_of_all_packages_and_survives_a_counter_that_runs_over(tmp_path, counters):
    meter = Meter(tmp_path)
    counters(3_500_000, 8_250_000)
    assert meter.read()["joules"] == 2.75
    counters(4_000_000, 1_250_000)  # 0.5, and 0.75 up to 9 and 1.25 beyond
    assert meter.read()["joules"] == 2.5


def test_energy_that_is_not_told_is_left_out(tmp_path, counters):
    assert Meter(tmp_path / "none").read()["joules"] is None
    meter = Meter(tmp_path)
    (tmp_path / "intel-rapl:1" / "energy_uj").unlink()
    assert meter.read()["joules"] is None
    (tmp_path / "intel-rapl:0" / "energy_uj").write_text("secret", "ascii")
    assert meter.read()["joules"] is None
