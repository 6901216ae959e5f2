"""Underfitting: the fitting network again, squeezed until it is too small for its images."""

from core.lessons.lesson import Lesson

SPEC = Lesson(
    title="It underfits",
    about="A quarter of the filters, two dense units, half of the time switched off: too small and too restrained to "
    "tell ten digits apart, however long it trains.",
    settings={
        "dataset": "digits",
        "architecture": "cnn_small",
        "filter_multiplier": 0.25,
        "dense_units": 2,  # every image must pass through two numbers
        "dropout": 0.5,
        "learning_rate": 0.01,  # so that it is level within the minute
        "epochs": 60,
    },
    expectation="underfitting",
    order=1,
)
