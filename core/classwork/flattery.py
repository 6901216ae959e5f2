"""How much a split by chance flatters: two runs of one recipe, one tested on people it knew and one on others."""

from dataclasses import dataclass

from core.classwork.collecting import Collection
from core.errors import FitscopeError
from core.evaluation.intervals import newcombe, wilson
from core.recipe.differences import differing
from core.runs.index import Row, index
from core.runs.run import Run
from core.runs.store import RunStore

LOOKED_AT = 40  # runs of each dataset, the newest
ALIKE = {"dataset", "dataset_version"}  # in which the two may differ


@dataclass(frozen=True)
class Tested:
    """A run with how many of its test pictures it has right."""

    run: str
    name: str
    hits: int
    n: int

    @property
    def accuracy(self) -> float:
        return self.hits / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, by Wilson."""
        return wilson(self.hits, self.n)


@dataclass(frozen=True)
class Flattery:
    """The newest two runs of one recipe, on pictures split by giver and on the same split by chance."""

    apart: Tested
    chance: Tested

    @property
    def difference(self) -> float:
        """Accuracy by chance minus that by giver."""
        return self.chance.accuracy - self.apart.accuracy

    @property
    def interval(self) -> tuple[float, float]:
        """Of the difference, 95 %: the two are tested on different pictures."""
        return newcombe((self.apart.hits, self.apart.n), (self.chance.hits, self.chance.n))

    @property
    def more_than_noise(self) -> bool:
        return self.interval[0] > 0


def flattery(store: RunStore, collection: Collection) -> Flattery | None:
    """None until both datasets were trained on with the same recipe."""
    rows = index(store.folder).rows(store.all())
    tested = {kind: _of(rows, name) for kind, name in collection.datasets.items()}
    for apart in tested.get("apart", ()):
        for chance in tested.get("chance", ()):
            if _alike(store, apart, chance):
                return Flattery(_tested(apart), _tested(chance))
    return None


def _of(rows: list[Row], dataset: str) -> list[Row]:
    found = [row for row in rows if row.dataset == dataset and row.state == "finished" and row.n_test]
    return sorted(found, key=lambda row: -row.created)[:LOOKED_AT]


def _alike(store: RunStore, a: Row, b: Row) -> bool:
    try:
        recipes = [Run(store.folder / row.id).config for row in (a, b)]
    except FitscopeError:  # one was deleted meanwhile, or is damaged
        return False
    return not {*differing(recipes)} - ALIKE


def _tested(row: Row) -> Tested:
    n = row.n_test or 0
    return Tested(row.id, row.name, round((row.test_accuracy or 0.0) * n), n)
