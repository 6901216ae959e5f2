"""Two runs compared: beside McNemar's test, whether other seeds of their recipes differ as much."""

from dataclasses import replace

import pytest

from core.experiments.noise_floor import floor, noise, over_seeds
from core.recipe.config import TrainingConfig
from core.runs import race as races
from dashboard.words import number
from tests.made.experiments import ended
from tests.made.pages import key_of, open_page, texts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras

FIRST = "How much would another seed change"


def seeds(store, wrongs, dropout):
    """A run for each seed from 0 on; that of seed 0 comes last, so that it is the newest."""
    return [ended(store, wrongs[s], TrainingConfig(dropout=dropout, seed=s)) for s in reversed(range(len(wrongs)))]


def compared(store, a, b, **query):
    """The Runs page with those two ticked."""
    listed = [run.id for run in store.all()]
    app = open_page("06_runs.py", **query)
    rows = [listed.index(run.id) for run in (a, b)]
    app.session_state[key_of(app)] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    app.run()
    assert not app.exception, app.exception
    return app


def asks(app):
    return [link.proto.label for link in app.get("page_link") if FIRST in link.proto.label]


def points(share):
    return number(share * 100, 1)


def test_without_other_seeds_they_are_asked_for(store, engine):
    (a,), (b,) = seeds(store, [4], 0.0), seeds(store, [40], 0.5)
    app = compared(store, a, b)
    assert "beyond what luck would explain" in texts(app)
    assert "scatter, too" not in texts(app)
    assert asks(app) == [FIRST + " A?"]


def test_a_difference_that_other_seeds_make_as_well_lies_within_them(store, engine):
    *_others, a = seeds(store, [12, 3, 40], 0.0)
    (b,) = seeds(store, [40], 0.5)
    limit = noise(floor([run for run in store.all() if run.config.dropout == 0])).limit
    app = compared(store, a, b)
    assert f"may differ by {points(limit)} points" in texts(app)
    assert "(3 seeds)" in texts(app)
    assert "lie within that" in texts(app)
    assert "beyond what luck would explain" in texts(app)  # the networks differ, whatever the recipes do
    assert len(asks(app)) == 1


def test_a_difference_beyond_them_is_said_with_what_is_taken_for_granted(store, engine):
    *_others, a = seeds(store, [40, 41, 42], 0.0)
    (b,) = seeds(store, [3], 0.5)
    said = texts(compared(store, a, b))
    assert "lie beyond that" in said
    assert "B would scatter as much" in said or "A would scatter as much" in said


def test_with_seeds_of_both_their_mean_difference_is_said_too(store, engine):
    *_a, a = seeds(store, [40, 41, 35], 0.0)
    *_b, b = seeds(store, [6, 5, 5], 0.5)
    runs = store.all()
    one, other = (floor([run for run in runs if run.config.dropout == dropout]) for dropout in (0.0, 0.5))
    found = over_seeds(one, other) or pytest.fail("three seeds in common")
    app = compared(store, a, b)
    # whichever is A in the table, the newer, comes first
    assert points(-found.mean) in texts(app) or points(found.mean) in texts(app)
    assert "Over the 3 seeds of both" in texts(app)
    assert "So the recipes differ, too." in texts(app)
    assert "scatter as much" not in texts(app)
    assert not asks(app)


def test_the_twins_answer_says_it_too(store, engine):
    *_others, before = seeds(store, [12, 3, 40], 0.0)
    (after,) = seeds(store, [40], 0.5)
    after.change_meta(twin_of=before.id)
    said = texts(open_page("03_train.py", run=after.id))
    assert "The change helped" in said
    assert "the run before by ±" in said
    assert "lie within that" in said


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([14], ["lie within that"]),
        ([14, 3], ["lead of A over B, C lies within", "without so many seeds scatter as much"]),
    ],
)
def test_the_race_says_it_too(store, engine, others, words):
    *_others, a = seeds(store, [40, 12, 3], 0.0)
    runs = [a, *(seeds(store, [every], 0.1 * place)[0] for place, every in enumerate(others, 1))]
    race = races.Race("20261126-000000-abcdef", "Dropout", 0.0, tuple(run.id for run in runs))
    races.restore(store, race)
    said = texts(open_page("04_race.py", race=race.id))
    for part in ["A by ±", *words]:
        assert part in said


def test_a_lead_beyond_the_seeds_is_larger_than_they_explain(store, engine):
    *_others, a = seeds(store, [40, 41, 42], 0.0)
    runs = [a, *seeds(store, [30], 0.1), *seeds(store, [3], 0.2)]
    race = races.Race("20261126-000000-abcdef", "Dropout", 0.0, tuple(run.id for run in runs))
    races.restore(store, race)
    said = texts(open_page("04_race.py", race=race.id))
    assert "over C is larger than other seeds would explain" in said
    assert "over C lies within" not in said


def test_two_seeds_of_one_recipe_differ_by_luck(store, engine):
    """Mostly they hold other images back; where a dataset brings its own validation images, they can be compared."""
    a, b = seeds(store, [4, 40], 0.0)
    (a.folder / "images.npz").write_bytes((b.folder / "images.npz").read_bytes())
    (a.folder / "evaluation.npz").write_bytes((b.folder / "evaluation.npz").read_bytes())
    assert "are the same recipe" in texts(compared(store, a, b))


def test_in_french_too(store, engine):
    *_others, a = seeds(store, [12, 3, 40], 0.0)
    (b,) = seeds(store, [40], 0.5)
    assert "à la graine près" in texts(compared(store, a, b, lang="fr"))


def test_the_link_asks_for_several_seeds_of_that_recipe(store, engine):
    recipe = TrainingConfig(dropout=0.35, epochs=7, seed=3)
    app = open_page("05_experiments.py", ask="seeds", dataset=recipe.dataset, **recipe.link())
    assert app.radio(key="ask").value == "seeds"
    app.button(key="start_experiment").click().run()
    assert {run.config for run in store.all()} == {replace(recipe, seed=seed).pinned() for seed in range(3, 8)}
