"""A good fit: enough network, enough images, and dropout to keep it honest."""

from core.lessons.lesson import Lesson

SPEC = Lesson(
    title="It fits",
    about="A small network and all the digits: both losses go down together and stay together.",
    settings={"dataset": "digits", "architecture": "cnn_small", "epochs": 25},
    expectation="good_fit",
    order=2,
)
