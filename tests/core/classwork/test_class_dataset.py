"""What a class collected becomes a dataset: nobody stands on two sides, again with more pictures, and by chance."""

import numpy as np
import pytest

from core.classwork import class_dataset, collecting, giving
from core.classwork.flattery import flattery
from core.data import cache, imported, versions
from core.errors import DataError
from core.evaluation.intervals import newcombe
from core.people.acting import NotYoursError, acting_as
from core.recipe.config import TrainingConfig
from tests.made.collections import begun, fill, picture
from tests.made.runs import make_run

pytestmark = pytest.mark.slow


@pytest.fixture
def six(room, people):
    more = [room.recognise(room.join(room.room, f"P{n}")) for n in range(3)]
    return [*people, *more]


def made(collection, kind="apart", title="Cups and pens"):
    return class_dataset.make(collection, class_dataset.foreseen(collection, kind), title)


def grounds(splits):
    """side -> the colours of the grounds on it; each person has one."""
    return {
        split: {tuple((np.median(one.reshape(-1, 3), axis=0) / 25).round()) for one in part.images}
        for split, part in splits.items()
    }


def test_the_split_is_shown_before_it_is_made_and_then_made_so(room, teacher, six):
    collection = begun(room, teacher)
    fill(room, collection, six)
    with acting_as(teacher):
        planned = class_dataset.foreseen(collection)
        assert planned.division.level == "person"
        assert planned.counts.tolist() == [[32, 8, 8], [32, 8, 8]]
        assert planned.people.tolist() == [[4, 1, 1], [4, 1, 1]]
        name = class_dataset.make(collection, planned, "Cups and pens")
    spec = imported.known(name)
    assert (spec.owner, spec.split, spec.shape) == (teacher.id, "person", (16, 16, 3))
    assert (spec.n_train, spec.n_validation, spec.n_test) == (64, 16, 16)
    assert spec.classes == ("cup", "pen")
    splits = cache.load(spec, version=versions.current(spec))
    assert [np.bincount(part.labels).tolist() for _split, part in splits.items()] == planned.counts.T.tolist()
    sides = grounds(splits)
    assert not sides["train"] & sides["test"]
    assert not sides["train"] & sides["validation"]
    written = " ".join(imported.read_sources(name)["train"].names)
    assert not [one for one in six if one.id in written or one.name in written]


def test_by_chance_people_stand_on_both_sides_and_the_dataset_says_so(room, teacher, six):
    collection = begun(room, teacher)
    fill(room, collection, six)
    with acting_as(teacher):
        apart, chance = made(collection), made(collection, "chance", "By chance")
    spec = imported.known(chance)
    assert (spec.split, spec.n_train, spec.n_test) == ("chance", 64, 16)
    sides = grounds(cache.load(spec, version=versions.current(spec)))
    assert len(sides["train"] & sides["test"]) >= 4
    assert collecting.current(room).datasets == {"apart": apart, "chance": chance}


def test_made_again_it_is_a_new_version_in_which_everybody_keeps_their_side(room, teacher, six, store):
    collection = begun(room, teacher)
    fill(room, collection, six[:4])
    with acting_as(teacher):
        name = made(collection)
        first = versions.current(imported.known(name))
        before = grounds(cache.load(imported.known(name), version=first))
        run = make_run(store, "finished", TrainingConfig(dataset=name).pinned())
        assert run.config.dataset_version == first
    fill(room, collection, [*six[:4], *six[4:]], bursts=3)
    with acting_as(teacher):
        assert made(collection) == name
        spec = imported.known(name)
        second = versions.current(spec)
        assert second != first
        after = grounds(cache.load(spec, version=second))
        assert all(before[split] <= after[split] for split in before)
        assert grounds(cache.load(spec, version=first)) == before  # what runs were trained on
        assert len(imported.datasets()) == 1


def test_an_earlier_version_goes_unless_a_run_names_it(room, teacher, six, store):
    collection = begun(room, teacher)
    fill(room, collection, six)
    with acting_as(teacher):
        spec = imported.known(made(collection))
        cache.load(spec, 8, spec.version)
        first = spec.version
        giving.moderate(giving.every(collection)[:1], "rejected")
        made(collection)
        spec = imported.known(spec.name)
        second = spec.version
        assert [path.name for path in spec.folder.parent.iterdir()] == [second]
        assert not list(spec.folder.parents[3].glob(f".cache/*{first}*"))
        make_run(store, "finished", TrainingConfig(dataset=spec.name).pinned())
        giving.moderate(giving.every(collection)[1:2], "rejected")
        made(collection)
        third = imported.known(spec.name).version
    assert {path.name for path in spec.folder.parent.iterdir()} == {second, third}


def test_a_class_that_is_added_comes_at_the_end_wherever_it_is_named(room, teacher, six):
    """Else what an earlier version calls its second class would be another."""
    collection = begun(room, teacher)
    fill(room, collection, six)
    with acting_as(teacher):
        name = made(collection)
        collecting.set_classes(collecting.again(collection), ["cup", "book", "pen"], [0, 1])
    collection = collecting.again(collection)
    assert [*collection.classes.values()] == ["cup", "book", "pen"]
    fill(room, collection, six)
    with acting_as(teacher):
        made(collection)
    assert imported.known(name).classes == ("cup", "pen", "book")


def test_what_is_hidden_rejected_or_taken_back_is_not_in_it(room, teacher, six):
    collection = begun(room, teacher)
    fill(room, collection, six)
    with acting_as(six[0]):
        giving.take_back(giving.mine(collection)[:2])
    with acting_as(teacher):
        every = giving.every(collection)
        giving.moderate(every[-2:-1], "hidden")
        giving.moderate(every[-1:], "rejected")
        spec = imported.known(made(collection))
    assert spec.n_train + spec.n_validation + spec.n_test == 96 - 4


def test_one_giver_is_split_by_burst_and_one_burst_says_what_to_do(room, teacher, people):
    collection = begun(room, teacher)
    fill(room, collection, people[:1], bursts=1)
    with acting_as(teacher):
        with pytest.raises(DataError, match="Let more people give pictures, or split by chance"):
            class_dataset.foreseen(collection)
        assert class_dataset.foreseen(collection, "chance").counts.all()
    fill(room, collection, people[:1], bursts=6)
    with acting_as(teacher):
        assert class_dataset.foreseen(collection).division.level == "burst"


def test_a_class_without_pictures_is_named_and_a_pupil_makes_nothing(room, teacher, six):
    collection = begun(room, teacher)
    with acting_as(six[0]):
        giving.give(room, collection, 0, [picture(0, number=number) for number in range(3)], "files", "")
        with pytest.raises(NotYoursError):
            class_dataset.foreseen(collection)
    with acting_as(teacher), pytest.raises(DataError, match="still lacking: pen"):
        class_dataset.foreseen(collection)
    fill(room, collection, six)
    with acting_as(teacher):
        planned = class_dataset.foreseen(collection)
    with acting_as(six[0]), pytest.raises(NotYoursError):
        class_dataset.make(collection, planned, "Mine")
    assert not imported.datasets()


def test_how_much_chance_flatters_is_told_once_both_were_trained_alike(room, teacher, six, store):
    collection = begun(room, teacher)
    fill(room, collection, six)
    with acting_as(teacher):
        names = {"apart": made(collection), "chance": made(collection, "chance", "By chance")}
        collection = collecting.again(collection)
        make_run(store, "finished", TrainingConfig(dataset=names["apart"], epochs=6))
        make_run(store, "finished", TrainingConfig(dataset=names["chance"], epochs=7))
        assert flattery(store, collection) is None
        run = make_run(store, "finished", TrainingConfig(dataset=names["chance"], epochs=6))
    found = flattery(store, collection)
    assert found.chance.run == run.id
    assert found.difference == 0.0
    assert not found.more_than_noise


def test_the_interval_of_a_difference_is_newcombes():
    """Examples (a), (b) and (f) of his paper, method 10."""
    assert newcombe((48, 80), (56, 70)) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert newcombe((3, 10), (9, 10)) == pytest.approx((0.1705, 0.8090), abs=1e-4)
    assert newcombe((0, 10), (10, 10)) == pytest.approx((0.6075, 1.0), abs=1e-4)
