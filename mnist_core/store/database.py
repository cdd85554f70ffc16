"""The database of the run store: opened at its first use, and again when it is another one."""

import logging
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

import mnist_core
from mnist_core.errors import (
    RunStoreError,
    StoreDamagedError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreUnreachableError,
)
from mnist_core.store.engine import POSTGRESQL, SQLITE, create_engine, for_writing
from mnist_core.store.place import StoreFile
from mnist_core.store.troubles import trouble_of
from mnist_core.store.versions import bring_up_to_date

_log = logging.getLogger(__name__)

# A page that waited longer for a lock would look dead; whatever a worker reports can wait.
PAGE_PATIENCE_SECONDS: Final = 1.0
WORKER_PATIENCE_SECONDS: Final = 10.0
# A page asks several times: after one wait in vain, the next ones fail at once for this long.
_REFUSAL_SECONDS: Final = 1.0
_STEP_PAGES: Final = 64  # of 4 kB
_NAMESPACE: Final = 0x6D6E6973  # of the locks, so that no other program has the same


def default_url() -> str:
    """Return `MNIST_RUNS_URL`, or the SQLite file runs/runs.db beside the app."""
    path = Path(mnist_core.__file__).parents[1] / "runs" / "runs.db"
    # A URL of its own making: `?` or `%` in the path would mean something.
    beside = sa.URL.create(SQLITE, database=str(path)).render_as_string(hide_password=False)
    return os.environ.get("MNIST_RUNS_URL") or beside


class Database:
    """An SQLite file or a PostgreSQL database; safe to share between threads.

    An SQLite file that was deleted or replaced is noticed, and the new one is used.

    Args:
        url: An SQLAlchemy URL; `default_url()` when None. Nothing is opened before first use.
        patience_seconds: How long to wait for the lock of another program.

    Attributes:
        file: The file of an SQLite store; None of a PostgreSQL database.

    Raises:
        InvalidEnvironmentError: The URL names no database that can be used.
    """

    def __init__(self, url: str | None, *, patience_seconds: float = PAGE_PATIENCE_SECONDS) -> None:
        self.url = url or default_url()
        self._engine = create_engine(self.url, patience_seconds=patience_seconds)
        self.file = _file_of(self._engine.url)
        self._is_ready = False
        self._prepare_lock = threading.Lock()
        # What the latest wait in vain ended with, and until when that holds: for reading, which
        # waits for no writer, and for writing.
        self._refusals: dict[str, tuple[RunStoreError, float]] = {}

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Do the reading of the block, all of it as of one moment.

        Raises:
            RunStoreError: The database cannot be read.
        """
        with self._told("read"):
            self._prepare()
            with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def write(self, *, alone: str = "") -> Iterator[sa.Connection]:
        """Do all of the block's statements, or none.

        Args:
            alone: What no other transaction does meanwhile that names the same. An SQLite file
                has one writer at a time; PostgreSQL has many, each on what it saw.

        Raises:
            RunStoreError: The database cannot be read or written.
        """
        with self._told("write"):
            self._prepare()
            with for_writing(self._engine).begin() as connection:
                if alone and connection.dialect.name == POSTGRESQL:
                    key = zlib.crc32(alone.encode()) - 2**31
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_NAMESPACE, key)))
                yield connection

    def compact(self) -> None:
        """Give freed room of a file back to the disk, as far as that can be done now."""
        if self.file is None:
            return  # PostgreSQL does it by itself
        with suppress(RunStoreError):
            before = self._give_back()
            while 0 < (left := self._give_back()) < before:
                before = left

    def _give_back(self) -> int:
        """Give some free pages of a file back; return how many are left.

        Few at a time: the log takes as much room as those that move, and nobody else can write.
        """
        with self._told("write"):
            self._prepare()
            with closing(self._engine.raw_connection()) as connection:
                cursor = connection.cursor()
                # The log first, since on a full disk what it takes may be all that can be had. As
                # a script: of a statement without columns, Python takes the first step alone, and
                # here each page is a step.
                cursor.executescript(
                    f"PRAGMA wal_checkpoint(TRUNCATE); PRAGMA incremental_vacuum({_STEP_PAGES});"
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                )
                return int(cursor.execute("PRAGMA freelist_count").fetchone()[0])

    @contextmanager
    def _told(self, purpose: str) -> Iterator[None]:
        """Tell what is wrong with the database as one of the store's errors."""
        self._check_refusal(purpose)
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            # The statement and its values are in the error too: four lines that help nobody.
            _log.warning("run store: %s", getattr(error, "orig", None) or error)
            trouble = trouble_of(error)
            if isinstance(trouble, (StoreLockedError, StoreUnreachableError)):
                self._refusals[purpose] = trouble, time.monotonic() + _REFUSAL_SECONDS
            elif isinstance(trouble, (StoreDamagedError, StoreReadOnlyError)):
                # Its tables may be gone, and its connections stay read-only for good.
                self._is_ready = False
            raise trouble from error

    def _check_refusal(self, purpose: str) -> None:
        """Raise again what an earlier wait in vain, a moment ago, ended with."""
        trouble, until = self._refusals.get(purpose, (None, 0.0))
        if trouble is not None and time.monotonic() < until:
            raise type(trouble)(trouble.template)

    def _prepare(self) -> None:
        """Open the database, unless it is open and still the same."""
        with self._prepare_lock:
            if self._is_ready and (self.file is None or self.file.is_same):
                return
            self._check_refusal("read")  # of another thread that was here before
            self._engine.dispose()
            self._is_ready = False
            with self.file.opening() if self.file is not None else nullcontext():
                bring_up_to_date(self._engine)
            self._is_ready = True


def _file_of(url: sa.URL) -> StoreFile | None:
    is_file = url.get_backend_name() == SQLITE and url.database not in (None, "", ":memory:")
    return StoreFile(Path(str(url.database))) if is_file else None
