"""A challenge with networks that a worker really trained: what is answered rightly, and the budget in multiply-adds."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score

from core.classwork import asked, challenge, leaderboard
from core.data.catalogue import dataset
from core.people.acting import acting_as
from core.people.person import PeopleError
from core.queue.executor import LocalExecutor
from core.queue.scheduler import Scheduler
from core.recipe.config import TrainingConfig
from core.runs import checkpoints
from tests.made.runs import N_TRAIN, N_VALIDATION
from tests.made.workers import wait_until

pytestmark = pytest.mark.slow

EPOCHS = 8
OF_AN_ANSWER = 64 * 10  # multiply-adds of softmax regression on 8×8 pixels
OF_AN_EPOCH = 3 * OF_AN_ANSWER * (N_TRAIN - N_VALIDATION)  # forward once, backward twice


@pytest.fixture
def people(room):
    return [room.recognise(room.join(room.room, name)) for name in ("Léa", "Noé")]


@pytest.fixture
def made(room, teacher):
    """Twelve epochs' worth of work for each."""
    with acting_as(teacher):
        return challenge.begin(room, dataset("digits"), "Reads best", tries=3, multiply_adds=12 * OF_AN_EPOCH)


@pytest.fixture
def train(store, made, runs_folder):
    """Gives somebody's run of a seed, trained in the queue to its end."""
    executor = LocalExecutor(runs_folder)
    scheduler = Scheduler(store, executor)

    def trained(person, seed):
        recipe = TrainingConfig(dataset=made.dataset, architecture="softmax", epochs=EPOCHS, seed=seed)
        with acting_as(person):
            run = store.create(recipe)

        def ended():
            scheduler.tick()
            return run.state == "finished"

        wait_until(ended)
        return run

    yield trained
    executor.close()


def by_pencil(run, images):
    """Classes, from the weights of the epoch that the run keeps."""
    kept = min(run.history.epochs, key=lambda epoch: epoch["val_loss"])["epoch"]
    kernel, bias = checkpoints.read(run.checkpoints, kept)
    return (images.reshape(len(images), -1) / 255 @ kernel + bias).argmax(axis=1)


def test_a_trained_network_is_as_right_as_scikit_learn_counts_and_what_it_took_has_an_end(
    room, store, made, people, train
):
    lea, noe = people
    first, second, others = train(lea, 0), train(lea, 1), train(noe, 2)
    assert first.history.start["multiply_adds"] == OF_AN_ANSWER
    assert challenge.spent(first) == (EPOCHS, EPOCHS * OF_AN_EPOCH)
    with acting_as(lea):
        mine = asked.ask(room, store, made.number, first)
        with pytest.raises(PeopleError, match="more than the budget"):  # sixteen epochs' worth, of twelve
            asked.ask(room, store, made.number, second)
    with acting_as(noe):
        theirs = asked.ask(room, store, made.number, others)
    assert asked.spent_until(store, made, lea.id) == (2 * EPOCHS, 2 * EPOCHS * OF_AN_EPOCH)
    sealed = challenge.sealed(room, made.number)
    for asking, run in ((mine, first), (theirs, others)):
        said = by_pencil(run, sealed.images.images)
        for half, which in ((asking.public, sealed.public), (asking.private, ~sealed.public)):
            assert half.mean() == pytest.approx(accuracy_score(sealed.images.labels[which], said[which]))
            np.testing.assert_array_equal(half, sealed.images.labels[which] == said[which])
        assert 0.4 < asking.public.mean() < 1  # it has learnt something, and not all
    _the_board_is_as_scipy_reckons(leaderboard.standings(asked.askings(room, made)), (mine, theirs))


def _the_board_is_as_scipy_reckons(board, askings):
    """Wilson's interval of each; a place is shared where an exact McNemar test does not tell two apart."""
    assert {one.asking.person for one in board} == {asking.person for asking in askings}
    for one in board:
        reference = binomtest(one.hits, one.n).proportion_ci(method="wilson")
        assert one.interval == pytest.approx((reference.low, reference.high), abs=1e-6)
    better, worse = board
    only_one = int((better.asking.public & ~worse.asking.public).sum())
    only_other = int((~better.asking.public & worse.asking.public).sum())
    told_apart = only_one + only_other > 0 and binomtest(only_one, only_one + only_other).pvalue < 0.05
    assert (better.place, worse.place) == (1, 2 if told_apart else 1)
