"""Finds plug-ins by file name: a module with a `SPEC`, dropped into its folder, is there for everyone."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any

from core.errors import SettingError


def discover(package: str) -> dict[str, Any]:
    """name -> SPEC of every module in a package that has one, by name; each SPEC knows its name."""
    path = importlib.import_module(package).__path__
    modules = {
        module.name: importlib.import_module(f"{package}.{module.name}") for module in pkgutil.iter_modules(path)
    }
    specs = {name: module.SPEC for name, module in sorted(modules.items()) if hasattr(module, "SPEC")}
    return {name: dataclasses.replace(spec, name=name) for name, spec in specs.items()}


def pick(kind: str, name: str, known: dict[str, Any]) -> Any:
    """The one called `name`; raises SettingError, which lists those that there are."""
    if name not in known:
        raise unknown(kind, name, known)
    return known[name]


def unknown(kind: str, name: str, known: Iterable[str]) -> SettingError:
    """What is said of a name that there is not."""
    return SettingError(
        "{kind}={name} is unknown; choose one of: {known}.", kind=kind, name=name, known=", ".join(known)
    )
