"""Start the real app, for the browser tests and the benchmarks."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import LIMIT_SECONDS, wait_until

ROOT = Path(__file__).parents[2]


@dataclass
class Server:
    """A running app with a run store of its own."""

    process: subprocess.Popen
    url: str
    runs_url: str
    modules_file: Path

    def is_up(self) -> bool:
        assert self.process.poll() is None, "the server ended"
        health = f"{self.url}/_stcore/health"
        try:
            with urllib.request.urlopen(health, timeout=LIMIT_SECONDS) as answer:
                return answer.status == 200
        except OSError:
            return False

    def modules(self) -> set[str]:
        """Return the modules that are loaded in the server process."""
        self.modules_file.unlink(missing_ok=True)
        os.kill(self.process.pid, signal.SIGUSR1)
        wait_until(self.modules_file.exists)
        return set(self.modules_file.read_text(encoding="utf-8").split())


@contextmanager
def running_app(folder: Path, *, app: str = "app.py") -> Iterator[Server]:
    """Run an app on a free port, its run store and its log in a folder; fail if it has a bug."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    modules_file = folder / "modules.txt"
    runs_url = f"sqlite:///{folder / 'runs.db'}"
    environment = os.environ | {"MNIST_RUNS_URL": runs_url}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.serve", app, str(port), str(modules_file)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
        server = Server(process, f"http://127.0.0.1:{port}", runs_url, modules_file)
        try:
            wait_until(server.is_up)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=LIMIT_SECONDS)
            finally:
                process.kill()
    errors = (folder / "server.log").read_text(encoding="utf-8")
    assert "Traceback" not in errors, errors
