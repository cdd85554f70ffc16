"""Pools of one warm process each, and what they need of the insides of loky and of Python.

Both are private, and may change with any version; `tests/core/workers/test_pool.py` notices.
"""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final

from loky import ProcessPoolExecutor

from mnist_core.workers import worker

# An idle worker holds about half a gigabyte; it goes after this long.
IDLE_SECONDS: Final = 600


class _WatchedPool(ProcessPoolExecutor):  # type: ignore[misc]  # loky has no types
    """A pool that notices the death of every process, also of one that took another's place.

    A process leaves when it has been idle for long, or has grown too large. At the next work,
    loky's `submit` wakes the thread that watches the processes before it starts a new process, so
    the thread may miss the new process: `wakeup` comes before `_ensure_executor_running` in
    https://github.com/joblib/loky/blob/master/loky/process_executor.py. We know of no report of it.
    """

    def submit(self, function: Callable[..., None], *args: Any) -> "Future[None]":
        future: Future[None] = super().submit(function, *args)
        # More work makes the thread look again. If this cannot be submitted, the first work cannot
        # be done either, and its future holds the error.
        with contextlib.suppress(OSError, BrokenProcessPool):
            super().submit(_do_nothing)
        return future


def _do_nothing() -> None:
    pass


def make_executor(*, idle_seconds: float = IDLE_SECONDS) -> Executor:
    """Return a pool of one warm process; a killed process breaks only its own run.

    Args:
        idle_seconds: How long the process waits for work before it leaves.
    """
    executor: Executor = _WatchedPool(
        max_workers=1, timeout=idle_seconds, initializer=worker.initialise
    )
    return executor


def call_before_pools_wait(function: Callable[[], None]) -> None:
    """Have a function called when Python ends, before loky waits there for the work it has.

    What is registered last is called first, so this must follow the first `submit` of all, at
    which loky registers its own waiting. The public `atexit` comes only after it. Python has no
    public way yet: https://github.com/python/cpython/issues/86128.

    Args:
        function: Takes nothing; it ends the work that loky would wait for.
    """
    threading._register_atexit(function)  # type: ignore[attr-defined]
