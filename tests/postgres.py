"""A real PostgreSQL for the tests of the store: Debian's, started by them on this machine."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

_USER = "mnist"
# PostgreSQL refuses to run as root; Debian's package makes this user.
_SYSTEM_USER = "postgres"
# Nothing of a test need outlive the machine.
_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=16MB"


def find() -> Path | None:
    """Return the folder of PostgreSQL's programs on this machine, of the newest if of several."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if folders:
        return folders[-1]
    program = shutil.which("initdb")
    return Path(program).parent if program else None


class Postgres:
    """A server with a folder of its own.

    Attributes:
        url: Names its database to SQLAlchemy.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._data = folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"postgresql+psycopg://{_USER}@127.0.0.1:{self._port}/postgres"

    def create(self) -> None:
        """Make the folder of its data."""
        if os.geteuid() == 0:
            shutil.chown(self._folder, _SYSTEM_USER)
        self._call("initdb", "--auth=trust", f"--username={_USER}", "--encoding=UTF8", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-h 127.0.0.1 -p {self._port} -k {self._folder} {_OPTIONS}"
        log = str(self._folder / "log")
        self._call("pg_ctl", "--wait", "--log", log, "--options", options, "start")

    def stop(self) -> None:
        """End it at once, and cut all connections."""
        self._call("pg_ctl", "--mode=fast", "--wait", "stop")

    def empty(self) -> None:
        """Forget all that was stored."""
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        engine.dispose()

    def _call(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, "--pgdata", self._data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self._folder,
            user=_SYSTEM_USER if os.geteuid() == 0 else None,
        )


@contextmanager
def running(programs: Path) -> Iterator[Postgres]:
    """Start a server, and end it with the block."""
    with tempfile.TemporaryDirectory(
        prefix="mnist-postgres-", ignore_cleanup_errors=True
    ) as folder:
        server = Postgres(programs, Path(folder))
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()
