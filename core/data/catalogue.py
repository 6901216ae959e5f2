"""Finds plug-ins by file name: a module with a `SPEC`, dropped into its folder, is there for everyone."""

import functools
import importlib
import pkgutil
from types import ModuleType
from typing import Any

import core.datasets
import core.explain
import core.lessons
import models
from core.data import imported
from core.data.dataset import Dataset
from core.errors import SettingError
from core.inside.explanation import Explanation
from core.lessons.lesson import Lesson
from models.architecture import Architecture


@functools.cache
def built_in() -> dict[str, Dataset]:
    """The datasets that come with Fitscope by name, in alphabetical order."""
    return _specs(core.datasets)


def datasets() -> dict[str, Dataset]:
    """All datasets by name: those that come with Fitscope, then those imported on this machine."""
    return {**built_in(), **imported.datasets()}


@functools.cache
def architectures() -> dict[str, Architecture]:
    """All architectures by name, in alphabetical order."""
    return _specs(models)


@functools.cache
def lessons() -> dict[str, Lesson]:
    """All lessons by name, in the order in which they are taught."""
    return dict(sorted(_specs(core.lessons).items(), key=lambda item: item[1].order))


@functools.cache
def explanations() -> dict[str, Explanation]:
    """All explanations by name, in the order in which they are shown."""
    return dict(sorted(_specs(core.explain).items(), key=lambda item: item[1].order))


def dataset(name: str) -> Dataset:
    """The dataset called `name`; raises SettingError when there is none."""
    return built_in().get(name) or imported.dataset(name) or _pick("dataset", name, datasets())


def architecture(name: str) -> Architecture:
    """The architecture called `name`; raises SettingError when there is none."""
    return _pick("architecture", name, architectures())


def explanation(name: str) -> Explanation:
    """The explanation called `name`; raises SettingError when there is none."""
    return _pick("explanation", name, explanations())


def _specs(package: ModuleType) -> dict[str, Any]:
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}
    return {name: module.SPEC for name, module in modules.items() if hasattr(module, "SPEC")}


def _pick(kind: str, name: str, known: dict[str, Any]) -> Any:
    if name not in known:
        raise SettingError(
            "{kind}={name} is unknown; choose one of: {known}.", kind=kind, name=name, known=", ".join(known)
        )
    return known[name]
