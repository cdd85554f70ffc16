"""The database of the run store, and how it is opened."""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

import mnist_core
from mnist_core.errors import InvalidEnvironmentError, RunStoreError
from mnist_core.i18n import N_
from mnist_core.store.schema import METADATA

_log = logging.getLogger(__name__)

_LOCK_TIMEOUT_SECONDS: Final = 10.0
_RUNS_AWAY: Final = N_("the stored runs cannot be read or written now: {reason}")


def default_url() -> str:
    """Return `MNIST_RUNS_URL`, or the SQLite file runs/runs.db beside the app."""
    path = Path(mnist_core.__file__).parents[1] / "runs" / "runs.db"
    return os.environ.get("MNIST_RUNS_URL") or f"sqlite:///{path}"


class Database:
    """A database that SQLAlchemy speaks to; safe to share between threads.

    Args:
        url: An SQLAlchemy URL; `default_url()` when None. Nothing is opened before first use.
        template: What to say when it cannot be read or written, with the placeholder `{reason}`.

    Raises:
        InvalidEnvironmentError: The URL names no database that can be used.
    """

    def __init__(self, url: str | None, *, template: str = _RUNS_AWAY) -> None:
        self.url = url or default_url()
        self._template = template
        self._engine = _create_engine(self.url)
        self._is_ready = False
        self._prepare_lock = threading.Lock()

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Do all of the block's statements, or none.

        Raises:
            RunStoreError: The database cannot be read or written.
        """
        try:
            self._prepare()
            with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            _log.warning("run store %s: %s", self._engine.url, error)
            template, reason = self._template, getattr(error, "orig", None) or error
            raise RunStoreError(template, reason=reason) from error

    def _prepare(self) -> None:
        with self._prepare_lock:
            if self._is_ready:
                return
            database = self._engine.url.database
            if self._engine.dialect.name == "sqlite" and database and database != ":memory:":
                Path(database).parent.mkdir(parents=True, exist_ok=True)
            # Not `create_all`: between its look and its CREATE another process may be faster.
            with self._engine.begin() as connection:
                for table in METADATA.sorted_tables:
                    connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
            self._is_ready = True


def _create_engine(url: str) -> sa.Engine:
    try:
        is_sqlite = make_url(url).get_backend_name() == "sqlite"
        engine = sa.create_engine(
            url, connect_args={"timeout": _LOCK_TIMEOUT_SECONDS} if is_sqlite else {}
        )
    except (ArgumentError, ImportError, TypeError, ValueError) as error:
        raise InvalidEnvironmentError(
            N_("MNIST_RUNS_URL is not a database that can be used: {reason}"), reason=error
        ) from error
    if is_sqlite:
        # WAL: pages read while a worker writes.
        @event.listens_for(engine, "connect")
        def set_pragmas(connection: Any, _record: object) -> None:
            _switch_to_wal(connection)
            connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def _switch_to_wal(connection: Any) -> None:
    # SQLite does not wait for a lock here, as it does elsewhere, when several open a new file.
    deadline = time.monotonic() + _LOCK_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
