"""The file of an SQLite store, and the files beside it."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

try:
    import fcntl
except ImportError:  # on Windows a file that is in use cannot be deleted or replaced
    fcntl = None  # type: ignore[assignment]

# What a deletion writes before it frees anything: some hundred pages of 4 kB.
_RESERVE_BYTES: Final = 1_000_000

_Identity = tuple[int, int] | None


class StoreFile:
    """Tells whether a file is still the same, and keeps in order what lies beside it.

    Args:
        path: Where the file is, or will be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: _Identity = None
        self._log: _Identity = None

    @property
    def is_same(self) -> bool:
        """Whether it is still the file that was opened."""
        if self._opened is None or _identity(self.path) != self._opened:
            return False
        self._log = _identity(self._beside("-wal"))  # which comes and goes
        return True

    @contextlib.contextmanager
    def opening(self) -> Iterator[None]:
        """Let one process at a time open it, without what SQLite left beside another file.

        SQLite would take the log of a file that was deleted or replaced for that of the new one.

        Raises:
            OSError: Its folder cannot be made or read.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(self.path.parent):
            is_another = self._opened is not None and _identity(self.path) != self._opened
            is_left_behind = is_another and _identity(self._beside("-wal")) == self._log
            if not self.path.exists() or is_left_behind:
                for ending in ("-wal", "-shm"):
                    self._beside(ending).unlink(missing_ok=True)
            yield
            self._opened = _identity(self.path)
            self._log = _identity(self._beside("-wal"))

    @property
    def is_tight(self) -> bool:
        """Whether the disk has hardly any room left."""
        try:
            return shutil.disk_usage(self.path.parent).free < _RESERVE_BYTES
        except OSError:
            return False

    def keep_reserve(self) -> None:
        """Keep some room on the disk, so that deleting works when it is full."""
        reserve = self._beside(".reserve")
        if reserve.exists() or not self.path.exists():
            return
        try:
            # Random, since some file systems keep zeros without taking room for them.
            reserve.write_bytes(secrets.token_bytes(_RESERVE_BYTES))
        except OSError:
            self.release_reserve()  # half of one would be taken for a whole

    def release_reserve(self) -> None:
        """Give the room back that was kept."""
        with contextlib.suppress(OSError):
            self._beside(".reserve").unlink()

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(f"{self.path.name}{ending}")


def _identity(path: Path) -> _Identity:
    """Tell a file from another of its name; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
