"""Images of a dataset by its name, as tests want them."""

from types import SimpleNamespace

from core.data import cache
from core.data.catalogue import dataset
from core.recipe.config import TrainingConfig
from core.training import prepare


def available(name):
    """Whether a dataset can be loaded here."""
    return cache.available(dataset(name))


def load(name, image_size=0, version="", **more):
    """The splits of a dataset."""
    return cache.load(dataset(name), image_size, version, **more)


def content(name, version=""):
    """The content hash of a dataset that has been loaded."""
    return cache.content(dataset(name), version)


def recipe(name, version="", **settings):
    """A recipe for a dataset."""
    return TrainingConfig(dataset=name, dataset_version=version, **settings)


def prepared(name, **settings):
    """The images of one run, as its recipe wants them."""
    return prepare.prepare(dataset(name), recipe(name, **settings))


def prepared_unchecked(name, **settings):
    """The same for values that a recipe would refuse: `prepare` has a word of its own for them."""
    values = {**recipe(name).as_dict(), "classes": (), **settings}
    return prepare.prepare(dataset(name), SimpleNamespace(**values))


def of(config):
    """The images of a run of this recipe."""
    return prepare.prepare(dataset(config.dataset), config)


def pictures(name, rows, version=""):
    """The images of some rows of a `Prepared`."""
    return prepare.pictures(dataset(name), recipe(name, version), rows)
