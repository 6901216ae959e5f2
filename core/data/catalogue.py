"""All datasets by name, those that come with Fitscope and those imported: where a name becomes a `Dataset`."""

from typing import Any

from core import plugins
from core.data import cache, imported
from core.data.built_in import built_in
from core.data.dataset import Dataset


def datasets() -> dict[str, Dataset]:
    """All datasets by name: those that come with Fitscope, then those imported on this machine."""
    return {**built_in(), **imported.datasets()}


def dataset(name: str) -> Dataset:
    """The dataset called `name`; raises SettingError when there is none."""
    return built_in().get(name) or imported.dataset(name) or plugins.pick("dataset", name, datasets())


def describe() -> list[dict[str, Any]]:
    """One row per dataset for tables: name, title, images per split as far as known, shape, classes, available."""
    return [_row(cache.facts(dataset)) for dataset in datasets().values()]


def _row(dataset: Dataset) -> dict[str, Any]:
    names = ("name", "title", "n_train", "n_validation", "n_test", "shape", "classes")
    return {**{name: getattr(dataset, name) for name in names}, "available": cache.available(dataset)}
