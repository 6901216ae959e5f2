"""Underfitting: the fitting network again, squeezed until it is too small for its images."""

from core.lessons.lesson import Lesson

SPEC = Lesson(
    title="It underfits",
    about="A quarter of the filters and two dense units: too small to tell ten digits apart, however long it trains.",
    settings={
        "dataset": "digits",
        "architecture": "cnn_small",
        "filter_multiplier": 0.25,
        "dense_units": 2,  # every image must pass through two numbers
        "dropout": 0.0,
        "epochs": 60,
    },
    expectation="underfitting",
    order=1,
)
