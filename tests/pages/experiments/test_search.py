"""A search on the Experiments page: what varies is chosen, it grows in view, pruned trials are told apart."""

import dataclasses

import pytest

from core.experiments import experiment as experiments
from core.experiments.growing import advance
from tests.made.experiments import end
from tests.made.pages import open_page, texts
from tests.made.runs import lead, lose, take
from tests.made.searches import begin, last, now
from tests.pages.experiments.test_in_view import charts

PAGE = "05_experiments.py"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras


def search(store, ended, trials=12, **options):
    """One of which so many trials have ended, and the next one waits."""
    made = begin(store, trials=trials, **options)
    for every in range(2, 2 + ended):
        end(last(store), every)
        advance(store, made.id)
    return now(store)


def prune(store):
    """The last run is stopped as hopeless, and the search goes on."""
    run = last(store)
    take(run)
    lead(run, "running", worse=0.5)
    advance(store, now(store).id)
    assert now(store).pruned == (run.id,)
    lose(run)
    lead(run, "stopped")
    advance(store, now(store).id)
    return run


def test_what_varies_is_chosen_and_begun(store, engine):
    app = open_page(PAGE, ask="search")
    assert app.multiselect(key="ask_search_space").value == ["learning_rate", "dropout", "batch_size"]
    assert app.text_input(key="ask_search_space_learning_rate").placeholder == "0.0001..0.01"
    app.multiselect(key="ask_search_space").set_value(["learning_rate", "optimizer"]).run()
    app.text_input(key="ask_search_space_learning_rate").set_value("0.01..0.1").run()
    app.number_input(key="ask_search_trials").set_value(7).run()
    app.button(key="start_experiment").click().run()
    assert not app.exception
    made = now(store)
    assert made.options["space"] == ["learning_rate=0.01..0.1", "optimizer"]
    assert "Search (Learning rate, Optimizer)" in made.name
    assert (made.total, len(store.all())) == (7, 1)
    assert 0.01 <= store.all()[0].config.learning_rate <= 0.1
    assert "0 of 7 runs are done" in texts(app)


def test_a_range_that_is_none_is_told_and_nothing_is_begun(store, engine):
    app = open_page(PAGE, ask="search")
    app.text_input(key="ask_search_space_dropout").set_value("0.5").run()
    assert "dropout=0.5 leaves nothing to choose" in texts(app)
    assert "start_experiment" not in [button.key for button in app.button]


def test_with_another_network_what_it_does_not_have_is_left_out(store, engine):
    app = open_page("03_train.py", architecture="softmax")
    app.switch_page(f"../pages/{PAGE}").run()
    app.radio(key="ask").set_value("search").run()
    assert app.multiselect(key="ask_search_space").value == ["learning_rate", "batch_size"]


def test_before_the_first_has_ended_there_are_empty_charts(store, engine):
    app = open_page(PAGE, experiment=search(store, 0).id)
    said = texts(app)
    assert "0 of 12 runs are done" in said
    assert "The answer comes when enough runs have ended." in said
    history, parallel = charts(app)
    assert [one["x"] for one in history["data"]] == [[], [], []]
    assert parallel["data"] == []
    assert parallel["layout"]["annotations"][0]["text"] == "<b>Learning rate</b>"
    assert app.button(key="pause_experiment")


def test_while_it_grows_it_says_the_best_so_far_and_that_few_trials_say_little(store, engine):
    made = search(store, 3)
    app = open_page(PAGE, experiment=made.id)
    said = texts(app)
    assert "3 of 12 runs are done" in said
    assert "So far: Of 3 trials trained to their end" in said
    assert "two for each setting, and eight at least" in said
    best, _pruned, done = charts(app)[0]["data"]
    assert (best["x"], done["x"]) == ([1, 2, 3, 12], [1, 2, 3])
    assert best["y"] == [*sorted(done["y"]), max(done["y"])]  # each was better than the one before
    assert len(charts(app)) == 2
    bold = [line for line in charts(app)[1]["data"] if line["line"]["width"] == 5]
    assert len(bold) == 1


def test_a_pruned_trial_is_marked_counted_and_its_figures_are_shown(store, engine):
    made = search(store, 4)
    run = prune(store)
    app = open_page(PAGE, experiment=made.id)
    assert "4 of 12 runs are done" in texts(app)
    assert "1 was stopped early" in texts(app)
    _best, crosses, done = charts(app)[0]["data"]
    assert (crosses["x"], done["x"]) == ([5], [1, 2, 3, 4])
    assert crosses["marker"]["symbol"] != done["marker"]["symbol"]
    dotted = [line for line in charts(app)[1]["data"] if line["line"].get("dash") == "dot"]
    assert len(dotted) == 1
    frame = app.dataframe[0].value
    assert list(frame["State"]) == [*["finished"] * 4, "pruned", "queued"]
    assert frame["Validation accuracy"].notna().tolist() == [True] * 5 + [False]
    assert f"train?run={run.id}" in list(frame["Run"])
    assert app.button(key="pause_experiment")


@pytest.mark.parametrize(
    ("language", "sentence", "luck"),
    [("en", "Of 9 trials trained to their end", "partly luck"), ("fr", "Sur 9 essais entraînés", "à la chance")],
)
def test_when_it_has_ended_it_says_what_is_best_and_what_mattered(store, engine, language, sentence, luck):
    made = search(store, 9, trials=9)
    assert now(store).done
    app = open_page(PAGE, experiment=made.id, lang=language)
    said = texts(app)
    assert sentence in said
    assert luck in said
    assert "Hutter" in said
    shares = charts(app)[2]["data"][0]["x"]
    assert len(shares) == 4
    assert sum(shares) == pytest.approx(1, abs=0.01)
    assert "pause_experiment" not in [button.key for button in app.button]
    at, best = max(experiments.results(store, now(store)), key=lambda pair: pair[1].val_accuracy)
    links = [
        link.proto.query_string
        for link in app.get("page_link")
        if f"learning_rate={at['learning_rate']}" in link.proto.query_string
    ]
    assert len(links) == 1
    assert f"batch_size={best.run.config.batch_size}" in links[0] or best.run.config.batch_size == 64


def test_it_is_paused_also_between_two_trials_and_goes_on(store, engine):
    made = search(store, 2)
    end(last(store), 9)  # and nobody has looked at the queue since
    app = open_page(PAGE, experiment=made.id)
    app.button(key="pause_experiment").click().run()
    assert now(store).paused
    assert not advance(store, made.id)
    assert app.button(key="resume_experiment").label == "Go on"
    app.button(key="resume_experiment").click().run()
    assert not now(store).paused
    assert advance(store, made.id)


def test_deleted_from_a_list_that_is_older_than_its_last_trial_all_of_it_comes_back(store, engine):
    made = search(store, 2, trials=4)
    app = open_page(PAGE)
    for every in (5, 6):
        end(last(store), every)
        advance(store, made.id)
    whole = now(store)
    app.run()
    app.button(key=f"delete-{made.id}").click().run()
    assert store.all() == []
    app.button(key="undo_experiment").click().run()
    assert now(store) == whole
    assert len(store.all()) == 4
    assert experiments.notes(store, whole).exists()


def test_one_that_was_searched_for_the_loss_is_judged_by_it(store, engine):
    made = search(store, 4, value="val_loss")
    app = open_page(PAGE, experiment=made.id)
    best, _pruned, done = charts(app)[0]["data"]
    assert charts(app)[0]["layout"]["yaxis"]["title"]["text"] == "validation loss"
    assert best["y"][-1] == min(done["y"])
    assert dataclasses.asdict(store.all()[0].config)["early_stopping_monitor"] == "val_loss"
