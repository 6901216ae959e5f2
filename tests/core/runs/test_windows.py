"""The windows of the thin line: as a plain loop with NumPy has them, and the same when they are told piece by piece."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.runs.windows import FEWEST_STEPS, Trace, Windows, steps_of_a_window, summed_up

PER_EPOCH = 7


@st.composite
def lines(draw):
    """(end of each point, its value)"""
    ends = np.cumsum(draw(st.lists(st.integers(1, 5), max_size=60))).tolist()
    return ends, draw(st.lists(st.floats(-9, 9), min_size=len(ends), max_size=len(ends)))


def looped(ends, values, steps):
    """(x, mean, low, high) of each window."""
    for window in sorted({(end - 1) // steps for end in ends}):
        inside = [place for place, end in enumerate(ends) if (end - 1) // steps == window]
        points = [values[place] for place in inside]
        middle = (ends[inside[0]] + ends[inside[-1]]) / 2 / PER_EPOCH
        yield middle, np.mean(points), *np.quantile(points, [0.1, 0.9])


@given(lines(), st.integers(1, 20))
def test_each_window_is_what_a_loop_makes_of_its_points(line, steps):
    ends, values = line
    made = summed_up(ends, values, steps, PER_EPOCH)
    expected = np.array(list(looped(ends, values, steps))).reshape(-1, 4)
    np.testing.assert_allclose(np.array([made.x, made.mean, made.low, made.high]).T, expected, rtol=1e-9, atol=1e-9)


def alike(one, other):
    for name in ("x", "mean", "low", "high"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-9)


def grown(ends, values, steps):
    trace = Trace()
    trace.begin(steps, PER_EPOCH, until=0)
    for end, value in zip(ends, values, strict=True):
        trace.add(end / PER_EPOCH, value, -value)
    return trace


@given(lines(), st.integers(1, 20), st.integers(0, 60))
def test_what_changed_since_a_point_goes_on_from_what_was_known_by_then(line, steps, known):
    ends, values = line
    known = min(known, len(ends))
    trace, whole = grown(ends[:known], values[:known], steps), summed_up(ends, values, steps, PER_EPOCH)
    before = trace.windows("loss")
    alike(before, summed_up(ends[:known], values[:known], steps, PER_EPOCH))
    for end, value in zip(ends[known:], values[known:], strict=True):
        trace.add(end / PER_EPOCH, value, -value)
    new = trace.windows("loss", since=known)
    for name in ("x", "mean", "low", "high"):
        together = getattr(before, name)[: new.first] + getattr(new, name)
        np.testing.assert_allclose(together, getattr(whole, name), rtol=1e-9, atol=1e-9)
    alike(trace.windows("loss"), whole)
    alike(trace.windows("accuracy"), summed_up(ends, np.negative(values), steps, PER_EPOCH))


@given(lines(), st.integers(1, 20), st.integers(1, 20), st.integers(0, 3))
def test_a_resumed_training_goes_on_with_what_was_kept(line, steps, other, until):
    ends, values = line
    trace = grown(ends, values, steps)
    trace.windows("loss")
    trace.begin(other, PER_EPOCH, until)
    kept = [place for place, end in enumerate(ends) if end / PER_EPOCH <= until]
    alike(trace.windows("loss"), summed_up([ends[at] for at in kept], [values[at] for at in kept], other, PER_EPOCH))


def test_an_update_costs_the_same_however_long_it_has_been_going_on():
    """Everybody who follows asks every second: the line of an hour and a half may not be gone through for each."""

    def touched(n):
        trace = grown(range(1, n + 1), [0.0] * n, 100)
        trace.windows("loss")
        looked_at = []
        trace._summed_up = lambda _name, begin, end: looked_at.append(end - begin) or Windows(0, [0], [0], [0], [0])
        trace.add((n + 1) / PER_EPOCH, 0.0, 0.0)
        trace.windows("loss", since=n)
        return sum(looked_at)

    assert touched(20_050) == touched(250) <= 100


def test_by_hand():
    made = summed_up([2, 4, 6, 8, 10], [5, 3, 4, 2, 1], steps=6, steps_per_epoch=10)
    assert made.x == pytest.approx([0.4, 0.9])
    assert made.mean == [4, 1.5]
    assert made.low == pytest.approx([3.2, 1.1])
    assert made.high == pytest.approx([4.8, 1.9])


def test_a_window_grows_with_the_training_and_is_never_of_a_few_steps():
    assert steps_of_a_window(10, 750) == 50
    assert steps_of_a_window(3, 9) == FEWEST_STEPS
    assert steps_of_a_window(1000, 750) == 5000
