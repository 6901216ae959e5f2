"""The Runs page finds runs again: by words, state, dataset, tag and star; what is archived is listed apart."""

import pytest

from core.recipe.config import TrainingConfig
from core.runs.index import Index
from core.runs.store import RunStore
from tests.made.pages import key_of, open_page, texts
from tests.made.runs import make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras


@pytest.fixture
def runs(store, engine):
    """name -> run"""
    made = {
        "plain": make_run(store, "finished"),
        "starred": make_run(store, "finished"),
        "shapes": make_run(store, "running", TrainingConfig(dataset="shapes")),
        "away": make_run(store, "finished"),
    }
    for name, run in made.items():
        run.change_meta(name=name)
    made["starred"].change_meta(star=True, tags=("Friday", "group 3"), notes="the good one")
    made["away"].change_meta(archived=True)
    return made


def names(app):
    return set(app.dataframe[0].value["Name"]) if app.dataframe else set()


def test_what_is_archived_is_listed_only_where_it_is_asked_for(runs):
    app = open_page("06_runs.py")
    assert names(app) == {"plain", "starred", "shapes"}
    assert "3 of 4 runs" in texts(app)
    app.toggle(key="filter_archived").set_value(True).run()
    assert names(app) == {"away"}


def test_words_are_looked_for_in_name_notes_and_tags(runs):
    app = open_page("06_runs.py")
    app.text_input(key="filter_words").set_value("GOOD friday").run()
    assert names(app) == {"starred"}
    app.text_input(key="filter_words").set_value("good plain").run()
    assert names(app) == set()
    assert "No run is left" in texts(app)


def test_state_dataset_tag_and_star(runs):
    app = open_page("06_runs.py")
    app.multiselect(key="filter_states").set_value(["running"]).run()
    assert names(app) == {"shapes"}
    app.multiselect(key="filter_states").set_value([]).run()
    app.multiselect(key="filter_datasets").set_value(["digits"]).run()
    assert names(app) == {"plain", "starred"}
    app.multiselect(key="filter_tags").set_value(["group 3"]).run()
    assert names(app) == {"starred"}
    app.multiselect(key="filter_tags").set_value([]).run()
    app.toggle(key="filter_starred").set_value(True).run()
    assert names(app) == {"starred"}


def test_a_run_is_archived_and_tagged_in_its_menu(runs):
    run = runs["plain"]
    app = open_page("03_train.py", run=run.id)
    app.button(key="archive").click().run()
    assert run.meta.archived
    app.button(key="archive").click().run()
    assert not run.meta.archived
    app.session_state[f"tags-{run.id}"] = ["déjà vu", " déjà vu ", ""]
    app.multiselect(key=f"tags-{run.id}").set_value([]).run()
    assert run.meta.tags == ()


def test_ticks_stay_with_their_runs_where_the_table_changes(runs, store):
    """By the place of their row, a filter or a new run would tick others: those would be compared, or deleted."""
    app = open_page("06_runs.py")
    listed = list(app.dataframe[0].value["Name"])
    rows = [listed.index("plain"), listed.index("starred")]
    app.session_state[key_of(app)] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    app.run()
    make_run(store, "finished").change_meta(name="newer")
    app.run()
    assert {row for table in app.dataframe if "" in table.value for row in table.value["Name"]} == {"plain", "starred"}
    app.toggle(key="filter_starred").set_value(True).run()
    app.button(key="delete").click().run()  # of the one that is left, in its menu
    assert {run.meta.name for run in store.all()} == {"plain", "shapes", "away", "newer"}


def test_ticked_runs_are_archived_together(runs):
    app = open_page("06_runs.py")
    app.session_state[key_of(app)] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    app.run()
    app.button(key="archive_many").click().run()
    assert sum(run.meta.archived for run in runs.values()) == 3


def test_tags_and_archive_are_remembered_by_the_index(runs, store):
    everything = store.all()
    first = Index(store.folder)
    rows = first.rows(everything)
    first.save(everything)
    again = Index(RunStore(store.folder).folder).rows(everything)
    assert [(row.tags, row.archived) for row in again] == [(row.tags, row.archived) for row in rows]
    assert ("Friday", "group 3") in {row.tags for row in again}
