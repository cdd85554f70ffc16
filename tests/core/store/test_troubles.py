import errno
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from mnist_core.errors import (
    StoreDamagedError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreUnreachableError,
)
from mnist_core.store.troubles import trouble_of


def of_sqlite(name: str) -> OperationalError:
    cause = sqlite3.OperationalError("what SQLite says")
    cause.sqlite_errorname = name
    return OperationalError("SELECT 1", {}, cause)


class _PostgresError(Exception):
    def __init__(self, state: str | None) -> None:
        super().__init__("what PostgreSQL says")
        self.sqlstate = state


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (of_sqlite("SQLITE_BUSY"), StoreLockedError),
        (of_sqlite("SQLITE_BUSY_SNAPSHOT"), StoreLockedError),
        (of_sqlite("SQLITE_READONLY"), StoreReadOnlyError),
        (of_sqlite("SQLITE_READONLY_DIRECTORY"), StoreReadOnlyError),
        (of_sqlite("SQLITE_FULL"), StoreFullError),
        (of_sqlite("SQLITE_IOERR_WRITE"), StoreFullError),
        (of_sqlite("SQLITE_CORRUPT"), StoreDamagedError),
        (of_sqlite("SQLITE_NOTADB"), StoreDamagedError),
        (of_sqlite("SQLITE_CANTOPEN"), StoreUnreachableError),
        (of_sqlite("SQLITE_IOERR_READ"), StoreUnreachableError),
        (OperationalError("SELECT 1", {}, _PostgresError("53100")), StoreFullError),
        (OperationalError("SELECT 1", {}, _PostgresError("25006")), StoreReadOnlyError),
        (OperationalError("SELECT 1", {}, _PostgresError("55P03")), StoreLockedError),
        (OperationalError("SELECT 1", {}, _PostgresError(None)), StoreUnreachableError),
        (OSError(errno.EROFS, "Read-only file system"), StoreReadOnlyError),
        (OSError(errno.EACCES, "Permission denied"), StoreReadOnlyError),
        (OSError(errno.ENOSPC, "No space left on device"), StoreFullError),
        (OSError(errno.ENOTDIR, "Not a directory"), StoreUnreachableError),
    ],
)
def test_each_trouble_is_told_as_what_it_is(error, kind):
    trouble = trouble_of(error)

    assert type(trouble) is kind
    assert ": " in str(trouble)  # what is so, and what to do
