"""The room that the store takes, its limit, and what goes when there is too little."""

import os
from typing import Final

import sqlalchemy as sa

from mnist_core.errors import InvalidEnvironmentError, StoreFullError
from mnist_core.i18n import N_
from mnist_core.runs.run import ACTIVE, RunStatus
from mnist_core.store.clock import now
from mnist_core.store.schema import (
    CHECKPOINTS,
    DELETED,
    EPOCHS,
    FINE_TUNINGS,
    FORMER,
    RUNS,
    WEIGHTS,
)
from mnist_core.store.shelf import Shelf

# How long a deleted run can be brought back.
UNDO_SECONDS: Final = 24 * 3_600.0
BYTES_PER_MB: Final = 1_000_000
_DEFAULT_MB: Final = "2000"
_CONTENTS: Final = (WEIGHTS, CHECKPOINTS, EPOCHS, FORMER, FINE_TUNINGS)
# What a trained run can do without, and who would miss it last goes first.
_DISPENSABLE: Final = (CHECKPOINTS, EPOCHS)


def limit_bytes() -> int:
    """Return how much the store may hold: `MNIST_STORE_MB`, or 2,000 MB.

    Raises:
        InvalidEnvironmentError: It is not a whole number of at least 1.
    """
    value = os.environ.get("MNIST_STORE_MB") or _DEFAULT_MB
    if not value.isdecimal() or int(value) < 1:
        raise InvalidEnvironmentError(
            N_("MNIST_STORE_MB must be a whole number of at least 1, got {value}"), value=value
        )
    return int(value) * BYTES_PER_MB


def size(store: Shelf) -> int:
    """Return the bytes of all that the runs have, those included that can be brought back.

    Raises:
        RunStoreError: The database cannot be read.
    """
    with store.database.read() as connection:
        return _size(connection)


def is_tight(store: Shelf) -> bool:
    """Tell whether the disk of a file has hardly any room left."""
    return store.database.file is not None and store.database.file.is_tight


def tidy(store: Shelf) -> None:
    """Remove for good what was deleted a day ago, and what is too much for the limit.

    On a full disk, whatever could still be brought back goes. Beyond the limit, the checkpoints
    of ended runs go after that, then their answers by epoch, each from the oldest run on.
    Trained networks stay.

    Raises:
        InvalidEnvironmentError: The limit is no number.
        RunStoreError: The database cannot be read or written.
    """
    limit = limit_bytes()
    with store.database.read() as connection:
        is_large = _size(connection) > limit
        is_gone = sa.true() if is_large or is_tight(store) else _expired()
        gone = connection.execute(sa.select(DELETED.c.run_id).where(is_gone)).first()
    if not is_large and gone is None:
        return
    with store.database.write() as connection:
        _purge(connection, is_gone)
        excess = _size(connection) - limit
        for table in _DISPENSABLE:
            excess = _drop_oldest(connection, table, excess)
    store.database.compact()


def check(store: Shelf) -> None:
    """See that the store can hold another run, after making room for it where that is possible.

    Raises:
        InvalidEnvironmentError: The limit is no number.
        StoreFullError: It holds as much as it may.
        RunStoreError: The database cannot be read or written.
    """
    limit = limit_bytes()
    if size(store) <= limit:
        return
    tidy(store)
    if size(store) > limit:
        raise StoreFullError(
            N_("the stored runs take all of the {limit} MB that they may: delete some first"),
            limit=f"{limit // BYTES_PER_MB:,}",
        )


def delete_for_good(store: Shelf, run_id: str) -> None:
    """Remove a run, and whatever could be brought back, from a store on a full disk.

    Raises:
        RunStoreError: The database cannot be written.
    """
    file = store.database.file
    if file is not None:
        file.release_reserve()
        store.database.compact()  # what the log takes is room for this
    with store.database.write() as connection:
        _purge(connection, sa.true())
        _purge_runs(connection, sa.select(RUNS.c.id).where(RUNS.c.id == run_id))
        # So that a worker that is at it finds that nobody wants it any more.
        connection.execute(sa.insert(DELETED).values(run_id=run_id, deleted_at=now()))
    store.database.compact()
    keep_reserve(store)


def keep_reserve(store: Shelf) -> None:
    """Keep some room on the disk of a file, so that deleting works when it is full."""
    if store.database.file is not None:
        store.database.file.keep_reserve()


def _expired() -> sa.ColumnElement[bool]:
    return DELETED.c.deleted_at < now() - UNDO_SECONDS


def _size(connection: sa.Connection) -> int:
    total = 0
    for table in _CONTENTS:
        # As text, JSON has a length in any database.
        content = sa.cast(table.c.content, sa.Text) if table is FORMER else table.c.content
        query = sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(content)), 0))
        total += int(connection.execute(query).scalar_one())
    return total


def _purge(connection: sa.Connection, is_chosen: sa.ColumnElement[bool]) -> None:
    """Remove for good those of the deleted runs that a condition chooses."""
    _purge_runs(connection, sa.select(DELETED.c.run_id).where(is_chosen))
    connection.execute(sa.delete(DELETED).where(is_chosen))


def _purge_runs(connection: sa.Connection, ids: sa.Select[tuple[str]]) -> None:
    for table in _CONTENTS:
        connection.execute(sa.delete(table).where(table.c.run_id.in_(ids)))
    connection.execute(sa.delete(RUNS).where(RUNS.c.id.in_(ids)))


def _drop_oldest(connection: sa.Connection, table: sa.Table, excess: int) -> int:
    """Remove a table's contents of ended runs, the oldest first; return what is still too much."""
    is_ended = RUNS.c.status.not_in((RunStatus.QUEUED, *ACTIVE))
    sizes = (
        sa.select(table.c.run_id, sa.func.sum(sa.func.length(table.c.content)))
        .join(RUNS, RUNS.c.id == table.c.run_id)
        .where(is_ended)
        .group_by(table.c.run_id, RUNS.c.number)
        .order_by(RUNS.c.number)
    )
    for run_id, n_bytes in connection.execute(sizes).all():
        if excess <= 0:
            break
        connection.execute(sa.delete(table).where(table.c.run_id == run_id))
        excess -= n_bytes
    return excess
