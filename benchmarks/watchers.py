"""Many who watch one training live: how often each is answered, and what it costs the others."""

import dataclasses
import random
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.table import Row
from benchmarks.visitor import View, Visitor, visit
from mnist_core.settings.presets import PRESETS
from mnist_core.store.run_store import RunStore
from tests.browser.server import Server, running_app
from tests.waiting import wait_until

_SECONDS = 20.0
_CROWDS = (30, 60)
_CONFUSION = View("Confusion", "confusion", "run=mlp-256")


@dataclasses.dataclass(frozen=True)
class Watched:
    """What a crowd of watchers met with.

    Attributes:
        per_second: Answers a second, of each watcher.
        others: Seconds of each rerun of a visitor who looks at something else.
        images_per_second: Speed of the training, median.
    """

    per_second: list[float]
    others: list[float]
    images_per_second: float


def measure() -> list[Row]:
    """Measure each crowd of watchers against nobody, on a server of its own."""
    rows = []
    for n in _CROWDS:
        with tempfile.TemporaryDirectory() as name, running_app(Path(name)) as server:
            run_id = _start_training(server)
            rows += _rows(n, watch(server, run_id, 0), watch(server, run_id, n))
            RunStore(server.runs_url).request_stop(run_id)
    return rows


def _rows(n: int, alone: Watched, crowd: Watched) -> list[Row]:
    slowest = 1 / min(crowd.per_second)
    return [
        Row(
            what=f"{n} watch a run live: seconds between two answers, for the slowest",
            ours=f"{slowest:.2f} s",
            other=f"median {1 / statistics.median(crowd.per_second):.2f} s",
            figure=slowest,
            at_most=n / 30,
        ),
        Row(
            what=f"{n} watch a run live: another visitor's rerun, 95 of 100 are faster",
            ours=f"{1_000 * _p95(crowd.others):.0f} ms",
            other=f"nobody watches {1_000 * _p95(alone.others):.0f} ms",
            figure=_p95(crowd.others) / _p95(alone.others),
            at_most=3.0,
        ),
        Row(
            what=f"{n} watch a run live: how much slower it trains",
            ours=f"{crowd.images_per_second:,.0f} images a second",
            other=f"nobody watches {alone.images_per_second:,.0f}",
            figure=alone.images_per_second / crowd.images_per_second,
            at_most=1.2,
        ),
    ]


def _start_training(server: Server) -> str:
    store = RunStore(server.runs_url)
    run_id = store.create(
        dataclasses.replace(PRESETS["mlp-512"].config, epochs=200), name="watched"
    ).id
    with visit(server, View("Train", "train", f"run={run_id}")) as visitor:
        visitor.rerun()  # a first page, so that somebody looks after the queue
        wait_until(lambda: (store.get(run_id).n_epochs_done or 0) >= 1)
    store.close()
    return run_id


def watch(server: Server, run_id: str, n: int) -> Watched:
    """Let some watch a run for a while, and another visitor look at something else."""
    store = RunStore(server.runs_url)
    is_over = threading.Event()
    with ThreadPoolExecutor(n + 1) as threads:
        ready = threading.Barrier(n + 1)
        watchers = [threads.submit(_watch, server, run_id, ready, is_over) for _ in range(n)]
        with visit(server, _CONFUSION) as visitor:
            visitor.rerun()
            ready.wait()
            others, speeds = [], []
            end = time.perf_counter() + _SECONDS
            while time.perf_counter() < end:
                others.append(visitor.rerun().seconds)
                progress = store.get(run_id).progress
                speeds.append(progress.images_per_second if progress else 0.0)
                time.sleep(0.25)
            is_over.set()
        per_second = [future.result() for future in watchers]
    store.close()
    return Watched(per_second, others, statistics.median(speeds))


def _watch(
    server: Server, run_id: str, ready: threading.Barrier, is_over: threading.Event
) -> float:
    """Watch as a browser does, as often as the page asks for; return the answers a second."""
    with visit(server, View("Train", "train", f"run={run_id}")) as visitor:
        visitor.rerun()
        ready.wait()
        time.sleep(random.random())  # nobody comes at the same moment as all others
        start, n = time.perf_counter(), 0
        while not is_over.is_set():
            asked, fragment = time.perf_counter(), _live_fragment(visitor)
            visitor.tick(fragment)
            n += 1
            pause = min(visitor.clocks.values()) - (time.perf_counter() - asked)
            is_over.wait(max(0.0, pause))
        return n / (time.perf_counter() - start)


def _live_fragment(visitor: Visitor) -> str:
    """Find the part of the page that is to be asked for most often."""
    return min(visitor.clocks, key=lambda fragment: visitor.clocks[fragment])


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]
