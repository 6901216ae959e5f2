"""The network of any kept epoch as a file that is asked without Keras: it answers as Keras does, and is never stale."""

import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from core.__main__ import main
from core.errors import RunError
from core.files import read_json
from core.inside import weights
from core.network import at_epoch
from core.network.classifier import PREPROCESSING
from core.network.predict import loaded
from core.pictures.preprocessing import scaled
from tests.made import by_name
from tests.made.runs import begin_again

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("inside process")]  # the same run and process as its tests


def pictures(n):
    return np.asarray(by_name.load("digits").test.images[:n])


def test_the_network_of_any_kept_epoch_is_asked_without_keras(run, asked):
    images = pictures(50)
    for epoch in (0, 1):
        asked.convert(run, epoch)
        expected = weights.network(run, epoch)(scaled(images), training=False)
        np.testing.assert_allclose(loaded(run, epoch).network.probabilities(images), expected, atol=1e-5)
    with pytest.raises(RunError, match="choose one of: 0, 1, 2"):
        asked.convert(run, 7)


def test_an_epoch_that_was_trained_anew_is_made_anew(run, asked):
    asked.convert(run, 1)
    assert at_epoch.is_made(run, 1)
    shutil.copy(run.checkpoints / "epoch-0000.npz", run.checkpoints / "epoch-0001.npz")
    assert not at_epoch.is_made(run, 1)
    asked.convert(run, 1)
    expected = weights.network(run, 0)(scaled(pictures(9)), training=False)
    np.testing.assert_allclose(loaded(run, 1).network.probabilities(pictures(9)), expected, atol=1e-5)


def test_only_the_last_few_are_kept(run):
    for epoch in range(9):
        at_epoch.path_of(run, epoch).write_bytes(b"")
        os.utime(at_epoch.path_of(run, epoch), ns=(epoch, epoch))
    at_epoch.make_room(run)
    kept = range(9 - at_epoch.KEPT, 9)
    assert sorted(run.checkpoints.glob("network-*")) == [at_epoch.path_of(run, epoch) for epoch in kept]


def test_a_training_is_asked_on_the_command_line_after_a_kept_epoch(run, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FITSCOPE_RUNS", str(run.folder.parent))
    begin_again(run)
    Image.fromarray(pictures(1)[0, ..., 0]).save(tmp_path / "digit.png")
    assert main(["predict", run.id, str(tmp_path / "digit.png"), "--epoch", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    expected = weights.network(run, 1)(scaled(pictures(1)), training=False)[0]
    assert told["epoch"] == 1
    assert [told["probabilities"][name] for name in "0123456789"] == pytest.approx(expected, abs=1e-4)
    assert main(["predict", run.id, str(tmp_path / "digit.png")]) == 2
    assert "name one of the epochs that were kept: 0, 1, 2" in capsys.readouterr().err


def test_while_it_trains_pictures_are_made_ready_as_they_will_be_at_the_end(run, asked):
    expected = read_json(run.folder / PREPROCESSING)
    begin_again(run)
    asked.convert(run, 1)
    assert read_json(run.folder / PREPROCESSING) == expected
    assert loaded(run, 1).classes == tuple("0123456789")
