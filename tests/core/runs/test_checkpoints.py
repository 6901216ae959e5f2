"""Epochs are kept while there is room, thinned evenly after that, and damaged ones are told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RunError, SettingError
from core.runs import checkpoints

pytestmark = pytest.mark.slow


def weights(epoch, n=1000):
    return [np.full(n, epoch, np.float32), np.full((2, 3), -epoch, np.float32)]


def test_an_epoch_comes_back_as_it_was(tmp_path):
    checkpoints.write(tmp_path, 7, weights(7), best=7)
    for one, other in zip(checkpoints.read(tmp_path, 7), weights(7), strict=True):
        np.testing.assert_array_equal(one, other)


def test_answers_are_kept_beside(tmp_path):
    given = np.random.default_rng(0).dirichlet(np.ones(5), 40).astype(np.float32)
    checkpoints.write(tmp_path, 3, weights(3), best=3, answers=given)
    np.testing.assert_allclose(checkpoints.answers(tmp_path, 3), given, atol=5e-4)
    np.testing.assert_array_equal(checkpoints.read(tmp_path, 3)[0], weights(3)[0])
    assert checkpoints.answers(tmp_path, 4) is None


def test_a_full_disk_gets_room_from_kept_epochs(tmp_path):
    for epoch in range(6):
        checkpoints.write(tmp_path, epoch, weights(epoch), best=3)
    sizes = []
    while checkpoints.make_room(tmp_path):
        sizes.append(len(checkpoints.epochs(tmp_path)))
    assert sizes == [3, 1, 0]


@given(st.integers(3, 40), st.integers(0, 40), st.integers(20_000, 60_000))
def test_thinning_keeps_first_best_and_newest_and_spreads_the_rest(tmp_path_factory, last, best, limit):
    folder, best = tmp_path_factory.mktemp("epochs"), min(best, last)
    for epoch in range(last + 1):
        checkpoints.write(folder, epoch, weights(epoch), best)
        checkpoints.thin(folder, best, limit)
    kept = checkpoints.epochs(folder)
    assert {0, best, last} <= set(kept)
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert size <= limit or set(kept) == {0, best, last}
    if best in (0, last) and len(kept) > 3:
        assert max(np.diff(kept)) <= 3 * last / (len(kept) - 1)


def test_the_limit_can_be_set(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_CHECKPOINT_MB", "0")
    for epoch in range(6):
        checkpoints.write(tmp_path, epoch, weights(epoch), best=3)
    assert checkpoints.epochs(tmp_path) == [0, 3, 5]
    monkeypatch.setenv("FITSCOPE_CHECKPOINT_MB", "many")
    with pytest.raises(SettingError, match="FITSCOPE_CHECKPOINT_MB=many"):
        checkpoints.write(tmp_path, 6, weights(6), best=3)


def test_later_epochs_go_when_a_training_is_resumed(tmp_path):
    for epoch in range(6):
        checkpoints.write(tmp_path, epoch, weights(epoch), best=0)
    checkpoints.drop_after(tmp_path, 3)
    assert checkpoints.epochs(tmp_path) == [0, 1, 2, 3]


def test_the_nearest_epoch_is_found(tmp_path):
    assert checkpoints.nearest(tmp_path, 5) is None
    for epoch in (0, 4, 8):
        checkpoints.write(tmp_path, epoch, weights(epoch), best=0)
    assert [checkpoints.nearest(tmp_path, epoch) for epoch in (0, 1, 2, 3, 6, 99)] == [0, 0, 0, 4, 4, 8]


@pytest.mark.parametrize("content", [None, b"", b"PK", b"not an archive"])
def test_what_is_not_there_or_damaged_is_told(tmp_path, content):
    checkpoints.write(tmp_path, 1, weights(1), best=1)
    if content is not None:
        (tmp_path / "epoch-0002.npz").write_bytes(content)
    with pytest.raises(RunError, match=r"epoch 2 was not kept; choose one of: 1"):
        checkpoints.read(tmp_path, 2)


def test_an_epoch_that_is_looked_at_makes_no_room_meanwhile(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_CHECKPOINT_MB", "0")
    checkpoints.write(tmp_path, 0, weights(0), best=0)
    checkpoints.write(tmp_path, 1, weights(1), best=0)
    assert checkpoints.hold(tmp_path, 1)
    for epoch in (2, 3, 4):
        checkpoints.write(tmp_path, epoch, weights(epoch), best=0)
    assert not checkpoints.hold(tmp_path, 2)
    assert checkpoints.epochs(tmp_path) == [0, 1, 4]
    monkeypatch.setattr(checkpoints, "HELD_SECONDS", -1.0)
    checkpoints.write(tmp_path, 5, weights(5), best=0)
    assert checkpoints.epochs(tmp_path) == [0, 5]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epoch-0000.npz", "epoch-0005.npz"]


def test_only_a_few_are_held(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_CHECKPOINT_MB", "0")
    for epoch in range(20):
        checkpoints.write(tmp_path, epoch, weights(epoch), best=0)
        checkpoints.hold(tmp_path, epoch)
    kept = checkpoints.epochs(tmp_path)
    assert len(kept) <= checkpoints.HELD_MOST + 2
    assert kept[-1] == 19
