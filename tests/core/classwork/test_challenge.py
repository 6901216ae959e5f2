"""A challenge: images that nobody sees, a few askings each, places that luck does not decide."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score

from core.carry.manifest import TEXT
from core.classwork import asked, challenge, leaderboard
from core.classwork.asked import Asking
from core.data import cache, imported
from core.data.catalogue import dataset
from core.data.dataset import Images, Splits
from core.errors import DataError
from core.network.classifier import Classifier
from core.people.acting import NotYoursError, acting_as
from core.people.person import PeopleError
from core.pictures.preprocessing import Preprocessing
from core.recipe.config import TrainingConfig
from tests.made.runs import make_run

pytestmark = pytest.mark.slow


@pytest.fixture
def lea(room):
    return room.recognise(room.join(room.room, "Léa"))


@pytest.fixture
def noe(room):
    return room.recognise(room.join(room.room, "Noé"))


@pytest.fixture
def made(room, teacher):
    with acting_as(teacher):
        return challenge.begin(room, dataset("digits"), "Who reads best?", tries=2, epochs=20)


@pytest.fixture
def answers(monkeypatch, room, made):
    """Networks that answer as a test says: run id -> how many of the sealed images, from the first, they get wrong."""
    wrong: dict[str, int] = {}
    labels = challenge.sealed(room, made.number).images.labels

    class Network:
        def __init__(self, n):
            self.n = n

        def probabilities(self, images):
            said = labels.copy()
            said[: self.n] = (said[: self.n] + 1) % 10
            return np.eye(10, dtype=np.float32)[said]

    def classifier(run):
        return Classifier(Network(wrong[run.id]), Preprocessing(8, 1), dataset(made.dataset).classes, made.dataset)

    monkeypatch.setattr(asked, "classifier", classifier)
    monkeypatch.setattr(asked, "fingerprint", lambda run: f"network of {run.id}")
    return wrong


def finished(store, person, made, answers, wrong=0, epochs=6, **changes):
    with acting_as(person):
        run = make_run(store, "finished", TrainingConfig(dataset=made.dataset, epochs=12, **changes), epochs=epochs)
    (run.folder / "worker.log").touch()
    answers[run.id] = wrong
    return run


def ask(room, store, person, made, run):
    with acting_as(person):
        return asked.ask(room, store, made.number, run)


def rows(images):
    return {row.tobytes() for row in np.asarray(images.images)}


def test_sealed_images_are_in_no_dataset_of_the_challenge(room, made):
    whole, rest = cache.load(dataset("digits")), cache.load(dataset(made.dataset))
    sealed = challenge.sealed(room, made.number)
    visible = [row.tobytes() for part in (rest.train, rest.test) for row in np.asarray(part.images)]
    both = visible + [row.tobytes() for row in sealed.images.images]
    everything = [row.tobytes() for part in (whole.train, whole.test) for row in np.asarray(part.images)]
    assert sorted(both) == sorted(everything)  # each once, none twice
    assert len(rest.train) == len(whole.train)
    assert made.n_public == made.n_private == 144
    assert int(sealed.public.sum()) == made.n_public


def test_both_halves_have_the_classes_in_their_proportions(room, made):
    sealed, whole = challenge.sealed(room, made.number), cache.load(dataset("digits")).test
    expected = np.bincount(whole.labels) / len(whole.labels)
    for half in (sealed.public, ~sealed.public):
        counted = np.bincount(sealed.images.labels[half], minlength=10)
        assert np.abs(counted - expected * half.sum()).max() <= 1.5


def test_an_asking_is_the_accuracy_that_scikit_learn_counts(room, store, made, lea, answers):
    run = finished(store, lea, made, answers, wrong=40)
    sealed = challenge.sealed(room, made.number)
    said = sealed.images.labels.copy()
    said[:40] = (said[:40] + 1) % 10
    asking = ask(room, store, lea, made, run)
    for half, which in ((asking.public, sealed.public), (asking.private, ~sealed.public)):
        assert half.mean() == pytest.approx(accuracy_score(sealed.images.labels[which], said[which]))


def test_a_class_that_the_network_does_not_know_is_never_right(room, made):
    sealed = challenge.sealed(room, made.number)

    class Always:
        def probabilities(self, images):
            return np.tile(np.float32([0, 1]), (len(images), 1))

    network = Classifier(Always(), Preprocessing(8, 1), ("3", "7"), made.dataset)
    right = asked.rightly(network, sealed, TrainingConfig(dataset=made.dataset))
    np.testing.assert_array_equal(right, sealed.images.labels == 7)


def test_each_asks_so_often_and_not_twice_with_the_same_network(room, store, made, lea, answers):
    first, second, third = (finished(store, lea, made, answers, epochs=2) for _ in range(3))
    ask(room, store, lea, made, first)
    with pytest.raises(PeopleError, match="already"):
        ask(room, store, lea, made, first)
    ask(room, store, lea, made, second)
    with pytest.raises(PeopleError, match="as often as each may"):
        ask(room, store, lea, made, third)
    assert [one.run for one in asked.askings(room, made)] == [first.id, second.id]


def test_an_asking_that_was_interrupted_counts(room, store, made, lea, answers, monkeypatch):
    run = finished(store, lea, made, answers)

    def killed(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(asked, "rightly", killed)
    with pytest.raises(KeyboardInterrupt):
        ask(room, store, lea, made, run)
    (asking,) = asked.askings(room, made)
    assert not asking.answered
    assert leaderboard.standings([asking]) == []


def test_whose_run_and_what_it_learnt_from_is_looked_at(room, store, made, lea, noe, answers):
    anothers = finished(store, noe, made, answers)
    with pytest.raises(NotYoursError):
        ask(room, store, lea, made, anothers)
    with acting_as(lea):
        elsewhere = make_run(store, "finished", TrainingConfig(dataset="digits"))
    (elsewhere.folder / "worker.log").touch()
    with pytest.raises(PeopleError, match="other images"):
        ask(room, store, lea, made, elsewhere)
    begun = finished(store, lea, made, answers, begin_from=f"{elsewhere.id}:3")
    with pytest.raises(PeopleError, match="began with a network"):
        ask(room, store, lea, made, begun)
    honest = finished(store, lea, made, answers, epochs=2)
    assert ask(room, store, lea, made, finished(store, lea, made, answers, begin_from=f"{honest.id}:2")).answered


def test_what_came_in_a_file_is_not_asked_nor_what_began_with_it(room, store, made, lea, answers):
    """A file of runs may say that it is of the challenge's dataset, and of one epoch: nobody here saw it train."""
    brought = finished(store, lea, made, answers, epochs=2)
    (brought.folder / "worker.log").unlink()  # which no such file may hold
    assert not TEXT.fullmatch(f"runs/{brought.id}/worker.log")
    with pytest.raises(PeopleError, match="came in a file"):
        ask(room, store, lea, made, brought)
    begun = finished(store, lea, made, answers, epochs=2, begin_from=f"{brought.id}:2")
    with pytest.raises(PeopleError, match="began with a network"):
        ask(room, store, lea, made, begun)


def test_what_was_trained_beyond_the_budget_is_not_asked(room, store, made, lea, answers):
    within, beyond = (finished(store, lea, made, answers, epochs=12) for _ in range(2))  # of 20
    with acting_as(lea):
        store.delete(within)
    assert asked.spent_until(store, made, lea.id) == (24, 0)  # a deleted one was trained, too
    with pytest.raises(PeopleError, match="budget"):
        ask(room, store, lea, made, beyond)
    with acting_as(lea):
        store.restore(within.id)
    assert ask(room, store, lea, made, within).answered


def test_work_is_epochs_times_images_times_three_answers(store, room, made, lea, answers):
    run = finished(store, lea, made, answers, epochs=4)
    events = run.folder / "events.jsonl"
    events.write_text(events.read_text("utf-8").replace('"multiply_adds": 0', '"multiply_adds": 1000'), "utf-8")
    start = run.history.start
    assert start["multiply_adds"] == 1000
    assert challenge.spent(run) == (4, 4 * start["n_train"] * 3 * 1000)


def test_it_is_over_when_the_teacher_says_so(room, store, made, lea, teacher, answers):
    run = finished(store, lea, made, answers)
    with acting_as(lea), pytest.raises(PeopleError):
        challenge.end(room, made.number)
    with acting_as(teacher):
        challenge.end(room, made.number)
    with pytest.raises(PeopleError, match="over"):
        ask(room, store, lea, made, run)
    with acting_as(teacher):
        challenge.go_on(room, made.number)
    ask(room, store, lea, made, run)
    with acting_as(teacher):
        challenge.withdraw(room, made.number)
    assert challenge.challenges(room) == []
    assert imported.dataset(made.dataset)  # runs may need it


def test_a_pupil_begins_none_and_too_few_images_are_refused(room, lea, teacher):
    with acting_as(lea), pytest.raises(PeopleError):
        challenge.begin(room, dataset("digits"), "Mine")
    few = Images(np.random.default_rng(0).integers(0, 255, (30, 8, 8, 1), np.uint8), np.arange(30) % 2)
    with acting_as(teacher):
        name = imported.create("Few", Splits(few, few), ("cat", "dog"))
        with pytest.raises(DataError, match="takes at least 46"):
            challenge.begin(room, dataset(name), "Too few")
    assert [one.title for one in imported.datasets().values()] == ["Few"]


def asking(person, right, at=0.0, private=None):
    right = np.asarray(right, bool)
    return Asking(person, "run", f"{person}{at}", at, right, right if private is None else np.asarray(private, bool))


def some(n, right):
    return np.arange(n) < right


def test_a_place_is_shared_where_the_difference_may_be_luck():
    n = 100
    board = leaderboard.standings([asking("c", some(n, 80)), asking("b", some(n, 88)), asking("a", some(n, 93))])
    assert [(one.asking.person, one.place, one.hits) for one in board] == [("a", 1, 93), ("b", 1, 88), ("c", 3, 80)]
    assert binomtest(0, 5).pvalue >= 0.05 > binomtest(0, 13).pvalue  # what sets a from b, and a from c


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (1, 20), (10, 20), (19, 20), (20, 20), (144, 144), (4321, 5000)])
def test_the_interval_of_a_score_is_wilsons_as_scipy_has_it(hits, n):
    (one,) = leaderboard.standings([asking("a", some(n, hits))])
    reference = binomtest(hits, n).proportion_ci(method="wilson")
    assert (one.hits, one.n, one.share) == (hits, n, hits / n)
    assert one.interval == pytest.approx((reference.low, reference.high), abs=1e-6)


def test_the_same_score_on_other_images_may_be_a_difference():
    first, second = np.r_[np.ones(90), np.zeros(10)], np.r_[np.zeros(10), np.ones(90)]
    board = leaderboard.standings([asking("a", first), asking("b", second, at=1.0)])
    assert [one.place for one in board] == [1, 1]
    assert [one.asking.person for one in board] == ["a", "b"]  # the earlier first


def test_choosing_the_best_of_many_flatters_and_the_private_half_says_by_how_much():
    """Networks that are all equally good: the best of 20 on the public half is no better on the private one."""
    rng = np.random.default_rng(1)
    askings = [
        asking(f"p{person}", rng.random(200) < 0.8, at=float(turn), private=rng.random(200) < 0.8)
        for person in range(40)
        for turn in range(20)
    ]
    flattered = leaderboard.optimism(askings)
    expected = 1.867 * np.sqrt(0.8 * 0.2 / 200)  # the mean of the largest of 20 normal numbers, in their deviations
    assert flattered == pytest.approx(expected, abs=0.012)
    assert {one.askings for one in leaderboard.standings(askings, "private")} == {20}
    assert leaderboard.optimism([]) is None
