"""The diary of the training images: every kind of image, every state, and probable label errors beside it."""

import re

import numpy as np
import pytest

from core.evaluation.evaluation import SPLITS
from core.evaluation.memorisation import images
from core.recipe.config import TrainingConfig
from core.runs import diary
from tests.made import by_name
from tests.made.diaries import NOISY, by_heart, kept
from tests.made.experiments import ended, made_of
from tests.made.pages import open_page, texts
from tests.made.runs import make_run
from tests.pages.mistakes.made import PAGE, see

pytestmark = pytest.mark.slow


def open_diary(run, kind=None):
    app = open_page(PAGE, run=run.id, view="diary")
    if kind:
        app.segmented_control(key=f"diary_kind_{run.id}").set_value(kind).run()
        assert not app.exception, app.exception
    return app


def walls(app):
    return "".join(str(one.proto.body) for one in app.get("html"))


def shown_rows(app):
    return [int(row) for row in re.findall(r"<br>#(\d+)<", walls(app))]


def test_a_link_opens_it_on_the_changed_labels(store):
    run = kept(store, by_heart())
    app, found = open_diary(run), diary.read(run)
    assert app.segmented_control(key="mistakes_view").value == "diary"
    assert "24 of 60 training labels (40 %) were changed" in texts(app)
    assert "All 60 training images, after each of 6 epochs. 24 of them have a changed label." in texts(app)
    assert shown_rows(app) == found.rows[images(found, "changed")].tolist()
    captions = re.findall(r"<b>told: (\d)</b><br>is: (\d)<br>([^<]*)<br>#(\d+)", walls(app))
    assert len(captions) == 24
    assert [words for *_all, words, _row in captions[:5]] == [f"by heart from epoch {at}" for at in range(2, 7)]
    by_row = dict(zip(found.rows.tolist(), zip(found.labels.tolist(), found.true.tolist(), strict=True), strict=True))
    assert all(by_row[int(row)] == (int(told), int(true)) for told, true, _words, row in captions)
    assert walls(app).count("data:image/png") == 48  # a picture and a strip for each


@pytest.mark.parametrize(
    ("kind", "words"),
    [("never", "learnt in no epoch"), ("forgotten", "forgotten 2 times"), ("late", "learnt in epoch 6")],
)
def test_without_label_noise_each_kind_has_its_image(store, kind, words):
    config = TrainingConfig(epochs=12, train_images=60)
    run = kept(store, by_heart(config), config)
    app, found = open_diary(run, kind), diary.read(run)
    assert shown_rows(app) == found.rows[images(found, kind)].tolist()
    assert words in walls(app)
    assert "changed" not in app.segmented_control(key=f"diary_kind_{run.id}").options


def test_where_there_is_no_such_image_that_is_said(store):
    config = TrainingConfig(epochs=12, train_images=60)
    run = kept(store, np.tile(by_name.of(config).train.labels, (6, 1)), config)
    for kind in ("never", "forgotten", "late"):
        assert open_diary(run, kind).success[0].value.startswith("None: ")


def test_many_images_are_paged_through(store):
    config = TrainingConfig(epochs=12, train_images=200, label_noise=0.4)
    run = kept(store, by_heart(config), config)
    app, found = open_diary(run), diary.read(run)
    first = shown_rows(app)
    app.number_input(key=f"diary_page_changed_{run.id}").set_value(4).run()
    assert first + shown_rows(app) == found.rows[images(found, "changed")[[*range(24), *range(72, 80)]]].tolist()


def test_a_baseline_has_no_epochs_and_an_earlier_run_kept_none(store):
    old = open_diary(make_run(store, "finished", NOISY))
    assert "kept no diary" in old.info[0].value
    baseline = make_run(store, "finished", TrainingConfig(architecture="logistic_regression"))
    assert "no epochs to look back on" in open_diary(baseline).info[0].value


def test_probable_label_errors_lead_to_a_cross_validation_first(store):
    app = open_diary(kept(store, by_heart(), answered=SPLITS), "suspects")
    assert "no cross-validation of this dataset" in app.info[0].value
    (query,) = [link.proto.query_string for link in app.get("page_link") if "cross-validation" in link.proto.label]
    assert "ask=cross_validation" in query
    assert "label_noise=0.4" in query


def test_probable_label_errors_are_held_against_the_changed_ones_and_the_diary(store):
    run = kept(store, by_heart(NOISY.pinned()), NOISY.pinned(), SPLITS)
    folds = [TrainingConfig(folds=3, fold=fold).pinned() for fold in (1, 2, 3)]
    made_of(store, "cross_validation", [({"fold": one.fold}, ended(store, 10, one)) for one in folds])
    app = open_page(PAGE, run=run.id, view="diary", images="suspects")  # the link of the cross-validation
    assert app.segmented_control(key=f"diary_kind_{run.id}").value == "suspects"
    n, asked = map(int, re.search(r"\*\*(\d+) labels are probably wrong\*\*, of (\d+) training", texts(app)).groups())
    assert asked == 60
    hits, changed = map(int, re.search(r"(\d+) of the (\d+) changed ones are found", texts(app)).groups())
    assert changed == 24
    assert f"Of the {n} suspected ones {hits} really were changed (precision {round(100 * hits / n)} %" in texts(app)
    assert len(shown_rows(app)) == min(n, 24)
    assert walls(app).count("✓ was changed") == min(n, 24) - walls(app).count("✗ was not changed")
    app.toggle(key=f"diary_both_{run.id}").set_value(True).run()
    both = shown_rows(app)
    found = diary.read(run)
    odd = {int(found.rows[image]) for kind in ("never", "forgotten", "late") for image in images(found, kind)}
    assert both
    assert set(both) <= odd


def test_the_diary_is_one_view_among_the_others(store):
    app = see(open_page(PAGE, run=kept(store, by_heart()).id), "diary")
    assert "Diary of the training images" in app.segmented_control(key="mistakes_view").options
