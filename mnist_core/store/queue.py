"""The queue of the runs that wait for a worker, and the runs that lost theirs."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from mnist_core.errors import DamagedError, InvalidConfigError, MnistCoreError
from mnist_core.runs.run import ACTIVE, RunStatus
from mnist_core.store.claim import Claim, fail
from mnist_core.store.clock import now
from mnist_core.store.reader import get
from mnist_core.store.rows import IS_NOT_DELETED, failure_row, update_of
from mnist_core.store.schema import RUNS
from mnist_core.store.shelf import Shelf

# How often a run that lost its worker is taken up again, whoever was to blame: a server that was
# killed, or a machine that slept, is no fault of the run.
MAX_LOSSES: Final = 20

# No clock, which somebody may set back. Those of an earlier version have no number and go first.
_ORDER: Final = (sa.func.coalesce(RUNS.c.queue_number, 0), RUNS.c.number)


def next_queue_number() -> sa.ScalarSelect[Any]:
    """Return the place behind all that ever waited, for an INSERT or an UPDATE."""
    runs = RUNS.alias()
    return sa.select(sa.func.coalesce(sa.func.max(runs.c.queue_number), 0) + 1).scalar_subquery()


def new_worker() -> str:
    """Return the name of a worker, which no other has."""
    return secrets.token_hex(8)


def queue_position(store: Shelf, run_id: str) -> int:
    """Count the waiting runs up to and with this one: 1 is next, 0 is not waiting.

    Raises:
        RunStoreError: The database cannot be read.
    """
    with store.database.read() as connection:
        ids = list(connection.execute(_waiting()).scalars())
    return ids.index(run_id) + 1 if run_id in ids else 0


def n_waiting(store: Shelf) -> int:
    """Count the runs that wait for a worker, of all workspaces.

    Raises:
        RunStoreError: The database cannot be read.
    """
    query = sa.select(sa.func.count()).select_from(_waiting().subquery())
    with store.database.read() as connection:
        return int(connection.execute(query).scalar_one())


def claim_next(store: Shelf, *, worker: str | None = None) -> Claim | None:
    """Take the run that has waited longest, of any workspace, for a worker; None if none waits.

    Args:
        store: Where the runs are.
        worker: Who takes it; a new name when None.

    Raises:
        RunStoreError: The database cannot be read or written.
    """
    while True:
        claim = _take_next(store, worker or new_worker())
        if claim is None:
            return None
        try:
            get(store, claim.run_id)
        except (InvalidConfigError, DamagedError) as error:
            fail(store, claim, error)  # by another version, or damaged; the next may go
        else:
            return claim


def claim_run(store: Shelf, run_id: str) -> Claim | None:
    """Take one run that waits, whatever its place; None if it does not wait any more.

    Raises:
        RunStoreError: The database cannot be read or written.
    """
    claim = Claim(run_id=run_id, worker=new_worker())
    with store.database.write() as connection:
        is_taken = connection.execute(_taken_by(claim)).rowcount
    return claim if is_taken else None


def beats(store: Shelf) -> Mapping[Claim, int]:
    """Count the signs of life that the workers have given of the runs that they hold.

    Only whether a count still grows tells whether its worker lives: clocks may differ or jump.

    Raises:
        RunStoreError: The database cannot be read.
    """
    query = sa.select(RUNS.c.id, RUNS.c.worker, RUNS.c.beat).where(
        RUNS.c.status.in_(ACTIVE), IS_NOT_DELETED
    )
    with store.database.read() as connection:
        rows = connection.execute(query).all()
    # A worker of an earlier version has no name; its run is as good as lost.
    return {Claim(run_id=row.id, worker=row.worker or ""): row.beat for row in rows}


def take_back(
    store: Shelf,
    claim: Claim,
    error: MnistCoreError,
    *,
    is_loss: bool = True,
    is_last: bool = False,
) -> RunStatus | None:
    """Take a run from a worker that is gone or silent; it waits at its old place for another.

    A run that was lost more than `MAX_LOSSES` times is interrupted instead.

    Args:
        store: Where the run is.
        claim: The hold of that worker, which it gets back with its next report if no other has
            taken the run.
        error: What became of the worker.
        is_loss: Whether it counts; not where the app was closed.
        is_last: Whether the run is interrupted however few its losses.

    Returns:
        What the run is now; None if the worker does not hold it any more.

    Raises:
        RunStoreError: The database cannot be written.
    """
    held = (
        update_of(claim.run_id, ACTIVE)
        .where(sa.func.coalesce(RUNS.c.worker, "") == claim.worker)
        .values(failure=failure_row(error))
    )
    again = held.where(RUNS.c.n_losses < MAX_LOSSES) if is_loss else held
    steps = (
        (RunStatus.QUEUED, again.values(n_losses=RUNS.c.n_losses + int(is_loss))),
        (RunStatus.INTERRUPTED, held.values(finished_at=now())),
    )
    with store.database.write() as connection:
        for status, statement in steps[is_last:]:
            if connection.execute(statement.values(status=status)).rowcount:
                return status
    return None


def _waiting() -> sa.Select[Any]:
    """Select the ids of the waiting runs, the next one first."""
    is_waiting = sa.and_(RUNS.c.status == RunStatus.QUEUED, IS_NOT_DELETED)
    return sa.select(RUNS.c.id).where(is_waiting).order_by(*_ORDER)


def _take_next(store: Shelf, worker: str) -> Claim | None:
    """Take the first waiting run; None where none waits. Only one of several servers gets it."""
    first = _waiting().limit(1).with_for_update(skip_locked=True)
    with store.database.write() as connection:
        run_id = connection.execute(first).scalar()
        if run_id is None:
            return None
        claim = Claim(run_id=run_id, worker=worker)
        connection.execute(_taken_by(claim))
    return claim


def _taken_by(claim: Claim) -> sa.Update:
    """Give a run that waits to a worker."""
    return update_of(claim.run_id, (RunStatus.QUEUED,)).values(
        status=RunStatus.STARTING,
        worker=claim.worker,
        beat=RUNS.c.beat + 1,
        started_at=now(),
        heartbeat_at=now(),
    )
