"""A collection of the class: who may set it, who gives and sees what, and that thirty who give at once lose nothing."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

from core.classwork import collecting, giving
from core.errors import DataError
from core.people.acting import NotYoursError, acting_as
from core.people.person import STRANGER, PeopleError
from tests.made.collections import begun, fill, picture, saved
from tests.made.hostile import CONTENTS

pytestmark = pytest.mark.slow


def give(room, collection, person, contents, label=0, way="camera", burst="b"):
    with acting_as(person):
        return giving.give(room, collection, label, contents, way, burst)


def states(collection):
    return [one.state for one in giving.everybodys(collection)]


def test_thirty_who_give_ten_pictures_each_at_once_lose_none(room, teacher):
    people = [room.recognise(room.join(room.room, f"P{n}")) for n in range(30)]
    collection = begun(room, teacher)
    contents = [[picture(0, place, number=number) for number in range(10)] for place in range(30)]
    ready = threading.Barrier(30)
    failed = []

    def giver(place):
        ready.wait()
        for half in (contents[place][:5], contents[place][5:]):
            failed.extend(give(room, collection, people[place], half).refused)

    threads = [threading.Thread(target=giver, args=(place,)) for place in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = giving.everybodys(collection)
    assert not failed
    assert len(found) == 300
    assert {person.id: 10 for person in people} == {
        person.id: sum(one.giver == person.id for one in found) for person in people
    }
    assert len({one.mark for one in found}) == 300


def test_two_tabs_of_one_person_do_not_get_past_the_limit(room, teacher, people):
    collection = begun(room, teacher)
    with acting_as(teacher):
        collecting.set_limits(collection, 12, 1.0)
    threads = [
        threading.Thread(
            target=give, args=(room, collection, people[0], [picture(0, tab, number=number) for number in range(6)])
        )
        for tab in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(giving.everybodys(collection)) == 12


def test_a_pupil_gives_no_more_than_the_limit(room, teacher, people):
    collection = begun(room, teacher)
    with acting_as(teacher):
        collecting.set_limits(collection, 3, 1.0)
    done = give(room, collection, people[0], [picture(0, number=number) for number in range(5)])
    assert (done.kept, [place for place, _why in done.refused]) == (3, [3, 4])
    with acting_as(people[0]):
        giving.take_back(giving.mine(collection)[:2])
        assert give(room, collection, people[0], [picture(0, number=number) for number in range(5, 9)]).kept == 2
        with pytest.raises(DataError, match="as many as each may"):
            giving.put_back(collection)
    with acting_as(teacher):
        collecting.set_limits(collection, 300, 0.1)
    noise = np.random.default_rng(0).integers(0, 256, (20, 256, 256, 3), np.uint8)
    done = give(room, collection, people[1], [saved(Image.fromarray(one)) for one in noise])
    assert 0 < done.kept < 20
    assert sum(one.path.stat().st_size for one in giving.everybodys(collection)) < 150_000


def test_a_pupil_gives_nothing_after_closing(room, teacher, people):
    collection = begun(room, teacher)
    with acting_as(teacher):
        collecting.turn(collection, False)
    with pytest.raises(DataError, match="closed"):  # with what the page knew before
        give(room, collection, people[0], [picture(0)])
    with acting_as(teacher):
        collecting.turn(collection, True)
    assert give(room, collection, people[0], [picture(0)]).kept == 1
    with acting_as(teacher):
        collecting.withdraw(collection)
    with pytest.raises(DataError, match="Nothing is collected"):
        give(room, collection, people[0], [picture(0, number=1)])
    assert collecting.current(room) is None
    with acting_as(teacher):
        collecting.withdraw(collecting.withdrawn(room), back=True)
    assert len(giving.everybodys(collecting.current(room))) == 1


def test_a_class_or_way_that_is_not_there_is_refused(room, teacher, people):
    collection = begun(room, teacher, ways=["drawing"])
    with pytest.raises(DataError, match="not among those"):
        give(room, collection, people[0], [picture(0)], label=7, way="drawing")
    with pytest.raises(DataError, match="do not come in that way"):
        give(room, collection, people[0], [picture(0)])


def test_only_people_of_the_class_give(room, teacher, people):
    collection = begun(room, teacher)
    with pytest.raises(PeopleError):
        give(room, collection, STRANGER, [picture(0)])
    with acting_as(teacher):
        room.remove(people[0])
    with pytest.raises(PeopleError):
        give(room, collection, people[0], [picture(0)])


def test_a_hostile_file_is_refused_and_the_others_are_kept(room, teacher, people):
    collection = begun(room, teacher)
    bad = [content for _file, content, _reason in CONTENTS.values()]
    done = give(room, collection, people[0], [picture(0), *bad, picture(0, number=1)], way="files")
    assert done.kept == 2
    assert [place for place, _why in done.refused] == list(range(1, len(bad) + 1))
    assert len(giving.everybodys(collection)) == 2


def test_nothing_of_the_file_that_came_is_kept(room, teacher, people):
    collection = begun(room, teacher)
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (600, 900, 3), np.uint8))
    exif = photo.getexif()
    exif[0x010E], exif[0x0112] = "SECRET PLACE", 6  # taken upright
    give(room, collection, people[0], [saved(photo, "JPEG", exif=exif, comment=b"SECRET TOO")])
    (one,) = giving.everybodys(collection)
    content = one.path.read_bytes()
    assert b"SECRET" not in content
    kept = Image.open(io.BytesIO(content))
    assert not kept.getexif()
    assert kept.size == (171, 256)


def test_the_same_picture_counts_once_in_a_class(room, teacher, people):
    collection = begun(room, teacher)
    done = give(room, collection, people[0], [picture(0), picture(0)])
    assert (done.kept, done.same) == (1, 1)
    assert give(room, collection, people[0], [picture(0)], label=1).kept == 1
    assert give(room, collection, people[1], [picture(0)]).kept == 1


def test_a_burst_is_of_one_person_and_of_one_press(room, teacher, people):
    collection = begun(room, teacher)
    fill(room, collection, people[:2], bursts=2, each=3)
    bursts = {(one.giver, one.burst) for one in giving.everybodys(collection)}
    assert len(bursts) == len({burst for _giver, burst in bursts}) == 8


def test_a_pupil_changes_nothing_of_others_and_sees_no_hidden_picture(room, teacher, people):
    lea, noe = people[:2]
    collection = begun(room, teacher)
    give(room, collection, lea, [picture(0), picture(0, number=1)])
    first, second = giving.everybodys(collection)
    with acting_as(noe):
        for attempt in (
            lambda: giving.take_back([first]),
            lambda: giving.moderate([first], "hidden"),
            lambda: giving.content(first),
            lambda: giving.every(collection),
        ):
            with pytest.raises(NotYoursError):
                attempt()
        assert giving.mine(collection) == []
    assert states(collection) == ["shown", "shown"]
    with acting_as(teacher):
        giving.moderate([first], "hidden")
        giving.moderate([second], "rejected")
    with acting_as(lea):
        for one in (first, second):  # as her page still knows them
            with pytest.raises(NotYoursError):
                giving.content(one)
        giving.take_back([first, second])
        giving.put_back(collection)
        with pytest.raises(NotYoursError):
            giving.moderate([first], "shown")
    assert states(collection) == ["hidden", "rejected"]
    with acting_as(teacher):
        assert giving.content(first)
        giving.moderate([first, second], "shown")
    with acting_as(lea):
        assert giving.content(first) == first.path.read_bytes()


def test_what_was_taken_back_can_be_put_back_until_the_next_is(room, teacher, people):
    collection = begun(room, teacher)
    give(room, collection, people[0], [picture(0, number=number) for number in range(4)])
    with acting_as(people[0]):
        giving.take_back(giving.mine(collection)[:1])
        assert states(collection) == ["taken", "shown", "shown", "shown"]
        giving.put_back(collection)
        assert states(collection) == ["shown"] * 4
        giving.take_back(giving.mine(collection)[:1])
        giving.take_back(giving.mine(collection)[1:3])
        giving.put_back(collection)
    assert states(collection) == ["shown"] * 3
    with acting_as(teacher):
        giving.moderate(giving.every(collection), "rejected")
    with acting_as(people[0]):
        giving.put_back(collection)
    assert states(collection) == ["rejected"] * 3


def test_a_pupil_sets_nothing(room, teacher, people):
    with acting_as(people[0]), pytest.raises(NotYoursError):
        collecting.begin(room, "Mine", ["a", "b"])
    collection = begun(room, teacher)
    before = (collection.folder / collecting.MANIFEST).read_bytes()
    with acting_as(people[0]):
        for attempt in (
            lambda: collecting.set_classes(collection, ["a", "b"], []),
            lambda: collecting.set_limits(collection, 1000, 1000),
            lambda: collecting.set_ways(collection, ["files"]),
            lambda: collecting.turn(collection, False),
            lambda: collecting.withdraw(collection),
        ):
            with pytest.raises(NotYoursError):
                attempt()
    assert (collection.folder / collecting.MANIFEST).read_bytes() == before


def test_a_class_that_is_renamed_keeps_its_pictures_and_one_with_pictures_stays(room, teacher, people):
    collection = begun(room, teacher)
    give(room, collection, people[0], [picture(0)])
    with acting_as(teacher):
        collecting.set_classes(collection, ["mug", "pen", "book"], [0])
        renamed = collecting.again(collection)
        assert renamed.classes == {0: "mug", 1: "pen", 2: "book"}
        collecting.set_classes(renamed, ["book", "mug"], [0])
        assert collecting.again(renamed).classes == {2: "book", 0: "mug"}
        with pytest.raises(DataError, match="mug cannot be left out"):
            collecting.set_classes(_with_a_third(renamed), ["book", "pen"], [0])
        for bad in (["one"], ["a", "a"], ["a"] * 21, ["a", "b\x00"]):
            with pytest.raises(DataError):
                collecting.set_classes(renamed, bad, [])


def _with_a_third(collection):
    collecting.set_classes(collecting.again(collection), ["book", "mug", "cap"], [0])
    return collecting.again(collection)


def test_only_one_collection_goes_on_and_a_withdrawn_one_goes_with_the_next(room, teacher, people):
    collection = begun(room, teacher)
    give(room, collection, people[0], [picture(0)])
    with acting_as(teacher):
        with pytest.raises(DataError, match="already"):
            collecting.begin(room, "Another", ["a", "b"])
        collecting.withdraw(collection)
        following = collecting.begin(room, "Another", ["a", "b"])
    assert collecting.current(room) == following
    assert not collection.folder.exists()
