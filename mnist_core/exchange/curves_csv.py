"""The curves of runs and their settings as a table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pandas as pd

from mnist_core.runs.run import Run
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.differences import Value, flat_settings

_CURVES: Final = ("loss", "accuracy", "val_loss", "val_accuracy")
# A spreadsheet takes text that begins with one of these for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@")


def history_csv(runs: Sequence[Run]) -> str:
    """Write a table with one row for each epoch of each run, as CSV.

    Columns: run (its id), name, epoch (from 1), loss, accuracy, val_loss, val_accuracy (empty
    without validation), then every setting; the setting `loss` is called `loss_function`. The
    last column is base: the run that a fine-tuned run started from, empty for others.
    """
    settings = [_csv_name(name) for name in flat_settings(TrainingConfig())]
    rows = [row for run in runs for row in _epoch_rows(run)]
    frame = pd.DataFrame(rows, columns=["run", "name", "epoch", *_CURVES, *settings, "base"])
    return str(frame.to_csv(index=False, lineterminator="\n"))


def _epoch_rows(run: Run) -> Iterator[Mapping[str, Value]]:
    name, base = _no_formula(run.title), _no_formula(run.base or "")
    settings = {_csv_name(name): value for name, value in flat_settings(run.config).items()}
    for epoch in range(1, run.n_epochs_done + 1):
        curves = {key: values[epoch - 1] for key, values in run.history.items()}
        yield {"run": run.id, "name": name, "epoch": epoch, **curves, **settings, "base": base}


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _csv_name(setting: str) -> str:
    return "loss_function" if setting == "loss" else setting  # loss is a curve already
