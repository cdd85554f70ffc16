"""What goes wrong on real machines, done on purpose: `python -m benchmarks.faults`.

Real servers train on one store while workers and servers are killed at random moments, workers
are stopped and woken, the store is locked, deleted, read-only and damaged, and its disk is full.
Printed is what was tried and what was lost; what the machine does not allow is left out, with a
line that says so. With two numbers it is shorter: `python -m benchmarks.faults 20 10` for twenty
runs and ten kills of each kind.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path

import psutil

from mnist_core.errors import MnistCoreError
from mnist_core.runs.run import RunStatus
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.store.run_store import RunStore
from tests import disks
from tests.conftest import add_finished
from tests.core.processes import workers_below
from tests.core.samples import (
    ANSWERS,
    CHECKPOINT,
    HISTORY,
    PROGRESS,
    RESULT,
    TINY_CONFIG,
    TINY_WEIGHTS,
)

_N_RUNS, _N_KILLS = 200, 50
_CONFIG = TrainingConfig(layers=(HiddenLayer(32),), epochs=4, n_train=20_000)
_LONG = TrainingConfig(layers=(HiddenLayer(256),), epochs=12)
# Its checkpoints and answers are small.
_SLIM = TrainingConfig(layers=(HiddenLayer(32),), epochs=60)
_DISK_MEGABYTES = 16
_AWAY_SECONDS = 25.0
_SERVER = """
import signal
from mnist_core.store.run_store import RunStore
from mnist_core.workers.dispatcher import Dispatcher

Dispatcher(RunStore()).start()
signal.pause()
"""


def _serve(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _SERVER],
        env={**os.environ, "MNIST_RUNS_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def _stage(
    n_servers: int, *, megabytes: int | None = None
) -> Iterator[tuple[RunStore, list[subprocess.Popen[bytes]], Path]]:
    """Let servers train on one store, on a small disk of its own if that is asked for."""
    with tempfile.TemporaryDirectory() as name, _disk(Path(name), megabytes):
        path = Path(name) / "runs.db"
        store = RunStore(f"sqlite:///{path}", patience_seconds=10.0)
        servers = [_serve(store.url) for _ in range(n_servers)]
        try:
            yield store, servers, path
        finally:
            for server in servers:
                server.kill()
                server.wait()
            store.close()


def _disk(folder: Path, megabytes: int | None) -> AbstractContextManager[None]:
    return disks.small_disk(folder, megabytes=megabytes) if megabytes else nullcontext()


def _await(is_so, seconds: float = 900.0) -> bool:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def _tell(what: str, store: RunStore, n_runs: int) -> None:
    runs = store.list()
    states = Counter(run.status.value for run in runs)
    whole = sum(
        run.status is RunStatus.FINISHED and run.n_epochs_done == run.config.epochs for run in runs
    )
    again = Counter(run.n_losses for run in runs)
    print(
        f"{what}: {whole} of {n_runs} runs finished with all their epochs; {dict(states)}; "
        f"taken up again {dict(sorted(again.items()))}",
        flush=True,
    )


def kills(n_runs: int, n_kills: int) -> None:
    """Kill workers and servers of two servers on one store, at random moments."""
    rng = random.Random(0)
    with _stage(2) as (store, servers, _path):
        for number in range(n_runs):
            store.create(_CONFIG, name=f"run {number}")
        todo = ["worker"] * n_kills + ["server"] * n_kills
        rng.shuffle(todo)
        done: Counter[str] = Counter()
        while todo and store.n_waiting():
            time.sleep(rng.uniform(0.5, 3.0))
            place = rng.randrange(2)
            if todo[-1] == "server":
                servers[place].kill()
                servers[place].wait()
                servers[place] = _serve(store.url)
                done[todo.pop()] += 1
                continue
            workers = list(workers_below(psutil.Process(servers[place].pid)))
            if workers:
                rng.choice(workers).kill()
                done[todo.pop()] += 1
        _await(lambda: all(run.is_ended for run in store.list()))
        _tell(f"killed {dict(done)}", store, n_runs)


def load() -> None:
    """Keep both processors busy while two servers train on one store."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        with _stage(2) as (store, _servers, _path):
            for number in range(10):
                store.create(_CONFIG, name=f"run {number}")
            _await(lambda: all(run.is_ended for run in store.list()))
            _tell("two servers, four busy processes beside them", store, 10)
    finally:
        for process in busy:
            process.kill()
            process.wait()


def sleep() -> None:
    """Stop a worker for half a minute, and wake it."""
    with _stage(1) as (store, servers, _path):
        run_id = store.create(_LONG, name="stopped").id
        _await(lambda: store.get(run_id).n_epochs_done >= 1)
        (worker,) = workers_below(psutil.Process(servers[0].pid))
        worker.send_signal(signal.SIGSTOP)
        time.sleep(30.0)
        worker.send_signal(signal.SIGCONT)
        _await(lambda: store.get(run_id).is_ended)
        _tell("a worker stopped for 30 s", store, 1)


def store_away() -> None:
    """Lock and delete the store while a run trains."""
    with _stage(1) as (store, _servers, path):
        run_id = store.create(_LONG, name="locked").id
        _await(lambda: store.get(run_id).n_epochs_done >= 1)
        with closing(sqlite3.connect(path)) as database:
            database.execute("BEGIN IMMEDIATE")
            time.sleep(_AWAY_SECONDS)
        _await(lambda: store.get(run_id).is_ended)
        _tell(f"the store locked for {_AWAY_SECONDS:g} s", store, 1)
    with _stage(1) as (store, _servers, path):
        run_id = store.create(_LONG, name="deleted").id
        _await(lambda: store.get(run_id).n_epochs_done >= 1)
        path.unlink()
        _await(lambda: any(run.is_ended for run in store.list()))
        _tell("the store's file deleted while a run trains", store, 1)


def read_only() -> None:
    """Let nobody write to the store while a run trains."""
    with _stage(1) as (store, _servers, path):
        run_id = store.create(_LONG, name="read-only").id
        _await(lambda: store.get(run_id).n_epochs_done >= 1)
        with disks.unwritable(*path.parent.glob(f"{path.name}*")):
            time.sleep(_AWAY_SECONDS)
        _await(lambda: store.get(run_id).is_ended)
        _tell(f"the store read-only for {_AWAY_SECONDS:g} s", store, 1)


def full_disk() -> None:
    """Fill the disk while a run trains, and delete another one to make room."""
    with _stage(1, megabytes=_DISK_MEGABYTES) as (store, _servers, path):
        others = [add_finished(store).id for _ in range(3)]
        run_id = store.create(_SLIM, name="full").id
        _await(lambda: store.get(run_id).n_epochs_done >= 1)
        store.keep_reserve()  # as a server does every minute
        with disks.filled(path.parent):
            time.sleep(_AWAY_SECONDS)
            n_before, n_bytes = store.get(run_id).n_epochs_done, _bytes_of(path)
            for other in others:
                store.delete(other)
            n_freed = n_bytes - _bytes_of(path)
            assert [run.id for run in store.list()] == [run_id]
        _await(lambda: store.get(run_id).is_ended)
        _tell(
            f"the disk full for {_AWAY_SECONDS:g} s from epoch {n_before} on, when deleting "
            f"{len(others)} runs gave {n_freed / 1e6:.1f} MB back",
            store,
            1,
        )


def _bytes_of(path: Path) -> int:
    """Return what a store takes on the disk, with its log."""
    return sum(each.stat().st_size for each in (path, path.with_name(f"{path.name}-wal")))


def damage(n_places: int = 200) -> None:
    """Write nonsense into a store, at one place each time, and see what can still be read."""
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "runs.db"
        store = RunStore(f"sqlite:///{path}")
        for number in range(20):
            claim = store.create_claimed(TINY_CONFIG, name=f"run {number}")
            store.update_progress(claim, PROGRESS, HISTORY)
            store.save_checkpoint(claim, CHECKPOINT)
            store.save_epoch(claim, 1, ANSWERS)
            store.finish(claim, history=HISTORY, result=RESULT, weights=TINY_WEIGHTS)
        store.close()
        content = path.read_bytes()
        lost: Counter[str] = Counter()
        for number in range(n_places):
            bad = bytearray(content)
            place = rng.randrange(len(bad))
            bad[place : place + 8] = rng.randbytes(8)
            copy = path.with_name(f"{number}.db")
            copy.write_bytes(bad)
            broken = RunStore(f"sqlite:///{copy}")
            try:
                lost[f"{20 - len(broken.list())} runs"] += 1
            except MnistCoreError as error:
                lost[type(error).__name__] += 1
            broken.close()
    print(f"nonsense at {n_places} places of a store of 20 runs: lost {dict(lost)}", flush=True)


def main() -> None:
    """Try all of it."""
    n_runs, n_kills = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (_N_RUNS, _N_KILLS)
    damage()
    store_away()
    for fault in (read_only, full_disk):
        try:
            fault()
        except disks.NotAllowedError as error:
            print(f"left out: {fault.__name__}, {error}", flush=True)
    sleep()
    load()
    kills(n_runs, n_kills)


if __name__ == "__main__":
    main()
