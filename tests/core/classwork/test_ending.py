"""At the end of a class its people, pictures and runs are gone from the disk, but for what was kept."""

import numpy as np
import pytest

from core.classwork import class_dataset, ending, giving, handed_in, question
from core.classwork.question import Draft
from core.data import cache, drafts, imported
from core.data.dataset import Images, Splits
from core.experiments import experiment as experiments
from core.experiments.kind import kinds
from core.people import put_aside
from core.people.acting import NotYoursError, acting_as
from core.people.person import PeopleError
from core.recipe.config import TrainingConfig
from core.runs import race
from core.runs.index import index
from core.scratch import jobs_log, scratch_home
from tests.made.collections import begun, fill
from tests.made.runs import make_run

pytestmark = pytest.mark.slow

RECIPE = TrainingConfig(dataset="digits", epochs=2)


@pytest.fixture
def lea(room):
    return room.recognise(room.join(room.room, "Léa Martin"))


def pictures(title, value=0):
    both = Images(np.full((8, 8, 8, 1), value, np.uint8), np.arange(8) % 2)
    return imported.create(title, Splits(both, both), ("cat", "dog"))


def test_what_goes_is_shown_and_then_gone(store, room, lea, teacher, own_data_folder):
    own = make_run(store, "finished", RECIPE)  # the machine's
    with acting_as(lea):
        gone, star, deleted = (make_run(store, "finished", RECIPE) for _ in range(3))
        gone.change_meta(notes="by Léa Martin")
        star.change_meta(star=True)
        store.delete(deleted)
        faces, trained_on, thrown = pictures("Faces"), pictures("Signs", 1), pictures("Thrown", 2)
        imported.delete(thrown, [])
        kept = make_run(store, "finished", TrainingConfig(dataset=trained_on))
        kept.change_meta(star=True)
        draft = drafts.new()
        draft.name_classes(["cat"])
        draft.put("cat", b"picture", ".png")
    packed = scratch_home() / "carry-1"  # as a pupil packs runs, with the name on them
    packed.mkdir()
    (packed / "runs.fitscope").write_text("by Léa", "utf-8")
    jobs_log().write_text("Léa Martin: broken", "utf-8")
    answers = own_data_folder / ".features"  # of a backbone, to pictures of the class
    answers.mkdir()
    (answers / f"{32 * 'a'}.npy").write_bytes(b"of Faces")
    with acting_as(teacher):
        shown = make_run(store, "finished", RECIPE)
    index(store.folder).rows(store.all())
    index(store.folder).save(store.all())  # as the queue does: names and notes stand in it
    before = ending.foreseen(store, room)
    assert [run.id for run in before.runs] == [gone.id]
    assert {run.id for run in before.kept} == {star.id, kept.id}
    assert {one.name for one in before.datasets} == {faces, trained_on}
    assert trained_on in before.needed
    assert (before.drafts, before.at_work) == (1, 0)

    with acting_as(teacher):
        ending.end(store, room, keep=[trained_on])
    assert {run.id for run in store.all()} == {own.id, shown.id, star.id, kept.id}
    assert (star.meta.owner, imported.known(trained_on).owner) == ("", "")
    assert set(imported.datasets()) == {trained_on}
    assert not drafts.every()
    assert not list(answers.glob("*"))
    left = [path for folder in (store.folder, own_data_folder) for path in folder.rglob("*")]
    assert not [path for path in left if path.is_file() and "Léa".encode() in path.read_bytes()]
    assert not [path for path in left if gone.id in str(path) or deleted.id in str(path) or thrown in str(path)]
    assert not room.people()


def test_races_and_experiments_of_the_pupils_are_forgotten(store, room, lea, teacher):
    with acting_as(lea):
        raced = race.start(store, [RECIPE, RECIPE], ["a", "b"], "race")
        asked = experiments.start(store, kinds()["seeds"], RECIPE, {})
        race.stop(store, raced)
        experiments.pause(store, asked)
    with acting_as(teacher):
        shown = race.start(store, [RECIPE, RECIPE], ["a", "b"], "shown")
        race.stop(store, shown)
        assert ending.foreseen(store, room).questions == 2
        ending.end(store, room)
    assert [one.id for one in race.races(store)] == [shown.id]
    assert not experiments.experiments(store)


def test_answers_pages_and_recipes_put_aside_are_counted_also_of_one_who_was_taken_out(store, room, lea, teacher):
    with acting_as(teacher):
        asked = question.ask(room, Draft("Which?", ("this", "that")))
    with acting_as(lea):
        question.answer(room, asked.number, 1)
        handed_in.hand_in(room, "lesson:fits", "It fits", b"<p>page</p>", (), "")
        for epochs in (3, 4):
            put_aside.put(room, lea, TrainingConfig(dataset="digits", epochs=epochs).link())
    with acting_as(teacher):
        room.remove(lea)
        before = ending.foreseen(store, room)
        assert (before.answers, before.handed, before.aside, before.questions) == (1, 1, 2, 0)
        ending.end(store, room)
    assert not room.folder.exists()


def test_what_somebody_made_who_was_taken_out_goes_too(store, room, lea, teacher, own_data_folder):
    with acting_as(lea):
        run, faces = make_run(store, "finished", RECIPE), pictures("Faces")
        draft = drafts.new()
        draft.name_classes(["cat"])
        draft.put("cat", b"picture", ".png")
    with acting_as(teacher):
        room.remove(lea)
        assert [one.id for one in ending.foreseen(store, room).runs] == [run.id]
        ending.end(store, room)
    assert not store.all()
    assert faces not in imported.datasets()
    assert not list(drafts.home().glob("*"))


def test_what_the_teacher_made_is_the_machines_for_the_next_class(store, room, teacher):
    with acting_as(teacher):
        run, own = make_run(store, "finished", RECIPE), pictures("Shown")
        raced = race.start(store, [RECIPE, RECIPE], ["a", "b"], "shown")
        race.stop(store, raced)
        ending.end(store, room)
    assert (run.meta.owner, imported.known(own).owner, race.owner(store, raced)) == ("", "", "")
    room.begin()
    ending.end(store, room)
    assert run.folder.exists()
    assert own in imported.datasets()


def test_what_the_class_collected_goes_and_a_dataset_of_it_stays_only_if_kept(
    store, room, people, teacher, own_data_folder
):
    collection = begun(room, teacher)
    fill(room, collection, people)
    with acting_as(teacher):
        names = [
            class_dataset.make(collection, class_dataset.foreseen(collection, kind), kind)
            for kind in ("apart", "chance")
        ]
        for name in names:
            cache.load(imported.known(name), 8, imported.known(name).version)  # as a run in another size does
        thrown = pictures("Thrown", 3)
        imported.delete(thrown, [])
        giving.moderate(giving.every(collection)[:1], "rejected")
        before = ending.foreseen(store, room)
        assert before.collected == 48
        assert {one.name for one in before.datasets} == {*names}
        ending.end(store, room, keep=names[:1])
    assert set(imported.datasets()) == {names[0]}
    assert imported.known(names[0]).owner == ""
    assert not list(room.folder.parent.rglob("*.png"))
    assert not room.folder.exists()
    assert not list((own_data_folder / ".cache").glob(f"{names[1]}-*"))
    assert list((own_data_folder / ".cache").glob(f"{names[0]}-*"))
    imported.restore(thrown)  # the teacher's own, which shows nothing of the class


def test_while_something_trains_the_class_goes_on(store, room, lea, teacher):
    with acting_as(lea):
        run = store.create(RECIPE)
    with acting_as(teacher), pytest.raises(PeopleError, match="still wait or train: 1\\."):
        ending.end(store, room)
    assert run.folder.exists()
    assert room.people()


def test_a_pupil_cannot_end_it(store, room, lea):
    with acting_as(lea), pytest.raises(NotYoursError):
        ending.end(store, room)
    assert room.people()
