"""The queue of the runs that wait for a worker, and the runs that lost theirs."""

import time
from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa

from mnist_core.errors import InvalidConfigError, WorkerSilentError
from mnist_core.i18n import N_
from mnist_core.runs.run import RunStatus
from mnist_core.store.claim import Claim, fail
from mnist_core.store.reader import get
from mnist_core.store.rows import failure_row, update_of
from mnist_core.store.schema import RUNS
from mnist_core.store.shelf import Shelf

# While a run waits, its heartbeat says since when.
_ORDER: Final = (sa.func.coalesce(RUNS.c.heartbeat_at, RUNS.c.created_at), RUNS.c.number)

# A worker beats once a second. Before its first beat it may spend long loading TensorFlow.
_STALE_RUNNING_SECONDS: Final = 10.0
_STALE_STARTING_SECONDS: Final = 60.0


def queue_position(store: Shelf, run_id: str) -> int:
    """Count the waiting runs up to and with this one: 1 is next, 0 is not waiting.

    Raises:
        RunStoreError: The database cannot be read.
    """
    with store.database.transaction() as connection:
        ids = list(connection.execute(_waiting()).scalars())
    return ids.index(run_id) + 1 if run_id in ids else 0


def claim_next(store: Shelf) -> Claim | None:
    """Take the run that has waited longest, of any workspace, for a worker; None if none waits.

    Raises:
        RunStoreError: The database cannot be read or written.
    """
    while True:
        with store.database.transaction() as connection:
            run_id = connection.execute(_waiting().limit(1)).scalar()
        if run_id is None:
            return None
        claim = _take(store, run_id)
        if claim is None:
            continue  # another server was faster
        try:
            get(store, run_id)
        except InvalidConfigError as error:
            fail(store, claim, error)  # stored by another version; the next may go
        else:
            return claim


def interrupt_stale(store: Shelf, *, except_ids: Collection[str] = ()) -> int:
    """Interrupt the runs whose worker has been silent for too long; return how many.

    Args:
        store: Where the runs are.
        except_ids: Runs whose workers the caller watches itself.

    Raises:
        RunStoreError: The database cannot be written.
    """
    now = time.time()
    error = WorkerSilentError(N_("the training process stopped responding; its progress is kept"))
    statement = (
        sa.update(RUNS)
        .where(
            sa.or_(
                _is_silent(RunStatus.RUNNING, since=now - _STALE_RUNNING_SECONDS),
                _is_silent(RunStatus.STARTING, since=now - _STALE_STARTING_SECONDS),
            ),
            RUNS.c.id.not_in(except_ids),
        )
        .values(status=RunStatus.INTERRUPTED, failure=failure_row(error), finished_at=now)
    )
    with store.database.transaction() as connection:
        return int(connection.execute(statement).rowcount)


def _waiting() -> sa.Select[Any]:
    """Select the ids of the waiting runs, the next one first."""
    return sa.select(RUNS.c.id).where(RUNS.c.status == RunStatus.QUEUED).order_by(*_ORDER)


def _take(store: Shelf, run_id: str) -> Claim | None:
    """Take a waiting run; None where it no longer waits: only one of several servers gets it."""
    claim = Claim(run_id=run_id, taken_at=time.time())
    statement = update_of(run_id, (RunStatus.QUEUED,)).values(
        status=RunStatus.STARTING, started_at=claim.taken_at, heartbeat_at=claim.taken_at
    )
    with store.database.transaction() as connection:
        is_taken = connection.execute(statement).rowcount
    return claim if is_taken else None


def _is_silent(status: RunStatus, *, since: float) -> sa.ColumnElement[bool]:
    return sa.and_(RUNS.c.status == status, RUNS.c.heartbeat_at < since)
