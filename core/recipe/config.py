"""The recipe: every setting of a training, declared once with its default, range, unit and meaning.

Form, validation, help, command line, links and docs are derived from the declarations in `TrainingConfig`.
"""

import dataclasses
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.data import catalogue, versions
from core.errors import SettingError, UnknownSettingError
from core.recipe import architectures
from core.recipe.augmentation import AugmentationSettings
from core.recipe.baseline import BaselineSettings
from core.recipe.images import ImageSettings
from core.recipe.network import NetworkSettings
from core.recipe.schedule import ScheduleSettings
from core.recipe.setting import Setting, as_text, checked, parse
from core.recipe.stopping import StoppingSettings
from core.recipe.training import StepSettings

GROUPS = {
    "images": ImageSettings,
    "network": NetworkSettings,
    "baseline": BaselineSettings,
    "training": StepSettings,
    "schedule": ScheduleSettings,
    "augmentation": AugmentationSettings,
    "stopping": StoppingSettings,
}  # in the order of the form


@dataclass(frozen=True)
class TrainingConfig(
    StoppingSettings,
    AugmentationSettings,
    ScheduleSettings,
    StepSettings,
    BaselineSettings,
    NetworkSettings,
    ImageSettings,
):
    """Everything needed to repeat a run. Flat, frozen, JSON."""

    def __post_init__(self) -> None:
        for setting in settings():
            object.__setattr__(self, setting.name, checked(setting, getattr(self, setting.name)))
        _check_together(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TrainingConfig":
        """A recipe from JSON values; raises SettingError for an unknown name or a value that does not fit."""
        _refuse_unknown(values)
        return cls(**values)

    @classmethod
    def from_text(cls, values: Mapping[str, str]) -> "TrainingConfig":
        """A recipe from typed words, as in a link or after `--set`; raises SettingError."""
        _refuse_unknown(values)
        return cls(**{name: parse(SETTINGS[name], text) for name, text in values.items()})

    def as_dict(self) -> dict[str, Any]:
        """JSON values of all settings; `from_dict` gives the recipe back."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}

    def changes(self) -> dict[str, Any]:
        """Only the settings that differ from their defaults."""
        return {
            setting.name: value for setting in settings() if (value := getattr(self, setting.name)) != setting.default
        }

    def link(self) -> dict[str, str]:
        """The query parameters of an address that carries this recipe."""
        return {name: as_text(value) for name, value in self.changes().items()}

    def pinned(self) -> "TrainingConfig":
        """The same recipe with the version of its images named, so that later edits change nothing in a run."""
        version = versions.pinned(catalogue.dataset(self.dataset), self.dataset_version)
        return dataclasses.replace(self, dataset_version=version)

    def spelled_out(self) -> "TrainingConfig":
        """A run's recipe for another run: no version means the original there, but the newest in a new recipe."""
        return dataclasses.replace(self, dataset_version=self.dataset_version or versions.ORIGINAL)

    def of(self, group: str) -> dict[str, Any]:
        """name -> value of the settings of a group."""
        return {setting.name: getattr(self, setting.name) for setting in settings(group=group)}

    def network_settings(self) -> dict[str, Any]:
        """What the architecture is built with: its own defaults, overridden where the recipe says so."""
        own = architectures.get(self.architecture).settings
        return {name: default if (given := getattr(self, name)) is None else given for name, default in own.items()}


def settings(group: str = "", place: str = "") -> tuple[Setting, ...]:
    """The settings of a group, at a place of the form, or all, in the order of the form."""
    return tuple(one for one in SETTINGS.values() if group in ("", one.group) and place in ("", one.place))


def counts(setting: Setting, architecture: str, chosen: Mapping[str, Any] = MappingProxyType({})) -> bool:
    """Whether a setting has a meaning for an architecture: a baseline has no steps, no epochs and no augmentation.

    chosen  values of other settings, of which some have a meaning beside certain values only
    """
    if setting.only and chosen.get(setting.only[0], setting.only[1]) != setting.only[1]:
        return False
    if setting.but and setting.but[0] in chosen and chosen[setting.but[0]] == setting.but[1]:
        return False
    if setting.own:
        return setting.name in architectures.get(architecture).settings
    every = setting.group == "images" or setting.name in ("architecture", "seed")
    return every or not architectures.is_baseline(architecture)


def _check_together(config: TrainingConfig) -> None:
    architecture = architectures.get(config.architecture)
    for setting in settings():
        if setting.own and getattr(config, setting.name) is not None and setting.name not in architecture.settings:
            raise SettingError(
                "{name}={value} has no meaning for {architecture}; leave {name} out, or choose another architecture.",
                name=setting.name,
                value=as_text(getattr(config, setting.name)),
                architecture=config.architecture,
            )
    if config.begin_from and "backbone" in architecture.settings:
        raise SettingError(
            "begin_from has no meaning for {architecture}, which begins with a backbone; name the run there: "
            "backbone=<run id>.",
            architecture=config.architecture,
        )
    if config.fold > max(1, config.folds):
        raise SettingError(
            "fold={fold} is none of the {folds} folds; choose a smaller one, or more folds.",
            fold=config.fold,
            folds=config.folds,
        )
    classes = len(class_indices(catalogue.dataset(config.dataset).classes, config.classes))
    if classes < 2:
        raise SettingError(
            "classes={value} names one class only; choose at least two, or none for all.",
            value=as_text(config.classes),
        )
    if 0 < config.train_images < classes:
        raise SettingError(
            "train_images={value} is fewer than the {classes} classes of {dataset}; "
            "choose at least {classes}, or 0 for all.",
            value=config.train_images,
            classes=classes,
            dataset=config.dataset,
        )


def class_indices(known: Sequence[str], classes: Sequence[str]) -> list[int]:
    """Which of the known classes those are, in ascending order, all for none; raises SettingError."""
    for one in classes:
        if one not in known:
            raise SettingError(
                "classes={value} is out of range; there is no such class. Choose among: {known}.",
                value=one,
                known=", ".join(as_text((name,)) for name in known[:30]) + (" …" if len(known) > 30 else ""),
            )
    return [index for index, one in enumerate(known) if not classes or one in classes]


def _refuse_unknown(values: Mapping[str, Any]) -> None:
    for name in values:
        if name not in SETTINGS:
            raise unknown(str(name))  # a file by hand may hold anything


def unknown(name: str) -> UnknownSettingError:
    """What is said of a setting that there is not: the one that was meant, else all of them."""
    near = difflib.get_close_matches(name.lower(), SETTINGS, 1)
    if near:
        return UnknownSettingError("There is no setting called {name}; the nearest is {near}.", name=name, near=near[0])
    return UnknownSettingError(
        "There is no setting called {name}; the settings are: {known}.", name=name, known=", ".join(SETTINGS)
    )


SETTINGS: dict[str, Setting] = {
    f.name: Setting(name=f.name, default=f.default, group=group, **f.metadata)
    for group, declared in GROUPS.items()
    for f in dataclasses.fields(declared)
}
