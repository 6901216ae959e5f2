"""How strongly each training image is changed anew at every step; counts where `augmentation` is true."""

from dataclasses import dataclass

from core.recipe.setting import setting

FLIPS = {"none": "none", "horizontal": "left and right", "vertical": "up and down", "both": "both ways"}


@dataclass(frozen=True)
class AugmentationSettings:
    """How strongly each training image is changed anew at every step; counts where `augmentation` is true."""

    rotation: float = setting(
        10.0,
        "Rotation",
        "Turned by up to so many degrees, either way.",
        "float",
        low=0.0,
        high=180.0,
        step=5.0,
        unit="degrees",
        place="strengths",
    )
    shift: float = setting(
        0.1,
        "Shift",
        "Moved by up to this share of the side, each way.",
        "float",
        low=0.0,
        high=0.5,
        step=0.05,
        place="strengths",
    )
    zoom: float = setting(
        0.1,
        "Zoom",
        "Made larger or smaller by up to this share.",
        "float",
        low=0.0,
        high=0.5,
        step=0.05,
        place="strengths",
    )
    shear: float = setting(
        0.0,
        "Shear",
        "Slanted by up to this share of the side.",
        "float",
        low=0.0,
        high=0.5,
        step=0.05,
        place="strengths",
    )
    flip: str = setting(
        "none",
        "Mirror",
        "Shown mirrored half of the time. A mirrored cat is a cat; a mirrored 2 is no digit.",
        "choice",
        options=FLIPS,
        place="strengths",
    )
    contrast: float = setting(
        0.0,
        "Contrast",
        "Contrast raised or lowered by up to this share.",
        "float",
        low=0.0,
        high=0.9,
        step=0.05,
        place="strengths",
    )
    augmentation_noise: float = setting(
        0.0,
        "Grain",
        "Noise that is new each time, as a share of full brightness.",
        "float",
        low=0.0,
        high=0.5,
        step=0.05,
        place="strengths",
    )
    random_erasing: float = setting(
        0.0,
        "Erasing",
        "A rectangle of up to this share of the picture is rubbed out.",
        "float",
        low=0.0,
        high=0.5,
        step=0.05,
        place="strengths",
    )


PRESETS: dict[str, dict[str, float | str]] = {
    "gentle": {},  # the defaults
    "fer2013": {"rotation": 20.0, "shift": 0.2, "zoom": 0.15, "shear": 0.15, "flip": "horizontal"},
}
"""Strengths under a name; "fer2013" is the recipe published for its faces. What is left out has its default."""
