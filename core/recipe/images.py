"""Which images a run gets, and what is changed about them before it begins."""

from dataclasses import dataclass

from core.recipe.setting import setting


@dataclass(frozen=True)
class ImageSettings:
    """Which images a run gets, and what is changed about them before it begins."""

    dataset: str = setting(
        "digits",
        "Dataset",
        "The images to learn from.",
        "plugin",
        place="front",
        pace=True,
        in_name=False,
    )
    train_images: int = setting(
        0,
        "Training images",
        "How many images to learn from, the same share of each class; 0 takes all. Few images are easy to memorise.",
        "int",
        low=0,
        high=1_000_000,
        unit="images",
        place="front",
    )
    validation_fraction: float = setting(
        0.2,
        "Validation share",
        "Part of the training images held back to watch for overfitting; the network never learns from them.",
        "float",
        low=0.05,
        high=0.5,
        step=0.05,
        place="row 2",
    )
    dataset_version: str = setting(
        "",
        "Version",
        "Which version of the images: one with pictures left out or relabelled, or the original without such edits; "
        "empty takes the newest.",
        "version",
        place="images",
    )
    classes: tuple[str, ...] = setting(
        (),
        "Classes",
        "Which classes to tell apart, at least two; none named takes all.",
        "names",
        place="images",
    )
    test_fraction: float = setting(
        0.0,
        "Test share",
        "0 keeps the published test images; otherwise training and test images are mixed and this share of them "
        "becomes the test set.",
        "float",
        low=0.05,
        high=0.5,
        step=0.05,
        place="images",
    )
    folds: int = setting(
        0,
        "Folds",
        "0 holds back the validation share. Otherwise training and validation images are cut into so many parts, with "
        "the classes in their proportions, and one part is held back: for cross-validation.",
        "int",
        low=2,
        high=20,
        place="images",
    )
    fold: int = setting(
        1,
        "Fold",
        "Which of the parts is held back, where the images are cut into folds.",
        "int",
        low=1,
        high=20,
        place="images",
    )
    imbalance: float = setting(
        1.0,
        "Imbalance",
        "How many times more training images the first class has than the last; those between fall off evenly. "
        "1 leaves the classes as they are.",
        "float",
        low=1.0,
        high=100.0,
        step=1.0,
        place="images",
    )
    label_noise: float = setting(
        0.0,
        "Label noise",
        "Share of the training labels that are changed to a wrong class. Validation and test stay clean.",
        "float",
        low=0.0,
        high=1.0,
        step=0.05,
        place="images",
    )
    input_noise: float = setting(
        0.0,
        "Image noise",
        "Grain added to the training images for good, as a share of full brightness. Validation and test stay clean.",
        "float",
        low=0.0,
        high=0.5,
        step=0.05,
        place="images",
    )
    image_size: int = setting(
        0,
        "Image size",
        "Side of the square the images are resized to, 8 to 128 pixels; 0 leaves them as stored.",
        "int",
        low=8,
        high=128,
        unit="pixels",
        pace=True,
    )
