"""Runs as rows of the database, and back."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa

from mnist_core.errors import (
    InvalidConfigError,
    InvalidRunError,
    MnistCoreError,
    RunNotFoundError,
)
from mnist_core.i18n import N_
from mnist_core.runs.progress import History, Progress, Result
from mnist_core.runs.run import Failure, Run, RunStatus
from mnist_core.settings.config import TrainingConfig
from mnist_core.store.clock import now
from mnist_core.store.schema import (
    CHECKPOINTS,
    DELETED,
    EPOCHS,
    FINE_TUNINGS,
    MAX_NAME_LENGTH,
    RUNS,
)

IS_NOT_DELETED: Final = RUNS.c.id.not_in(sa.select(DELETED.c.run_id))


def update_of(run_id: str, statuses: Sequence[RunStatus]) -> sa.Update:
    """Update a run that is in one of these states, and is not deleted."""
    return sa.update(RUNS).where(RUNS.c.id == run_id, RUNS.c.status.in_(statuses), IS_NOT_DELETED)


def is_epoch(run_id: str, epoch: int) -> sa.ColumnElement[bool]:
    """Select the row of an epoch's answers."""
    return sa.and_(EPOCHS.c.run_id == run_id, EPOCHS.c.epoch == epoch)


def put(connection: sa.Connection, table: sa.Table, run_id: str, content: object) -> None:
    """Store a run's content in place of those before, in the SQL of any database."""
    connection.execute(sa.delete(table).where(table.c.run_id == run_id))
    connection.execute(sa.insert(table).values(run_id=run_id, content=content))


def select_runs(*, with_progress: bool = True) -> sa.Select[Any]:
    """Select the runs that are not deleted, with what `run_from` needs to know of each."""
    columns = [
        column if with_progress or column is not RUNS.c.progress else sa.null().label("progress")
        for column in RUNS.c
    ]
    return (
        sa.select(
            *columns,
            (now() - RUNS.c.heartbeat_at).label("silent_seconds"),
            CHECKPOINTS.c.run_id.is_not(None).label("has_checkpoint"),
            FINE_TUNINGS.c.base,
            FINE_TUNINGS.c.base_id,
        )
        .outerjoin(CHECKPOINTS, CHECKPOINTS.c.run_id == RUNS.c.id)
        .outerjoin(FINE_TUNINGS, FINE_TUNINGS.c.run_id == RUNS.c.id)
        .where(IS_NOT_DELETED)
    )


def run_from(row: sa.Row[Any]) -> Run:
    """Build a run from a row of `select_runs`.

    Raises:
        InvalidConfigError: Another version has stored it.
        InvalidRunError: The row is damaged.
    """
    values = row._mapping
    try:
        return Run(
            id=values["id"],
            workspace=values["workspace"],
            name=str(values["name"]),
            number=int(values["number"]),
            config=TrainingConfig.from_dict(values["config"]),
            status=RunStatus(values["status"]),
            created_at=_time(values["created_at"]),
            started_at=_time_or_none(values["started_at"]),
            finished_at=_time_or_none(values["finished_at"]),
            is_stop_requested=bool(values["stop_requested"]),
            progress=Progress.from_dict(values["progress"]) if values["progress"] else None,
            history=_history(values["history"]),
            result=Result.from_dict(values["result"]) if values["result"] else None,
            failure=Failure(**values["failure"]) if values["failure"] else None,
            has_checkpoint=bool(values["has_checkpoint"]),
            worker=values["worker"],
            n_losses=int(values["n_losses"]),
            silent_seconds=_time_or_none(values["silent_seconds"]),
            base=values["base"],
            base_id=values["base_id"],
        )
    except InvalidConfigError:
        raise
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise InvalidRunError(
            N_("what is stored of the run {run_id} is damaged"), run_id=values["id"]
        ) from error


def _time(value: object) -> float:
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no time")
    return float(value)


def _time_or_none(value: object) -> float | None:
    return None if value is None else _time(value)


def _history(values: dict[str, list[float]]) -> History:
    return {str(name): [float(value) for value in column] for name, column in values.items()}


def not_found(run_id: str) -> RunNotFoundError:
    """Give the error that names a run that is not there."""
    return RunNotFoundError(N_("there is no run {run_id}"), run_id=run_id)


def clean_name(name: str) -> str:
    """Return a name in one line, as long as a run's may be; never empty."""
    return " ".join(name.split())[:MAX_NAME_LENGTH] or "run"


def failure_row(error: MnistCoreError) -> dict[str, object]:
    """Return an error as plain values, ready for JSON."""
    values = {name: str(value) for name, value in error.values.items()}
    return {"template": error.template, "values": values, "kind": type(error).__name__}


def former_row(run: Run) -> dict[str, object]:
    """Return what changes when an ended run is asked to go on, as plain values."""
    return {
        "status": run.status,
        "config": run.config.to_dict(),
        "stop_requested": run.is_stop_requested,
        "failure": None if run.failure is None else asdict(run.failure),
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "worker": run.worker,
        "n_losses": run.n_losses,
    }
