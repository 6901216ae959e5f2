"""A search by Optuna: which values come next, which training is hopeless, which settings mattered.

Akiba et al., "Optuna: A Next-generation Hyperparameter Optimization Framework", KDD 2019. It is imported late: 0.6 s.
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.experiments.compared import Group
from core.experiments.kind import At, Cell, Result, Trial
from core.experiments.measured import Measured
from core.experiments.space import Range, Space, space
from core.files import append_json, read_json_lines
from core.recipe.config import TrainingConfig
from core.recipe.setting import as_text

FIRST_AT_RANDOM = 3  # one of so many trials, ten at most, as Optuna does; they are also those before any is pruned
WARM_UP = 4  # a training has one of so many epochs before it may be pruned
LEAST_A_SETTING, LEAST = 2, 8  # finished trials from which importances are shown
NAME = "search"  # of the only study in a journal
DIGITS = 3  # of a number that is tried


def value_of(one: Measured) -> float:
    """What a trial is judged by: the value by which its recipe chose the epoch that was kept."""
    return one.val_loss if _falls(one.run.config) else one.val_accuracy


def best_of(groups: Sequence[Group]) -> Group:
    """The place that is best by that value, of those at least one; of several seeds by their mean."""
    return max(groups, key=lambda group: sum(map(better, group[1])) / len(group[1]))


def better(one: Measured) -> float:
    """Higher for what is better."""
    return -value_of(one) if _falls(one.run.config) else value_of(one)


class Study:
    """One search.

    options  space, trials, sampler ("tpe", "random"), pruning, value ("val_accuracy", "val_loss"), seed
    path     Optuna's journal; without one only `draws` and `importances` are of use
    Raises SettingError for a space that is none.
    """

    def __init__(self, recipe: TrainingConfig, options: Mapping[str, Any], path: Path | None = None):
        self.recipe = dataclasses.replace(recipe, early_stopping_monitor=options["value"])
        self.options = options
        self.space: Space = space(recipe, options["space"])
        self._tried = _of_values(self.space)
        self._study = self._opened(path) if path else self._empty()

    @property
    def told(self) -> int:
        return len(self._trials())

    def tell(self, trial: Trial) -> None:
        self._study.add_trial(self._frozen(trial))

    def further(self) -> Cell:
        sampler = _tpe if self.options["sampler"] == "tpe" else _random
        before = [self._place(trial.params) for trial in self._trials()]
        return self.cell(self._asked(sampler, len(before)), before)

    def draws(self) -> list[Cell]:
        """As many cells as there are to be trials, drawn at random: the first ones, and what the others may cost."""
        cells: list[Cell] = []
        for number in range(self.options["trials"]):
            cells.append(self.cell(self._asked(_random, number), [cell.at for cell in cells]))
        return cells

    def cell(self, at: At, before: Sequence[At]) -> Cell:
        """With another seed where the same values were tried before: a training twice would tell nothing."""
        seed = self.recipe.seed + sum(dict(at) == dict(one) for one in before)
        return Cell(at, dataclasses.replace(self.recipe, **at, seed=seed))

    def is_hopeless(self, at: At, epochs: Sequence[Mapping[str, Any]]) -> bool:
        return self._hopeless_from(at, epochs) is not None

    def importances(self, results: Sequence[Result]) -> dict[str, float] | None:
        """setting -> share 0..1 of the value's variation that it explains alone; what is left belongs to several.

        By functional ANOVA of a random forest (Hutter, Hoos, Leyton-Brown 2014). None where too few have finished, or
        all are equally good.
        """
        enough = len(results) >= max(LEAST, LEAST_A_SETTING * len(self.space))
        if not enough or len({value_of(one) for _at, one in results}) < 2:
            return None
        optuna = _optuna()
        kinds, study = {name: _even(_distribution(values)) for name, values in self.space.items()}, self._empty()
        for at, one in results:
            params = {
                name: math.log(at[name]) if _is_log(values) else _word(at[name]) for name, values in self.space.items()
            }
            study.add_trial(optuna.trial.create_trial(params=params, distributions=kinds, value=value_of(one)))
        # Optuna's default, PED-ANOVA, asks another question: what tells the best tenth from the others
        found = optuna.importance.FanovaImportanceEvaluator(seed=0).evaluate(study)
        return {name: min(1.0, float(share)) for name, share in found.items()}

    def _hopeless_from(self, at: At, epochs: Sequence[Mapping[str, Any]]) -> int | None:
        """After which of its epochs a training is worse than half of the finished ones were then; None: of none yet."""
        if not self.options["pruning"]:
            return None
        startup = _at_random(self.options["trials"])
        pruner = _optuna().pruners.MedianPruner(startup, n_warmup_steps=math.ceil(self.recipe.epochs / WARM_UP))
        for n in range(1, len(epochs) + 1):
            so_far = self._frozen(Trial("", at, None, True, epochs[:n]))
            if pruner.prune(self._study, so_far):
                return n
        return None

    def _frozen(self, trial: Trial) -> Any:
        """A trial as Optuna keeps it. A pruned one has its epochs up to the one after which it was hopeless, however
        many more it trained until somebody looked.
        """
        optuna = _optuna()
        states, epochs = optuna.trial.TrialState, trial.epochs
        if trial.measured:
            ending = {"state": states.COMPLETE, "value": value_of(trial.measured)}
        elif trial.pruned:
            epochs = epochs[: self._hopeless_from(trial.at, epochs)] if trial.run_id else epochs
            last = epochs[-1][self.options["value"]] if epochs else None
            ending = {"state": states.PRUNED, "value": last}
        else:
            ending = {"state": states.FAIL}
        return optuna.trial.create_trial(
            params={name: _word(value) for name, value in trial.at.items()},
            distributions=_distributions(self.space),
            intermediate_values={epoch["epoch"]: epoch[self.options["value"]] for epoch in epochs},
            user_attrs={"run": trial.run_id},
            **ending,
        )

    def _asked(self, sampler: Any, number: int) -> dict[str, Any]:
        """What a sampler of Optuna's suggests as trial of that number, asked without leaving a trace on the disk.

        Each number has a seed of its own: killed and asked again, it suggests the same.
        """
        seed = int(np.random.SeedSequence([self.options["seed"], number]).generate_state(1)[0])
        study = self._empty(sampler(seed, self.options["trials"]))
        study.add_trials(self._trials()[:number])
        return self._place(study.ask(_distributions(self.space)).params)

    def _place(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: _rounded(values, self._tried[name].get(params[name], params[name]))
            for name, values in self.space.items()
        }

    def _trials(self) -> list[Any]:
        return self._study.get_trials(deepcopy=False)

    def _opened(self, path: Path) -> Any:
        """The study of that journal; one that cannot be read is begun anew, and told everything again."""
        optuna = _optuna()
        try:
            storage = optuna.storages.JournalStorage(_Lines(path))
            known = [one.study_name for one in storage.get_all_studies()]
            return optuna.load_study(study_name=known[0], storage=storage) if known else self._empty(storage=storage)
        except (LookupError, TypeError, ValueError, AssertionError, optuna.exceptions.OptunaError):
            path.unlink(missing_ok=True)
            return self._empty(storage=optuna.storages.JournalStorage(_Lines(path)))

    def _empty(self, sampler: Any = None, storage: Any = None) -> Any:
        direction = "minimize" if _falls(self.recipe) else "maximize"
        return _optuna().create_study(storage=storage, sampler=sampler, direction=direction, study_name=NAME)


class _Lines:
    """Optuna's journal as a file of lines.

    Optuna's own backend refuses a file of which a kill cut the last line short, and waits 30 s for the lock of a
    process that is gone. Here such a line is passed over; whoever writes holds the lock of all experiments.
    """

    def __init__(self, path: Path):
        self.path = path

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:
        return iter(read_json_lines(self.path)[log_number_from:])

    def append_logs(self, logs: Iterable[dict[str, Any]]) -> None:
        for log in logs:
            append_json(self.path, log, durable=True)


def _optuna() -> Any:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)  # else it tells of each trial
    return optuna


def _random(seed: int, _trials: int) -> Any:
    return _optuna().samplers.RandomSampler(seed=seed)


def _tpe(seed: int, trials: int) -> Any:
    """Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011."""
    return _optuna().samplers.TPESampler(seed=seed, n_startup_trials=_at_random(trials))


def _at_random(trials: int) -> int:
    return min(10, math.ceil(trials / FIRST_AT_RANDOM))


def _falls(recipe: TrainingConfig) -> bool:
    return recipe.early_stopping_monitor == "val_loss"


def _distributions(space: Space) -> dict[str, Any]:
    return {name: _distribution(values) for name, values in space.items()}


def _distribution(values: Range | tuple[Any, ...]) -> Any:
    known = _optuna().distributions
    if isinstance(values, tuple):
        return known.CategoricalDistribution([_word(value) for value in values])
    if values.whole:
        return known.IntDistribution(int(values.low), int(values.high), log=values.log)
    return known.FloatDistribution(values.low, values.high, log=values.log, step=values.step)


def _even(kind: Any) -> Any:
    """On a logarithmic scale where values are drawn on one, which Optuna's ANOVA does not do by itself."""
    if not getattr(kind, "log", False):
        return kind
    return _optuna().distributions.FloatDistribution(math.log(kind.low), math.log(kind.high))


def _is_log(values: Range | tuple[Any, ...]) -> bool:
    return isinstance(values, Range) and values.log


def _of_values(space: Space) -> dict[str, dict[Any, Any]]:
    """setting -> what stands for each of its values in Optuna -> the value."""
    return {
        name: {_word(value): value for value in values} if isinstance(values, tuple) else {}
        for name, values in space.items()
    }


def _word(value: Any) -> Any:
    """Optuna keeps numbers and words; several numbers are written."""
    return as_text(value) if isinstance(value, tuple) else value


def _rounded(values: Range | tuple[Any, ...], value: Any) -> Any:
    """With few digits, to be read and typed."""
    if isinstance(values, tuple) or values.whole:
        return value
    short = float(f"{value:.{DIGITS}g}") if values.step is None else round(value, 10)
    return min(values.high, max(values.low, short))
