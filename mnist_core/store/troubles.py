"""What is wrong with a database that gives an error, as a sentence that says what to do."""

import errno
import sqlite3
from types import MappingProxyType
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from mnist_core.errors import (
    RunStoreError,
    StoreDamagedError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreUnreachableError,
)
from mnist_core.i18n import N_

_SENTENCES: Final = MappingProxyType(
    {
        StoreLockedError: N_(
            "another program keeps the stored runs locked: try again in a moment, or end it"
        ),
        StoreReadOnlyError: N_(
            "nothing can be stored where the runs are: make their folder writable, "
            "or name another place in MNIST_RUNS_URL"
        ),
        StoreFullError: N_("there is no room for more in the store: delete runs, or free the disk"),
        StoreDamagedError: N_(
            "the file of the stored runs is damaged: put a copy in its place, or move it away and "
            "begin a new one"
        ),
        StoreUnreachableError: N_(
            "the stored runs cannot be reached: see whether the database that MNIST_RUNS_URL names "
            "is there and answers"
        ),
    }
)

# The beginnings of the names of SQLite's error codes, https://www.sqlite.org/rescode.html.
_SQLITE: Final = (
    ("SQLITE_BUSY", StoreLockedError),
    ("SQLITE_LOCKED", StoreLockedError),
    ("SQLITE_READONLY", StoreReadOnlyError),
    ("SQLITE_PERM", StoreReadOnlyError),
    ("SQLITE_FULL", StoreFullError),
    # A file that may not grow further is told as one that cannot be written.
    ("SQLITE_IOERR_WRITE", StoreFullError),
    ("SQLITE_IOERR_SHMSIZE", StoreFullError),
    ("SQLITE_CORRUPT", StoreDamagedError),
    ("SQLITE_NOTADB", StoreDamagedError),
    ("SQLITE_ERROR", StoreDamagedError),  # a table or a column that was there is gone
)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL: Final = MappingProxyType(
    {
        "25006": StoreReadOnlyError,  # read_only_sql_transaction
        "42501": StoreReadOnlyError,  # insufficient_privilege
        "53100": StoreFullError,  # disk_full
        "55P03": StoreLockedError,  # lock_not_available
        "57014": StoreLockedError,  # query_canceled, when it took too long
        "42P01": StoreDamagedError,  # undefined_table
        "42703": StoreDamagedError,  # undefined_column
        "XX001": StoreDamagedError,  # data_corrupted
        "XX002": StoreDamagedError,  # index_corrupted
    }
)

_SYSTEM: Final = MappingProxyType(
    {
        errno.EACCES: StoreReadOnlyError,
        errno.EPERM: StoreReadOnlyError,
        errno.EROFS: StoreReadOnlyError,
        errno.ENOSPC: StoreFullError,
        errno.EDQUOT: StoreFullError,
        errno.EFBIG: StoreFullError,
    }
)


def trouble_of(error: SQLAlchemyError | sqlite3.Error | OSError) -> RunStoreError:
    """Return the error for people to what a database, or the folder of its file, answered."""
    kind = _kind_of(error)
    return kind(_SENTENCES[kind])


def _kind_of(error: SQLAlchemyError | sqlite3.Error | OSError) -> type[RunStoreError]:
    if isinstance(error, OSError):
        return _SYSTEM.get(error.errno or 0, StoreUnreachableError)
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")
        return next(
            (kind for start, kind in _SQLITE if name.startswith(start)), StoreUnreachableError
        )
    return _POSTGRESQL.get(getattr(cause, "sqlstate", None) or "", StoreUnreachableError)
