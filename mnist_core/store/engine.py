"""Connections to the two kinds of database that can hold a store."""

import json
import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from mnist_core.errors import InvalidEnvironmentError
from mnist_core.i18n import N_

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"

_IS_WRITING: Final = "mnist_is_writing"
_FIXED: Final = "mnist_fixed"
_WAL_STEP_SECONDS: Final = 0.01
_LOG_PAGES: Final = 100  # of 4 kB
_CONNECT_SECONDS: Final = 2  # whole seconds, PostgreSQL takes no less
UNREADABLE: Final = "(unreadable)"  # in place of JSON that is damaged


def create_engine(url: str, *, patience_seconds: float) -> sa.Engine:
    """Return an engine for a database; nothing is opened yet.

    Args:
        url: An SQLAlchemy URL.
        patience_seconds: How long a statement waits for a lock of somebody else.

    Raises:
        InvalidEnvironmentError: The URL names no database that can be used.
    """
    try:
        backend = make_url(url).get_backend_name()
        if backend in _KINDS:
            return _KINDS[backend](url, patience_seconds)
    except (ArgumentError, ImportError, TypeError, ValueError) as error:
        raise InvalidEnvironmentError(
            N_("MNIST_RUNS_URL is not a database that can be used: {reason}"), reason=error
        ) from error
    raise InvalidEnvironmentError(
        N_("MNIST_RUNS_URL must name an SQLite or a PostgreSQL database, got {backend}"),
        backend=backend,
    )


def for_writing(engine: sa.Engine) -> sa.Engine:
    """Return the engine with transactions that hold the lock for writing from their beginning.

    Otherwise one that begins with reading could find, when it wants to write, that another has
    written meanwhile, and would have to begin again.
    """
    return engine.execution_options(**{_IS_WRITING: True})


def _sqlite(url: str, patience_seconds: float) -> sa.Engine:
    engine = sa.create_engine(
        url, connect_args={"timeout": patience_seconds}, json_deserializer=_read_json
    )

    @event.listens_for(engine, "do_connect")
    def connect(
        _dialect: object, record: Any, arguments: Sequence[str], options: Mapping[str, Any]
    ) -> sqlite3.Connection | None:
        path = Path(arguments[0])
        if not _is_fixed(path):
            return None  # it is opened as usual
        record.info[_FIXED] = path
        url = f"{path.absolute().as_uri()}?immutable=1"
        fixed: sqlite3.Connection = sqlite3.connect(url, uri=True, **options)
        return fixed

    @event.listens_for(engine, "checkout")
    def reconnect(_connection: object, record: Any, _proxy: object) -> None:
        if _FIXED in record.info and not _is_fixed(record.info[_FIXED]):
            raise sa.exc.DisconnectionError("the folder can be written again")

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        # Python would begin transactions only before some statements: `begin` below does.
        connection.isolation_level = None
        connection.text_factory = _read_text
        (n_pages,) = connection.execute("PRAGMA page_count").fetchone()
        if not n_pages:  # a new file, which shall give freed room back
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        # WAL: pages read while a worker writes.
        _switch_to_wal(connection, patience_seconds)
        connection.execute("PRAGMA synchronous=NORMAL")
        # Some systems' SQLite overwrites what is deleted, for which a full disk has no room.
        connection.execute("PRAGMA secure_delete=OFF")
        # A long log would need as much room again, on a disk that may be full by then.
        connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        is_writing = connection.get_execution_options().get(_IS_WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    return engine


def _is_fixed(path: Path) -> bool:
    """Tell whether a file cannot change, since nobody can write into its folder.

    SQLite could not read it there without being told so: it makes a log beside what it reads.
    """
    is_at_rest = path.is_file() and not Path(f"{path}-wal").exists()
    return is_at_rest and not os.access(path.parent, os.W_OK)


def _postgresql(url: str, patience_seconds: float) -> sa.Engine:
    milliseconds = round(1_000 * patience_seconds)
    return sa.create_engine(
        url,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "options": f"-c lock_timeout={milliseconds}",
        },
        json_deserializer=_read_json,
        pool_pre_ping=True,  # a server that was restarted has cut the connections
    )


_KINDS: Final = MappingProxyType({SQLITE: _sqlite, POSTGRESQL: _postgresql})


def _read_json(content: str | bytes) -> Any:
    """Read a column of JSON; one that is damaged must not hide the rows beside it."""
    try:
        return json.loads(content)
    except (ValueError, TypeError):
        return UNREADABLE


def _read_text(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")


def _switch_to_wal(connection: sqlite3.Connection, patience_seconds: float) -> None:
    # SQLite does not wait for a lock here, as it does elsewhere, when several open a new file.
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY:
                return  # it can still be read
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_WAL_STEP_SECONDS)
        else:
            return
