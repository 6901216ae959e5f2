"""Beside a test of two networks: whether other seeds of the same recipes differ as much."""

import functools
import time
from collections import defaultdict
from collections.abc import Mapping

import streamlit as st

from core.evaluation.paired import ALPHA, holm
from core.experiments import noise_floor as floors
from core.experiments.noise_floor import FEWEST, Floor
from core.runs.run import Run
from core.runs.store import RunStore
from dashboard import choices, resources
from dashboard.navigation import page
from dashboard.words import _, number, plural, points


def two(runs: Mapping[str, Run], difference: float) -> None:
    """What seeds say of the difference of two runs, or how to ask them.

    runs        what they are called -> the first and the second
    difference  accuracy of the second minus that of the first, on the same validation images
    """
    (a, one), (b, other) = runs.items()
    if resources.row(one).seedless == resources.row(other).seedless:
        st.caption(_("{a} and {b} are the same recipe: whatever they differ by is luck.", a=a, b=b))
        return
    known = {name: of(run) for name, run in runs.items()}
    noise = floors.noise(*known.values())
    if noise:
        words = [_scatter(known), *_of_two(abs(difference), noise.limit, known), *_over_seeds(known)]
        st.markdown(" ".join(words))
    _ask_seeds(runs, known)


def best_of(runs: Mapping[str, Run], best: str, behind: Mapping[str, float]) -> None:
    """The same for the lead of the best of several runs.

    behind  name of each other run -> by how much its accuracy is lower
    """
    known = {name: of(run) for name, run in runs.items()}
    noises = {name: noise for name in behind if (noise := floors.noise(known[best], known[name]))}
    if noises:
        ps = holm([noise.chance(behind[name]) for name, noise in noises.items()])
        near = [name for name, p in zip(noises, ps, strict=True) if p >= ALPHA]
        words = [_scatter(known)]
        if near:
            words.append(
                _(
                    "So the lead of {best} over {others} lies within what other seeds would change.",
                    best=best,
                    others=", ".join(near),
                )
            )
        beyond = [name for name in noises if name not in near]
        if beyond:
            words.append(
                _(
                    "The lead of {best} over {others} is larger than other seeds would explain.",
                    best=best,
                    others=", ".join(beyond),
                )
            )
        if any(not (known[best] and known[name]) for name in noises):
            words.append(_("This takes for granted that recipes without so many seeds scatter as much."))
        st.markdown(" ".join(words))
    _ask_seeds({best: runs[best], **runs}, known)


def of(run: Run) -> Floor | None:
    """The noise floor of a run's recipe, from all runs of it; None where too few of them have ended."""
    where = resources.store()
    found = _alike(where, where.signs() or (time.time_ns(), 0)).get(resources.row(run).seedless, [])
    return floors.floor(Run(where.folder / name) for name in found) if len(found) >= FEWEST else None


@functools.lru_cache(2)
def _alike(_where: RunStore, _signs: tuple[int, int]) -> Mapping[str, list[str]]:
    """Mark of a recipe without its seed -> ids of its runs; grouped once, until a run has changed."""
    grouped = defaultdict(list)
    for name, row in resources.rows().items():
        if row.seedless and row.state in ("finished", "failed"):
            grouped[row.seedless].append(name)
    return grouped


def _scatter(known: Mapping[str, Floor | None]) -> str:
    there = {name: floor for name, floor in known.items() if floor}
    parts = [
        plural(
            floor.n,
            "{name} by ±{points} ({n} seed)",
            "{name} by ±{points} ({n} seeds)",
            name=name,
            points=points(floor.deviation),
        )
        for name, floor in there.items()
    ]
    words = _("Runs that differ only in their seed scatter, too: {scatter}.", scatter=", ".join(parts))
    diverged = sum(floor.diverged for floor in there.values())
    if not diverged:
        return words
    left_out = plural(
        diverged,
        "{n} further seed diverged and is left out of this.",
        "{n} further seeds diverged and are left out of this.",
    )
    return f"{words} {left_out}"


def _of_two(difference: float, limit: float, known: Mapping[str, Floor | None]) -> list[str]:
    said = {"difference": points(difference), "limit": points(limit)}
    if difference <= limit:
        within = _(
            "By luck alone two single runs may differ by {limit}: the {difference} here lie within "
            "that. These two runs alone do not show that one recipe is better than the other.",
            **said,
        )
        return [within]
    beyond = _(
        "By luck alone two single runs may differ by {limit}: the {difference} here lie beyond that.",
        **said,
    )
    alone = [name for name, floor in known.items() if not floor]
    taken = [_("This takes for granted that {name} would scatter as much.", name=alone[0])] if alone else []
    return [beyond, *taken]


def _over_seeds(known: Mapping[str, Floor | None]) -> list[str]:
    """Where both recipes were trained with the same seeds, their mean difference says more than two single runs."""
    (a, one), (b, other) = known.items()
    found = floors.over_seeds(one, other) if one and other else None
    if not found:
        return []
    differ = found.low > 0 or found.high < 0
    return [
        plural(
            found.n,
            "Over the {n} seed of both, {b} minus {a} is {mean} on average (95 % interval {low} to {high}).",
            "Over the {n} seeds of both, {b} minus {a} is {mean} on average (95 % interval {low} to {high}).",
            a=a,
            b=b,
            mean=points(found.mean),
            low=_points(found.low),
            high=_points(found.high),
        ),
        _("So the recipes differ, too.") if differ else _("So it stays open which recipe is better."),
    ]


def _ask_seeds(runs: Mapping[str, Run], known: Mapping[str, Floor | None]) -> None:
    """A link to the question of several seeds with the recipe of the first run of which they are not known."""
    name = next((name for name in runs if not known[name]), None)
    recipe = resources.recipe(runs[name]) if name else None
    if not recipe:
        return
    st.page_link(
        page("experiments"),
        label=_("How much would another seed change {name}?", name=name),
        icon=":material/casino:",
        query_params={"ask": "seeds", "dataset": recipe.dataset, **choices.link(recipe.spelled_out())},
        help=_("Asks for several seeds of the same recipe. From {n} on, they are counted in here.", n=FEWEST),
    )


def _points(share: float) -> str:
    return number(share * 100, 1)
