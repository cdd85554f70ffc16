"""A long day in little time: `python -m benchmarks.soak`, or with the number of reruns.

Visitors come to every page, stay for a few reruns and leave. Printed is the memory of the server's
process, all of it and what it shares with no other, and how much more it is at the end than after
the first visits, which load modules and fill caches.

The bound: it stays flat within 20 MB.
"""

import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import psutil

from benchmarks.table import Row, print_table
from benchmarks.visitor import View, visit
from mnist_core.store.run_store import RunStore
from pages.ui.layout import PAGES
from tests.browser.server import Server, running_app
from tests.conftest import add_failed, add_finished, add_interrupted

_N_RERUNS: Final = 2_000
_N_WARM_UP: Final = 200
_N_OF_A_VISIT: Final = 10
_AT_MOST_MB: Final = 20.0


def _views(run_id: str) -> list[View]:
    return [
        *(View(info.title, slug) for slug, info in PAGES.items()),
        View("Train, a run", "train", f"run={run_id}"),
        View("History, three runs", "history", f"runs={run_id},mlp-512,mlp-256"),
        View("Confusion, a cell", "confusion", f"run={run_id}&true=4&predicted=9"),
        View("Confusion, an image", "confusion", "run=mlp-512&true=4&predicted=9&index=115"),
    ]


def soak(n_reruns: int) -> Row:
    """Ask for so many reruns, one after the other, after those that warm the server up."""
    with tempfile.TemporaryDirectory() as name, running_app(Path(name)) as server:
        with closing(RunStore(server.runs_url)) as store:
            run_id = add_finished(store).id
            add_failed(store)
            add_interrupted(store, with_checkpoint=True)
        views = itertools.cycle(_views(run_id))
        before = after = _reruns(server, views, _N_WARM_UP)
        start = time.perf_counter()
        for n_done in range(0, n_reruns, _N_WARM_UP):
            after = _reruns(server, views, min(_N_WARM_UP, n_reruns - n_done))
        seconds = time.perf_counter() - start
    return Row(
        what=f"memory of the server after {n_reruns:,} reruns of all pages, in {seconds:.0f} s",
        ours=f"{after:.0f} MB",
        other=f"after the first {_N_WARM_UP} {before:.0f} MB",
        figure=after - before,
        at_most=_AT_MOST_MB,
        unit=" MB",
    )


def _reruns(server: Server, views: Iterator[View], n_reruns: int) -> float:
    """Let visitors ask for so many reruns; return the megabytes of the server after them."""
    for start in range(0, n_reruns, _N_OF_A_VISIT):
        with visit(server, next(views)) as visitor:
            for _ in range(min(_N_OF_A_VISIT, n_reruns - start)):
                visitor.rerun()
    memory = psutil.Process(server.process.pid).memory_full_info()
    print(
        f"{n_reruns} reruns more: {memory.rss / 1e6:.0f} MB, {memory.uss / 1e6:.0f} MB its own",
        flush=True,
    )
    return memory.rss / 1e6


def main() -> None:
    """Soak a server, and print one line."""
    print_table([soak(int(sys.argv[1]) if len(sys.argv) > 1 else _N_RERUNS)])


if __name__ == "__main__":
    main()
