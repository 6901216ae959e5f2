"""The curves of memorisation, and the strip of one image's epochs."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from core.evaluation.memorisation import memorised
from core.runs import diary
from dashboard.charts import memorisation
from dashboard.charts.diary import HEIGHT, stretches, strip
from tests.made.diaries import by_heart, kept


@pytest.fixture
def run(store):
    return kept(store, by_heart())


def test_each_line_is_a_share_of_the_images_epoch_by_epoch(run):
    read = diary.read(run)
    figure = memorisation.over_epochs(memorised(read), run.history, 12, "It learns", str)
    lines = {line["meta"]: line for line in figure["data"]}
    assert list(lines) == ["kept", "by_heart", "true", "val_accuracy"]
    for line in figure["data"]:
        assert line["x"] == [1, 2, 3, 4, 5, 6]
    assert lines["by_heart"]["y"] == pytest.approx([0 / 24, 1 / 24, 2 / 24, 3 / 24, 4 / 24, 5 / 24])
    assert lines["true"]["y"] == pytest.approx([24 / 24, 23 / 24, 22 / 24, 21 / 24, 20 / 24, 19 / 24])
    assert lines["kept"]["y"] == pytest.approx([34 / 36, 33 / 36, 34 / 36, 33 / 36, 34 / 36, 35 / 36])
    assert lines["val_accuracy"]["y"] == run.history.column("val_accuracy")


def test_lines_are_told_apart_without_their_colours(run):
    figure = memorisation.over_epochs(memorised(diary.read(run)), run.history, 12, "", str)
    dashes = {line["meta"]: line["line"]["dash"] for line in figure["data"]}
    assert [name for name, dash in dashes.items() if dash == "solid"] == ["val_accuracy"]
    assert len({line["marker"]["symbol"] for line in figure["data"]}) == 4
    assert figure["layout"]["xaxis"]["title"]["text"]
    assert figure["layout"]["yaxis"]["tickformat"] == ".0%"


def test_an_epoch_that_the_history_has_not_told_yet_is_not_drawn(run):
    history = run.history
    del history.epochs[4:]  # its record was written, its event was not
    figure = memorisation.over_epochs(memorised(diary.read(run)), history, 12, "", str)
    assert {tuple(line["x"]) for line in figure["data"]} == {(1, 2, 3, 4)}
    assert {note["x"] for note in figure["layout"]["annotations"]} == {4}


@pytest.mark.parametrize(
    "ends",
    [(1, 1, 1, 1), (0, 0, 0, 0), (0.9, 0.91, 0.92, 0.05), (0.02, 0.01, 0.03, 0.99), (0.1, 0.4, 0.6, 0.9)],
)
def test_names_of_lines_keep_their_order_and_do_not_lie_on_each_other(ends):
    named = dict(zip("abcd", ends, strict=True))
    places = memorisation.apart(named)
    written = sorted(places.values())
    assert np.diff(written).min() >= memorisation.APART - 1e-9
    assert written[0] >= -1e-9
    assert written[-1] <= 1 + 1e-9
    order = sorted(named, key=lambda name: (-named[name], name))
    assert sorted(order, key=lambda name: -places[name]) == order
    if min(np.diff(sorted(ends))) >= memorisation.APART:
        assert places == named


def pixels(html):
    (source,) = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source))))


def test_a_strip_has_a_column_an_epoch_as_high_as_the_answer_was_told():
    told, true = np.array([0, 0, 1, 1, 0], bool), np.array([1, 0, 0, 0, 1], bool)
    html = strip(told, true, True, lambda words, **values: words.format(**values))
    heights = (pixels(html)[:, :, 3] > 0).sum(axis=0)
    assert heights.tolist() == [HEIGHT // 2, 1, HEIGHT, HEIGHT, HEIGHT // 2]
    assert 'alt="as told after epochs 3–4"' in html
    unchanged = strip(told, told, False, lambda words, **values: words.format(**values))
    assert (pixels(unchanged)[:, :, 3] > 0).sum(axis=0).tolist() == [1, 1, HEIGHT, HEIGHT, 1]


def test_epochs_are_told_in_stretches():
    assert stretches(np.array([1, 0, 1, 1, 1, 0, 0, 0, 1], bool)) == "1, 3–5, 9"
    assert stretches(np.zeros(4, bool)) == ""
    assert stretches(np.arange(40) % 2 == 0).endswith("15 …")
