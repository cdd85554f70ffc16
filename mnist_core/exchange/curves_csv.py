"""The curves of runs and their settings as a table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pandas as pd

from mnist_core.runs.run import Run
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.differences import Value, flat_settings

_CURVES: Final = ("loss", "accuracy", "val_loss", "val_accuracy")
_OF_THE_RUN: Final = ("base", "state", "seconds", "test_accuracy", "total_seconds")
# A spreadsheet takes text that begins with one of these for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@")


def history_csv(runs: Sequence[Run]) -> str:
    """Write a table with one row for each epoch of each run, as CSV.

    Columns: run (its id), name, epoch (from 1), loss, accuracy, val_loss, val_accuracy (empty
    without validation), then every setting; the setting `loss` is called `loss_function`. Then
    base, the run that a fine-tuned run started from, empty for others; state, where the run stands;
    seconds, of the epoch; and of a run that has a result its test_accuracy and total_seconds.
    """
    settings = [_csv_name(name) for name in flat_settings(TrainingConfig())]
    rows = [row for run in runs for row in _epoch_rows(run)]
    frame = pd.DataFrame(rows, columns=["run", "name", "epoch", *_CURVES, *settings, *_OF_THE_RUN])
    return str(frame.to_csv(index=False, lineterminator="\n"))


def _epoch_rows(run: Run) -> Iterator[Mapping[str, Value]]:
    result = run.result
    seconds = result.epoch_seconds if result else ()
    whole: Mapping[str, Value] = {
        "run": run.id,
        "name": _no_formula(run.title),
        "base": _no_formula(run.base or ""),
        "state": str(run.status),
        "test_accuracy": result.test_accuracy if result else None,
        "total_seconds": result.total_seconds if result else None,
    }
    settings = {_csv_name(name): value for name, value in flat_settings(run.config).items()}
    for epoch in range(1, run.n_epochs_done + 1):
        curves = {key: values[epoch - 1] for key, values in run.history.items()}
        took = seconds[epoch - 1] if epoch <= len(seconds) else None
        yield {**whole, "epoch": epoch, "seconds": took, **curves, **settings}


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _csv_name(setting: str) -> str:
    return "loss_function" if setting == "loss" else setting  # loss is a curve already
