"""What a process used: its processor time as the system counts it, its memory, and energy from made-up counters."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.processes.gpu_energy import LIBRARY, GpuMeter
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


class Driver:
    """The part of NVIDIA's library that is asked: two cards, whose counters a test sets; None is no success."""

    def __init__(self, *counters):
        self.counters, self.asked = list(counters), []

    def load(self, name):
        self.asked.append(name)
        return SimpleNamespace(
            nvmlInit_v2=lambda: 0,
            nvmlDeviceGetHandleByIndex_v2=self._card,
            nvmlDeviceGetTotalEnergyConsumption=self._counted,
        )

    def _card(self, number, card):
        card._obj.value = number.value + 1
        return 0 if number.value < len(self.counters) else 2

    def _counted(self, card, counted):
        told = self.counters[card.value - 1]
        counted._obj.value = told or 0
        return 3 if told is None else 0


@pytest.mark.parametrize(("visible", "place"), [(None, 0), ("1,0", 1)])
def test_the_energy_of_a_gpu_is_that_since_the_last_reading(monkeypatch, visible, place):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    driver = Driver(70_000, 900)
    meter = GpuMeter(driver.load)
    driver.counters[place] += 2_500  # millijoules
    assert (meter.joules(), meter.joules(), driver.asked) == (2.5, 0.0, [LIBRARY])
    driver.counters[place] = None
    assert meter.joules() is None


@pytest.mark.parametrize("visible", ["-1", "", "GPU-8a12", "2"])
def test_of_a_gpu_that_is_not_used_or_not_there_nothing_is_told(monkeypatch, visible):
    def nowhere(_name):
        raise OSError

    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert GpuMeter(Driver(1, 2).load).joules() is None
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert GpuMeter(nowhere).joules() is None
