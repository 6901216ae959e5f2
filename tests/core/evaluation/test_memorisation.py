"""What is learnt by heart, counted against a loop over the images and against a diary worked out by hand."""

import itertools

import numpy as np
import pytest

from core.evaluation.memorisation import KINDS, images, learning, memorised
from core.runs.diary import Diary


def diary_of(said, labels, true=None):
    labels = np.asarray(labels)
    places = np.arange(len(labels))
    return Diary(places, 100 + places, labels, labels if true is None else np.asarray(true), np.asarray(said, np.uint8))


# Four images that were all told 1, and what was said of them in six epochs
BY_HAND = diary_of(
    np.transpose(
        [
            [0, 1, 1, 1, 1, 1],  # learnt in epoch 2, for good
            [1, 0, 1, 1, 0, 0],  # right at once, forgotten after epochs 1 and 4, and not right at the end
            [0, 2, 0, 3, 0, 2],  # never
            [1, 1, 0, 0, 0, 1],  # forgotten once, and learnt for good in the last epoch
        ]
    ),
    [1, 1, 1, 1],
)


def test_a_diary_worked_out_by_hand():
    seen = learning(BY_HAND.right)
    assert seen.first.tolist() == [2, 1, 0, 1]
    assert seen.learnt.tolist() == [2, 0, 0, 6]
    assert seen.forgotten.tolist() == [0, 2, 0, 1]
    assert images(BY_HAND, "never").tolist() == [2]
    assert images(BY_HAND, "forgotten").tolist() == [1, 3]
    assert images(BY_HAND, "late").tolist() == [3]
    assert images(BY_HAND, "changed").tolist() == []


@pytest.fixture(scope="module")
def noisy():
    """300 images of 10 classes, a third of their labels changed, answered in turn as told, truly and at random."""
    random = np.random.default_rng(0)
    true = random.integers(0, 10, 300)
    labels = np.where(random.random(300) < 1 / 3, (true + random.integers(1, 10, 300)) % 10, true)
    guesses = random.integers(0, 10, (12, 300))
    which = random.random((12, 300))
    return diary_of(np.where(which < 0.4, labels, np.where(which < 0.8, true, guesses)), labels, true)


def test_the_shares_are_those_of_a_loop_over_the_images(noisy):
    found = memorised(noisy)
    for epoch in range(noisy.epochs):
        kept = by_heart = seen_through = n_kept = n_changed = 0
        for image in range(noisy.n):
            answer = int(noisy.said[epoch, image])
            if noisy.labels[image] == noisy.true[image]:
                n_kept += 1
                kept += answer == noisy.labels[image]
            else:
                n_changed += 1
                by_heart += answer == noisy.labels[image]
                seen_through += answer == noisy.true[image]
        assert (found.n_kept, found.n_changed) == (n_kept, n_changed)
        assert found.kept[epoch] == pytest.approx(kept / n_kept, abs=1e-12)
        assert found.by_heart[epoch] == pytest.approx(by_heart / n_changed, abs=1e-12)
        assert found.true[epoch] == pytest.approx(seen_through / n_changed, abs=1e-12)


def test_when_each_image_was_learnt_is_what_a_loop_over_the_epochs_finds(noisy):
    seen = learning(noisy.right)
    for image in range(noisy.n):
        answers = [bool(noisy.said[epoch, image] == noisy.labels[image]) for epoch in range(noisy.epochs)]
        assert seen.first[image] == (answers.index(True) + 1 if any(answers) else 0)
        assert seen.forgotten[image] == sum(a and not b for a, b in itertools.pairwise(answers))
        to_the_end = next((epoch for epoch in range(1, len(answers) + 1) if all(answers[epoch - 1 :])), 0)
        assert seen.learnt[image] == to_the_end


def test_changed_images_come_in_the_order_in_which_they_were_learnt_by_heart(noisy):
    seen, found = learning(noisy.right), images(noisy, "changed")
    assert set(found) == set(np.flatnonzero(noisy.labels != noisy.true))
    order = [int(seen.learnt[image]) or noisy.epochs + 1 for image in found]
    assert order == sorted(order)


def test_without_changed_labels_there_are_no_shares_of_them():
    found = memorised(BY_HAND)
    assert found.kept.tolist() == [0.5, 0.5, 0.5, 0.5, 0.25, 0.5]
    assert np.isnan(found.by_heart).all()
    assert np.isnan(found.true).all()
    assert (found.n_kept, found.n_changed) == (4, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_diary_without_an_epoch_has_no_images(kind):
    assert not len(images(diary_of(np.empty((0, 2)), [1, 2]), kind))
