"""Bringing the stores of earlier versions to the tables of this one."""

import contextlib
import logging
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from mnist_core.errors import StoreNewerError
from mnist_core.i18n import N_
from mnist_core.store.engine import POSTGRESQL, SQLITE, for_writing
from mnist_core.store.schema import METADATA, RUNS, STORE_VERSION

_log = logging.getLogger(__name__)

_LOCK: Final = 0x6D6E6973  # any number that no other program takes


def _queue_as_it_was(connection: sa.Connection) -> None:
    """Step 1: the queue's order no longer hangs on a clock."""
    # While a run waited, its heartbeat said since when.
    order = sa.func.row_number().over(
        order_by=(sa.func.coalesce(RUNS.c.heartbeat_at, RUNS.c.created_at), RUNS.c.number)
    )
    for number, place in connection.execute(sa.select(RUNS.c.number, order)).all():
        connection.execute(
            sa.update(RUNS).where(RUNS.c.number == number).values(queue_number=place)
        )


# What brings a store to each version, in turn, beyond the tables and columns that are new. Stores
# from before there were numbers have the version 0.
_STEPS: Final[tuple[Callable[[sa.Connection], None], ...]] = (_queue_as_it_was,)
VERSION: Final = len(_STEPS)


def bring_up_to_date(engine: sa.Engine) -> None:
    """Make a new store, or bring one of an earlier version to this one.

    All of it happens or nothing. Of an SQLite file of an earlier version, a copy is kept beside
    it before.

    Raises:
        StoreNewerError: The store is of a later version.
        SQLAlchemyError: It cannot be read or written.
        OSError: There is no room for the copy.
    """
    with engine.begin() as connection:
        version = _version_of(connection)
    if version is not None and version > VERSION:
        raise StoreNewerError(
            N_(
                "the stored runs are of a newer version of the app (their version is {number}, "
                "this app knows {known}): update the app, or name another place in MNIST_RUNS_URL"
            ),
            number=version,
            known=VERSION,
        )
    if version == VERSION:
        return
    if version is not None:
        _copy_file(engine, version=version)
    with for_writing(engine).begin() as connection:
        if connection.dialect.name == POSTGRESQL:
            # There IF NOT EXISTS does not wait for another that creates the same table.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        version = _version_of(connection)
        if version is None or version < VERSION:  # else another process was faster
            _change(connection, version)


def _version_of(connection: sa.Connection) -> int | None:
    """Return the version of the store, 0 before there were numbers; None where nothing is yet."""
    tables = sa.inspect(connection).get_table_names()
    if STORE_VERSION.name in tables:
        return int(connection.execute(sa.select(STORE_VERSION.c.number)).scalar_one())
    return 0 if RUNS.name in tables else None


def _change(connection: sa.Connection, version: int | None) -> None:
    """Create what is missing, and do the steps after a version; a new store needs none."""
    inspector = sa.inspect(connection)
    known = set(inspector.get_table_names())
    for table in METADATA.sorted_tables:
        if table.name not in known:
            connection.execute(sa.schema.CreateTable(table))
            continue
        columns = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in columns:
                text = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {text}")
    for step in _STEPS[version:] if version is not None else ():
        step(connection)
    connection.execute(sa.delete(STORE_VERSION))
    connection.execute(sa.insert(STORE_VERSION).values(number=VERSION))


def _copy_file(engine: sa.Engine, *, version: int) -> None:
    """Copy an SQLite file to `<name>.version-<n>` beside it, unless that is there."""
    database = engine.url.database
    if engine.dialect.name != SQLITE or not database or not Path(database).is_file():
        return
    copy = Path(f"{database}.version-{version}")
    if copy.exists():
        return
    unfinished = Path(f"{copy}.{secrets.token_hex(4)}")
    try:
        with (
            contextlib.closing(sqlite3.connect(database)) as source,
            contextlib.closing(sqlite3.connect(unfinished)) as target,
        ):
            source.backup(target)
        unfinished.replace(copy)
    finally:
        unfinished.unlink(missing_ok=True)
    _log.info("the store is of an earlier version; a copy of it is kept as %s", copy.name)
