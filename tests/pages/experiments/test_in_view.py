"""An experiment in view: how far it is, its answer in both languages, its chart and table; paused, deleted, undone."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.experiments import experiment as experiments
from core.files import write_whole
from core.recipe.config import TrainingConfig
from core.runs.run import EVALUATION
from tests.made.experiments import ended, made_of
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

PAGE = "05_experiments.py"
WIDTHS, SIZES = (0.25, 4.0), (100, 400)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras


def several_seeds(store):
    return made_of(store, "seeds", [({}, ended(store, 4 + seed, TrainingConfig(seed=seed))) for seed in range(3)])


def learning_curve(store):
    runs = [
        ({"train_images": n}, ended(store, every, TrainingConfig(train_images=n))) for n, every in ((100, 3), (400, 40))
    ]
    return made_of(store, "learning_curve", runs)


def validation_curve(store):
    runs = [
        ({"dropout": value}, ended(store, every, TrainingConfig(dropout=value)))
        for value, every in ((0.0, 40), (0.5, 3))
    ]
    return made_of(store, "validation_curve", runs)


def capacity_map(store):
    runs = [
        (
            {"filter_multiplier": width, "train_images": n},
            ended(store, 5, TrainingConfig(filter_multiplier=width, train_images=n)),
        )
        for n in SIZES
        for width in WIDTHS
    ]
    return made_of(store, "capacity_map", runs)


def grid(store):
    runs = [
        (
            {"batch_size": size, "learning_rate": rate},
            ended(store, every, TrainingConfig(batch_size=size, learning_rate=rate)),
        )
        for size, rate, every in ((16, 0.01, 40), (16, 0.001, 3), (32, 0.01, 3), (32, 0.001, 2))
    ]
    return made_of(store, "grid", runs)


def cross_validation(store):
    recipes = [TrainingConfig(folds=2, fold=fold) for fold in (1, 2)]
    return made_of(store, "cross_validation", [({"fold": one.fold}, ended(store, 40, one)) for one in recipes])


ALL = {
    several_seeds: ("3 seeds:", "3 graines"),
    learning_curve: ("more images would probably help", "davantage d’images aideraient"),
    validation_curve: ("Dropout 0 is best", "Dropout 0 est le meilleur"),
    capacity_map: ("The gap between training and validation is widest at Filters", "L’écart entre"),
    cross_validation: ("2 folds: 97.5", "2 parts"),
    grid: ("Batch size 16, Learning rate 0.01 has the most", "Taille de lot 16"),
}


def charts(app):
    """The figures of a page."""
    found = [json.loads(one.proto.json) for one in app.get("bidi_component") if "experiment-" in one.proto.id]
    return [one["figure"] for one in found]


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.__name__)
def test_the_answer_is_one_sentence_in_both_languages(store, engine, made):
    experiment = made(store)
    english, french = ALL[made]
    assert english in texts(open_page(PAGE, experiment=experiment.id))
    said = texts(open_page(PAGE, experiment=experiment.id, lang="fr"))
    assert french.replace("’", "'") in said.replace("’", "'")


@pytest.mark.parametrize(("name", "french"), [("Grid", "Grille"), ("Grid of Ada", "Grid of Ada")])
def test_one_that_nobody_named_has_the_title_of_its_kind_in_the_viewers_language(store, engine, name, french):
    made = grid(store)
    experiments.write(store, replace(made, name=name))
    assert open_page(PAGE, experiment=made.id, lang="fr").title[0].value == french
    assert french in [link.proto.label for link in open_page(PAGE, lang="fr").get("page_link")]


def test_several_values_of_a_setting_name_it_once(store, engine):
    values = ((0.0, 40), (0.5, 3), (0.8, 2))
    runs = [({"dropout": value}, ended(store, every, TrainingConfig(dropout=value))) for value, every in values]
    assert "Worse beyond noise: Dropout 0.5, 0.8." in texts(
        open_page(PAGE, experiment=made_of(store, "validation_curve", runs).id)
    )


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.__name__)
def test_all_runs_are_a_table_that_can_be_taken_away(store, engine, made):
    experiment = made(store)
    app = open_page(PAGE, experiment=experiment.id)
    frame = app.dataframe[0].value
    assert len(frame) == len(experiment.runs)
    assert {"Seed", "Parameters", "Seconds an epoch", "Epochs", "Minutes", "Validation accuracy", "Outputs"} <= set(
        frame
    )
    assert list(frame["Run"]) == [f"train?run={run_id}" for _at, run_id in experiment.runs]
    assert frame["Validation accuracy"].between(0, 1).all()


def test_over_the_values_validation_is_solid_with_its_interval_and_training_dashed(store, engine):
    (figure,) = charts(open_page(PAGE, experiment=validation_curve(store).id))
    band, training, validation = figure["data"]
    assert (training["line"]["dash"], validation["line"]["dash"]) == ("dash", "solid")
    assert validation["x"] == [0.0, 0.5]
    assert band["y"][0] < validation["y"][0] < band["y"][-1]
    assert figure["layout"]["xaxis"]["ticktext"] == ["0", "0.5"]


def test_a_cell_of_the_map_is_written_in_and_opens_its_run(store, engine, monkeypatch):
    experiment = capacity_map(store)
    monkeypatch.setattr("dashboard.experiments.chart.clickable", lambda *_given, **_named: (1, 0))
    app = open_page(PAGE, experiment=experiment.id)
    run_id = next(run for at, run in experiment.runs if dict(at) == {"filter_multiplier": 0.25, "train_images": 400})
    links = [link.proto.query_string for link in app.get("page_link") if link.proto.label == "Open this run"]
    assert len(links) == 1
    assert f"run={run_id}" in links[0]


def test_of_a_cross_validation_the_labels_that_look_wrong_are_shown_as_pictures(store, engine):
    experiment = cross_validation(store)
    app = open_page(PAGE, experiment=experiment.id)
    said = texts(app)
    wrong = sum(round((1 - one.val_accuracy) * one.n_validation) for _at, one in experiments.results(store, experiment))
    assert f"{wrong} labels are probably wrong" in said
    walls = [one.proto.body for one in app.get("html") if "labelled:" in one.proto.body]
    assert len(walls) == 1
    assert walls[0].count("<img") == 24
    assert f"The surest 24 of {wrong}." in said
    (link,) = [one.proto for one in app.get("page_link") if "relabel them" in one.proto.label]
    assert "view=diary" in link.query_string
    assert "images=suspects" in link.query_string


def test_where_no_label_looks_wrong_that_is_said(store, engine):
    recipes = [TrainingConfig(folds=2, fold=fold) for fold in (1, 2)]
    runs = [({"fold": one.fold}, ended(store, 10_000, one)) for one in recipes]
    for _at, run in runs:  # the one image that it takes for another is made right
        with np.load(run.folder / EVALUATION) as file:
            arrays = dict(file)
        arrays["validation_probabilities"] = np.eye(10, dtype=np.float32)[arrays["validation_labels"]]
        write_whole(run.folder / EVALUATION, lambda file, kept=arrays: np.savez(file, **kept))
    said = texts(open_page(PAGE, experiment=made_of(store, "cross_validation", runs).id))
    assert "0 labels are probably wrong" in said
    assert "1,437 images that were held back" in said


def test_while_it_goes_on_it_says_how_far_it_is_and_the_answer_so_far(store, engine):
    runs = [({}, ended(store, every, TrainingConfig(seed=every))) for every in (4, 5)]
    runs += [({}, make_run(store, "running", TrainingConfig(seed=8, epochs=12))), ({}, store.create(TrainingConfig()))]
    app = open_page(PAGE, experiment=made_of(store, "seeds", runs).id)
    said = texts(app)
    assert "2 of 4 runs are done · epoch 7 of 12 · about" in said
    assert "So far: 2 seeds" in said
    assert app.button(key="pause_experiment")


@pytest.mark.parametrize(
    ("n", "lang", "words"),
    [
        (1, "en", "1 of 3 runs is done"),
        (2, "en", "2 of 3 runs are done"),
        (1, "fr", "1 entraînement sur 3 est terminé"),
        (2, "fr", "2 entraînements sur 3 sont terminés"),
    ],
)
def test_one_run_and_several_are_counted_as_the_language_does(store, engine, n, lang, words):
    runs = [({}, ended(store, 4, TrainingConfig(seed=seed))) for seed in range(n)]
    runs += [({}, make_run(store, "stopped", TrainingConfig(seed=seed))) for seed in range(n, 3)]
    assert words in texts(open_page(PAGE, experiment=made_of(store, "seeds", runs).id, lang=lang))


def test_it_is_paused_and_goes_on(store, engine):
    runs = [({}, ended(store, 4)), *(({}, store.create(TrainingConfig(seed=seed))) for seed in (1, 2))]
    app = open_page(PAGE, experiment=made_of(store, "seeds", runs).id)
    app.button(key="pause_experiment").click().run()
    assert [run.state for _at, run in runs] == ["finished", "stopped", "stopped"]
    assert app.button(key="resume_experiment").label == "Go on with 2 runs"
    app.button(key="resume_experiment").click().run()
    assert [run.state for _at, run in runs] == ["finished", "queued", "queued"]
    assert app.button(key="pause_experiment")


def test_before_the_first_has_ended_there_is_an_empty_chart_and_no_answer(store, engine):
    runs = [({"dropout": value}, store.create(TrainingConfig(dropout=value))) for value in (0.0, 0.5)]
    app = open_page(PAGE, experiment=made_of(store, "validation_curve", runs).id)
    assert "The answer comes when enough runs have ended." in texts(app)
    (figure,) = charts(app)
    assert figure["data"][2]["x"] == []
    assert figure["layout"]["yaxis"]["range"] == [0, 1]


def test_runs_that_diverged_or_were_deleted_are_counted(store, engine):
    diverged = make_run(store, "failed")
    status = (diverged.folder / "status.json").read_text("utf-8").replace("TrainingError", "DivergedError")
    (diverged.folder / "status.json").write_text(status, "utf-8")
    gone = ended(store, 4)
    experiment = made_of(store, "seeds", [({}, diverged), ({}, gone), ({}, ended(store, 5)), ({}, ended(store, 6))])
    store.delete(gone)
    said = texts(open_page(PAGE, experiment=experiment.id))
    assert "2 of 4 runs are done · 1 diverged · 1 was deleted" in said
    assert "2 seeds" in said


def test_one_whose_runs_were_all_deleted_says_so(store, engine):
    experiment = several_seeds(store)
    for _at, run in experiments.runs_of(store, experiment):
        store.delete(run)
    assert "Its runs were deleted." in texts(open_page(PAGE, experiment=experiment.id))


def test_one_that_is_not_there_is_told_and_a_question_offered(store, engine):
    app = open_page(PAGE, experiment="20261126-000000-000000")
    assert "no experiment called" in texts(app)
    assert app.button(key="start_experiment")


def test_an_earlier_one_is_listed_deleted_with_its_runs_and_brought_back(store, engine):
    experiment = several_seeds(store)
    app = open_page(PAGE)
    app.button(key=f"delete-{experiment.id}").click().run()
    assert experiments.experiments(store) == []
    assert store.all() == []
    assert "Deleted with its runs: a question" in texts(app)
    app.button(key="undo_experiment").click().run()
    assert experiments.experiments(store) == [experiment]
    assert len(store.all()) == 3


def test_one_at_work_cannot_be_deleted(store, engine):
    experiment = made_of(store, "seeds", [({}, store.create(TrainingConfig())), ({}, ended(store, 4))])
    assert open_page(PAGE).button(key=f"delete-{experiment.id}").disabled
