"""Pictures that a class gives: small ones that differ, each person's on a ground of their own."""

import io

import numpy as np
from PIL import Image

from core.classwork import collecting, giving
from core.people.acting import acting_as


def picture(label, person=0, burst=0, number=0, side=32):
    """The bytes of a PNG: a bar that says the class, on a ground that says the person, with some grain."""
    random = np.random.default_rng((label, person, burst, number))
    ground = np.random.default_rng(person).integers(40, 200, 3)
    pixels = np.clip(ground + random.normal(0, 12, (side, side, 3)), 0, 255).astype(np.uint8)
    at = 4 + 2 * burst % (side - 12)
    if label:
        pixels[at : at + 6] = 250
    else:
        pixels[:, at : at + 6] = 250
    return saved(Image.fromarray(pixels))


def saved(image, form="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def begun(room, teacher, **options):
    """A collection of two classes, begun by the teacher."""
    with acting_as(teacher):
        return collecting.begin(room, "Cups and pens", ["cup", "pen"], **{"size": 16, **options})


def fill(room, collection, people, bursts=2, each=4):
    """Each of the people gives bursts of both classes."""
    for place, person in enumerate(people):
        with acting_as(person):
            for label in collection.classes:
                for burst in range(bursts):
                    contents = [picture(label, place, burst, number) for number in range(each)]
                    done = giving.give(room, collection, label, contents, "camera", f"{label} {burst}")
                    assert not done.refused
