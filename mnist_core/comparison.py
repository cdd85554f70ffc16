"""Several runs side by side: the settings in which they differ, and their curves as a table."""

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import pandas as pd

from mnist_core.records import Run, RunStatus
from mnist_core.settings.config import LIMITS, TrainingConfig
from mnist_core.settings.differences import Setting, flat_settings

_CURVES: Final = ("loss", "accuracy", "val_loss", "val_accuracy")
# A spreadsheet would take a text that begins so for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@")


def history_csv(runs: Sequence[Run]) -> str:
    """Write a table with one row for each epoch of each run.

    Columns: run (its id), name, epoch (from 1), loss, accuracy, val_loss, val_accuracy (empty
    without validation), then every setting; the setting `loss` is called `loss_function`. Last
    comes base: the run that a fine-tuned one began as, empty for others.
    """
    settings = [_csv_name(name) for name in flat_settings(TrainingConfig())]
    rows = [row for run in runs for row in _epoch_rows(run)]
    frame = pd.DataFrame(rows, columns=["run", "name", "epoch", *_CURVES, *settings, "base"])
    return str(frame.to_csv(index=False, lineterminator="\n"))


def _epoch_rows(run: Run) -> Iterator[Mapping[str, Setting]]:
    name, base = _no_formula(run.title), _no_formula(run.base or "")
    settings = {_csv_name(name): value for name, value in flat_settings(run.config).items()}
    for epoch in range(1, run.n_epochs_done + 1):
        curves = {key: values[epoch - 1] for key, values in run.history.items()}
        yield {"run": run.id, "name": name, "epoch": epoch, **curves, **settings, "base": base}


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _csv_name(setting: str) -> str:
    return "loss_function" if setting == "loss" else setting  # loss is a curve already


def same_but_seed(run: Run, others: Iterable[Run]) -> list[Run]:
    """Return the runs with the settings of a run, except for the seed; one for each seed.

    Of several with the same seed it is the first given. What was stopped, interrupted or failed
    is left out: it shows no noise, but where it ended. A run that was fine-tuned has none, and is
    none, since it did not begin with random weights.
    """
    by_seed: dict[int, Run] = {}
    for each in others:
        is_hopeful = each.status == RunStatus.FINISHED or not each.is_ended
        is_plain = run.base is None and each.base is None
        if is_hopeful and is_plain and _without_seed(each.config) == _without_seed(run.config):
            by_seed.setdefault(each.config.seed, each)
    return [by_seed[seed] for seed in sorted(by_seed)]


def missing_seeds(run: Run, known: Iterable[Run], *, n_seeds: int) -> list[int]:
    """Return the next seeds after that of a run, as many as are missing to so many in all."""
    taken = {each.config.seed for each in known}
    n_possible = int(LIMITS["seed"].high) + 1
    following = ((run.config.seed + step) % n_possible for step in itertools.count())
    free = (seed for seed in following if seed not in taken)
    return list(itertools.islice(free, max(0, n_seeds - len(taken))))


def _without_seed(config: TrainingConfig) -> TrainingConfig:
    return dataclasses.replace(config, seed=0)
