"""The curves of a run are read line by line, without gaps, whatever interrupted the writing."""

import json
import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.runs.history import History, Place, place

pytestmark = pytest.mark.slow

STEPS = 10  # per epoch


def started(first=1, epochs=9, **more):
    told = dict.fromkeys(("n_train", "n_scored", "n_validation", "n_test", "n_classes", "parameters"), 100)
    told |= {"event": "started", "at": 1.0, "epochs": epochs, "first_epoch": first, "steps_per_epoch": STEPS}
    return {**told, "device": "CPU", **more}


def steps(epoch, step, losses=(2.0, 1.0), every=1):
    return {
        "event": "steps",
        "at": 2.0,
        "epoch": epoch,
        "step": step,
        "every": every,
        "loss": list(losses),
        "accuracy": [0.5] * len(losses),
        "images_per_second": 1000.0,
    }


def epoch(number, best=False, val_loss=1.0):
    told = dict.fromkeys(("loss", "accuracy", "val_accuracy", "learning_rate", "seconds"), 0.5)
    return {"event": "epoch", "at": 3.0, "epoch": number, "best": best, "val_loss": val_loss, **told}


def write(path, *events):
    with open(path, "a", encoding="utf-8") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.jsonl"


def read(path):
    history = History(path)
    history.update()
    return history


def numbers(history):
    return [told["epoch"] for told in history.epochs]


def test_only_new_lines_are_read(path):
    history = History(path)
    assert history.update() == 0
    write(path, started(), epoch(1))
    assert history.update() == 2
    assert history.update() == 2
    path.write_bytes(b"x" * path.stat().st_size)  # what was read is not looked at again
    write(path, epoch(2))
    assert history.update() == 3
    assert numbers(history) == [1, 2]


def test_a_half_line_is_read_when_it_is_whole(path):
    write(path, started(), epoch(1))
    line = json.dumps(epoch(2)) + "\n"
    history = read(path)
    with open(path, "a") as file:
        file.write(line[:20])
        file.flush()
        history.update()
        assert numbers(history) == [1]
        file.write(line[20:])
    history.update()
    assert numbers(history) == [1, 2]


def test_a_resumed_attempt_drops_the_epochs_it_repeats(path):
    write(path, started(), epoch(1), epoch(2, val_loss=7.0), steps(3, 4), started(first=2), epoch(2, val_loss=8.0))
    history = read(path)
    assert numbers(history) == [1, 2]
    assert history.column("val_loss") == [1.0, 8.0]
    assert all(x <= 1 for x in history.trace.x)


def test_a_kill_before_the_first_event_of_an_attempt_changes_nothing(path):
    write(path, started(), epoch(1))
    with open(path, "a") as file:
        file.write('{"event": "star')
    assert numbers(read(path)) == [1]


def test_epochs_have_no_gaps_even_if_a_line_is_lost(path):
    write(path, started(), epoch(1), epoch(3), epoch(4), epoch(2), epoch(2))
    assert numbers(read(path)) == [1, 2]


def test_the_best_epoch_is_the_last_that_was_called_best(path):
    write(path, started(), epoch(1, best=True), epoch(2, best=True), epoch(3))
    assert read(path).best["epoch"] == 2
    write(path, started(first=2))
    assert read(path).best["epoch"] == 1
    write(path, started(first=1))
    assert read(path).best is None


def test_progress_counts_the_runs_own_epochs(path):
    """DIGITS and others reckoned with 50 epochs whatever had been set."""
    write(path, started(epochs=3), epoch(1), steps(2, STEPS // 2))
    history = read(path)
    assert history.start["epochs"] == 3
    assert history.position == pytest.approx(1.5)


def test_the_trace_lies_where_the_steps_were_made(path):
    write(path, started(), steps(1, 2), steps(1, 4), steps(2, 10, losses=(3.0, 2.0, 1.0), every=3))
    trace = read(path).trace
    assert trace.x == pytest.approx([0.1, 0.2, 0.3, 0.4, 1.4, 1.7, 2.0])
    assert list(trace.loss) == [2.0, 1.0, 2.0, 1.0, 3.0, 2.0, 1.0]


DAMAGED = [
    {},
    {"event": "epoch"},
    {"event": ["epoch"]},
    {"event": "nothing", "at": 1.0},
    {**epoch(2), "val_loss": None},
    {**epoch(2), "val_loss": "low"},
    {**epoch(2), "epoch": "2"},
    {**epoch(2), "at": "now"},
    {name: value for name, value in epoch(2).items() if name != "best"},
    {"event": "started", "at": 1.0, "first_epoch": 1},
    started(first="one"),
    {**steps(2, 3), "loss": 2.0},
    {**steps(2, 3), "loss": ["low", None]},
    {**steps(2, 3), "epoch": 10**400},
    {"event": "preparing", "at": 1.0, "what": 3, "fraction": "half"},
]


@pytest.mark.parametrize("event", DAMAGED, ids=lambda event: str(event)[:50])
def test_an_event_that_lacks_what_it_should_say_is_passed_over(path, event):
    write(path, started(), epoch(1, best=True), event)
    history = read(path)
    assert numbers(history) == [1]
    assert history.start == started()
    assert history.best["epoch"] == 1
    assert history.windows("loss").x == []
    write(path, epoch(2))
    history.update()
    assert numbers(history) == [1, 2]


def test_no_steps_an_epoch_is_no_reason_to_divide_by_zero(path):
    write(path, started(steps_per_epoch=0), steps(1, 2), epoch(1))
    history = read(path)
    assert not history.trace.x
    assert numbers(history) == [1]


def test_steps_before_any_start_are_passed_over(path):
    write(path, steps(1, 2), epoch(1))
    assert not read(path).trace.x


def test_a_folder_or_nothing_in_place_of_the_events_is_an_empty_history(tmp_path):
    assert read(tmp_path).epochs == []
    assert read(tmp_path / "absent").epochs == []


WHOLE = [started(), steps(1, 2), epoch(1), steps(2, 2), epoch(2), started(first=2), steps(2, 2), epoch(2), epoch(3)]
CONTENT = "".join(json.dumps(event) + "\n" for event in WHOLE).encode()


@given(cuts=st.lists(st.integers(0, len(CONTENT)), max_size=6))
def test_reading_in_pieces_gives_what_reading_at_once_gives(tmp_path_factory, cuts):
    path = tmp_path_factory.mktemp("pieces") / "events.jsonl"
    history = History(path)
    places = [0, *sorted(cuts), len(CONTENT)]
    for start, end in pairwise(places):
        with open(path, "ab") as file:
            file.write(CONTENT[start:end])
        history.update()
    once = read(path)
    assert (history.epochs, history.trace, history.version) == (once.epochs, once.trace, len(WHOLE))
    assert numbers(history) == [1, 2, 3]


@given(place=st.integers(0, len(CONTENT) - 1), garbage=st.binary(min_size=1, max_size=40))
def test_garbage_anywhere_never_makes_a_gap(tmp_path_factory, place, garbage):
    path = tmp_path_factory.mktemp("garbage") / "events.jsonl"
    path.write_bytes(CONTENT[:place] + garbage + CONTENT[place + len(garbage) :])
    history = read(path)
    assert numbers(history) == list(range(1, len(history.epochs) + 1))
    assert len(history.trace.x) == len(history.trace.loss) == len(history.trace.accuracy)


def test_several_viewers_share_one_history(path):
    write(path, started(epochs=500))
    history = History(path)
    writer = threading.Thread(target=lambda: [write(path, epoch(number)) for number in range(1, 301)])
    viewers = [threading.Thread(target=lambda: [history.update() for _ in range(200)]) for _ in range(4)]
    for thread in (writer, *viewers):
        thread.start()
    for thread in (writer, *viewers):
        thread.join()
    assert history.update() == 301
    assert numbers(history) == list(range(1, 301))


def test_what_is_new_after_a_place(path):
    write(path, started(), steps(1, 5), steps(1, 10), epoch(1), steps(2, 5))
    history = read(path)
    assert history.place == Place(attempts=1, epochs=1, points=6)
    whole, later = history.news(Place()), history.news(Place(1, 0, 4))
    assert whole.anew
    assert (len(whole.epochs), whole.windows["loss"]) == (1, history.windows("loss"))
    assert not later.anew
    assert (numbers(later), later.windows["loss"]) == ([1], history.trace.windows("loss", 4))
    nothing = history.news(history.place)
    assert (nothing.anew, nothing.epochs, nothing.windows["loss"].x, nothing.place) == (False, [], [], history.place)


def test_the_last_epoch_may_be_moved_without_moving_the_windows(path):
    write(path, started(epochs=2000), steps(1, 10), epoch(1))
    before = read(path).windows("loss")
    write(path, {"event": "changed", "at": 2.0, "epoch": 2, "values": {"epochs": 2}})
    history = read(path)
    assert history.start["epochs"] == 2
    assert history.windows("loss") == before


def test_what_a_resumed_training_dropped_is_told_anew(path):
    write(path, started(), steps(1, 10), epoch(1), steps(2, 5))
    before = read(path).place
    write(path, started(first=2))
    news = read(path).news(before)
    assert news.anew
    assert (numbers(news), news.windows["loss"], news.place) == ([1], read(path).windows("loss"), Place(2, 1, 2))


@given(st.integers(0, 10**9 - 1), st.integers(0, 10**9 - 1), st.integers(0, 10**9 - 1))
def test_a_place_is_read_as_it_was_written(attempts, epochs, points):
    assert place(str(Place(attempts, epochs, points))) == Place(attempts, epochs, points)


@given(st.text())
def test_a_place_that_nobody_wrote_is_the_beginning_or_one(text):
    assert isinstance(place(text), Place)
