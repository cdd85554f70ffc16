"""The database of the run store: its tables, and how it is opened."""

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

from mnist_core.errors import RunStoreError
from mnist_core.i18n import N_

_log = logging.getLogger(__name__)

MAX_NAME_LENGTH: Final = 80
_MAX_TITLE_LENGTH: Final = MAX_NAME_LENGTH + 20  # with the run's number
_LOCK_TIMEOUT_SECONDS: Final = 10.0

_metadata: Final = sa.MetaData()
RUNS: Final = sa.Table(
    "runs",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),  # counts the runs
    sa.Column("id", sa.String(16), unique=True, nullable=False),
    sa.Column("workspace", sa.String(64), nullable=False),
    sa.Column("name", sa.String(MAX_NAME_LENGTH), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("config", sa.JSON, nullable=False),
    sa.Column("stop_requested", sa.Boolean, nullable=False, default=False),
    sa.Column("progress", sa.JSON(none_as_null=True)),
    sa.Column("history", sa.JSON, nullable=False),
    sa.Column("result", sa.JSON(none_as_null=True)),
    sa.Column("failure", sa.JSON(none_as_null=True)),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double),
    sa.Column("heartbeat_at", sa.Double),
    sa.Column("finished_at", sa.Double),
    sqlite_autoincrement=True,  # the number of a deleted run is not given again
)


def _table_by_run(name: str, content: "sa.Column[Any]") -> sa.Table:
    """Make a table of something that some runs have."""
    return sa.Table(name, _metadata, sa.Column("run_id", sa.String(16), primary_key=True), content)


# Apart from the runs, so that a list of runs never reads megabytes.
WEIGHTS: Final = _table_by_run("weights", sa.Column("content", sa.LargeBinary, nullable=False))
# What a training needs to go on.
CHECKPOINTS: Final = _table_by_run(
    "checkpoints", sa.Column("content", sa.LargeBinary, nullable=False)
)
# What the network answered to the test images after each epoch.
EPOCHS: Final = sa.Table(
    "epochs",
    _metadata,
    sa.Column("run_id", sa.String(16), primary_key=True),
    sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),  # from 1
    sa.Column("content", sa.LargeBinary, nullable=False),
)
# What an ended run was before it was asked to go on, in case that is cancelled.
FORMER: Final = _table_by_run("former", sa.Column("content", sa.JSON, nullable=False))
# What a run begins with that was fine-tuned from another.
FINE_TUNINGS: Final = sa.Table(
    "fine_tunings",
    _metadata,
    sa.Column("run_id", sa.String(16), primary_key=True),
    sa.Column("base_id", sa.String(16), nullable=False),  # the other run
    sa.Column("base", sa.String(_MAX_TITLE_LENGTH), nullable=False),  # its title at that time
    sa.Column("content", sa.LargeBinary, nullable=False),
)
# Runs that are deleted, and can still be brought back.
DELETED: Final = _table_by_run("deleted", sa.Column("deleted_at", sa.Double, nullable=False))

# Digits that somebody drew, with their labels.
OWN_DIGITS: Final = sa.Table(
    "own_digits",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("workspace", sa.String(64), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("label", sa.Integer, nullable=False),
    sa.Column("is_test", sa.Boolean, nullable=False),
    sa.Column("pixels", sa.LargeBinary, nullable=False),  # 784 bytes, row by row
    sqlite_autoincrement=True,  # the id of a deleted digit is not given again
)


def default_url() -> str:
    """Return `MNIST_RUNS_URL`, or the SQLite file runs/runs.db beside the app."""
    path = Path(__file__).parents[1] / "runs" / "runs.db"
    return os.environ.get("MNIST_RUNS_URL") or f"sqlite:///{path}"


class Database:
    """A database that SQLAlchemy speaks to; safe to share between threads.

    Args:
        url: An SQLAlchemy URL; `default_url()` when None. Nothing is opened before first use.

    Raises:
        RunStoreError: The URL names no database that can be used.
    """

    def __init__(self, url: str | None) -> None:
        self.url = url or default_url()
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
            reason = getattr(error, "orig", None) or error
            raise RunStoreError(
                N_("the stored runs cannot be read or written now: {reason}"), reason=reason
            ) from error

    def _prepare(self) -> None:
        with self._prepare_lock:
            if self._is_ready:
                return
            database = self._engine.url.database
            if self._engine.dialect.name == "sqlite" and database and database != ":memory:":
                Path(database).parent.mkdir(parents=True, exist_ok=True)
            # Not `create_all`: between its look and its CREATE another process may be faster.
            with self._engine.begin() as connection:
                for table in _metadata.sorted_tables:
                    connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
            self._is_ready = True


def _create_engine(url: str) -> sa.Engine:
    try:
        is_sqlite = make_url(url).get_backend_name() == "sqlite"
        engine = sa.create_engine(
            url, connect_args={"timeout": _LOCK_TIMEOUT_SECONDS} if is_sqlite else {}
        )
    except (ArgumentError, ImportError, TypeError, ValueError) as error:
        raise RunStoreError(
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
