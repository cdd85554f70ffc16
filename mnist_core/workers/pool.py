"""Pools of one warm process each."""

import contextlib
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final

from loky import ProcessPoolExecutor

from mnist_core.workers import worker

# An idle worker holds about half a gigabyte; it goes after this long.
IDLE_SECONDS: Final = 600


class _WatchedPool(ProcessPoolExecutor):  # type: ignore[misc]  # loky has no types
    """A pool that notices the death of every process, also of one that took another's place."""

    def submit(self, function: Callable[..., None], *args: Any) -> "Future[None]":
        future: Future[None] = super().submit(function, *args)
        # Where a process has left, being idle or grown, loky tells the thread that watches the
        # processes of the new work before it starts a new process, and that thread may miss it.
        # Work given afterwards makes it look again. What keeps that from being given, keeps the
        # first from being done, and its future tells.
        with contextlib.suppress(OSError, BrokenProcessPool):
            super().submit(_do_nothing)
        return future


def _do_nothing() -> None:
    pass


def make_executor(*, idle_seconds: float = IDLE_SECONDS) -> Executor:
    """Return a pool of one warm process; a killed process breaks only its own run."""
    executor: Executor = _WatchedPool(
        max_workers=1, timeout=idle_seconds, initializer=worker.initialise
    )
    return executor
