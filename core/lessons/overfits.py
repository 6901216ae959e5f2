"""Overfitting: four times the filters, ten images of each digit, nothing to hold the network back."""

from core.lessons.lesson import Lesson

SPEC = Lesson(
    title="It overfits",
    about="Four times the filters and only a hundred images: it learns them by heart and fails on new ones.",
    settings={
        "dataset": "digits",
        "architecture": "cnn_small",
        "filter_multiplier": 4.0,
        "dropout": 0.0,
        "train_images": 100,
        "learning_rate": 0.01,  # quick enough to overdo it within the minute
        "epochs": 60,
    },
    expectation="overfitting",
    order=3,
)
