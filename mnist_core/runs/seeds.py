"""The same training from several seeds: which runs belong together, and how far they spread."""

import dataclasses
import itertools
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.fields import limit_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Lowest, mean and highest of several values."""

    low: float
    mean: float
    high: float


def summarise(values: Sequence[float]) -> Spread:
    """Return the spread of at least one value."""
    return Spread(low=min(values), mean=statistics.fmean(values), high=max(values))


def same_but_seed(run: Run, others: Iterable[Run]) -> list[Run]:
    """Return the runs that differ from a run in their seed only, one for each seed.

    Where several have the same seed, the first one given is returned. Runs that were stopped,
    interrupted or failed are left out, since they differ by where they ended, not by chance. So
    are fine-tuned runs, since they did not begin with random weights: for a fine-tuned run the
    list is empty.
    """
    by_seed: dict[int, Run] = {}
    for each in others:
        is_hopeful = each.status == RunStatus.FINISHED or not each.is_ended
        is_plain = run.base is None and each.base is None
        if is_hopeful and is_plain and _without_seed(each.config) == _without_seed(run.config):
            by_seed.setdefault(each.config.seed, each)
    return [by_seed[seed] for seed in sorted(by_seed)]


def missing_seeds(run: Run, known: Iterable[Run], *, n_seeds: int) -> list[int]:
    """Return the next seeds after a run's that no known run has, to make n_seeds in all."""
    taken = {each.config.seed for each in known}
    n_possible = int(limit_of("seed").high) + 1
    following = ((run.config.seed + step) % n_possible for step in itertools.count())
    free = (seed for seed in following if seed not in taken)
    return list(itertools.islice(free, max(0, n_seeds - len(taken))))


def _without_seed(config: TrainingConfig) -> TrainingConfig:
    return dataclasses.replace(config, seed=0)
