"""Warm processes on this machine, and what they need of the insides of loky and of Python.

Both are private, and may change with any version; `tests/core/workers/test_pool.py` notices.
"""

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from functools import partial
from typing import Any, Final

from loky import ProcessPoolExecutor

from mnist_core.errors import InvalidEnvironmentError
from mnist_core.i18n import N_
from mnist_core.workers import worker

_log = logging.getLogger(__name__)

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
        with contextlib.suppress(OSError, BrokenExecutor):
            super().submit(_do_nothing)
        return future


def _do_nothing() -> None:
    pass


def default_n_workers() -> int:
    """Return `MNIST_WORKERS`, or 1.

    Raises:
        InvalidEnvironmentError: It is not a whole number of at least 1.
    """
    value = os.environ.get("MNIST_WORKERS") or "1"
    if not value.isdecimal() or int(value) < 1:
        raise InvalidEnvironmentError(
            N_("MNIST_WORKERS must be a whole number of at least 1, got {value}"), value=value
        )
    return int(value)


class ProcessPools:
    """An `Executor` of pools of one process each, so that a killed process breaks only its own.

    Args:
        n_workers: How many processes at most; `default_n_workers()` when None.
        idle_seconds: How long a process waits for work before it leaves.
    """

    def __init__(self, n_workers: int | None = None, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._n_workers = default_n_workers() if n_workers is None else n_workers
        self._idle_seconds = idle_seconds
        # Reentrant: a future that is already done calls back at once.
        self._lock = threading.RLock()
        self._idle: list[ProcessPoolExecutor] = []
        self._busy: list[ProcessPoolExecutor] = []
        self._is_closed_at_exit = False
        self._is_closed = False

    def n_slots(self) -> int:
        """Return how many processes train at once at most."""
        return self._n_workers

    def submit(self, function: Callable[..., None], *args: Any) -> "Future[None]":
        """Give work to an idle process, or to a new one where none is left alive."""
        told: Future[None] = Future()
        with self._lock:
            if self._is_closed:
                raise OSError("the processes are ended")
            pool, future = self._hand_over(function, *args)
            self._busy.append(pool)
            if not self._is_closed_at_exit:
                self._is_closed_at_exit = True
                # Otherwise a stopped server would go on training.
                call_before_pools_wait(self.close)
        future.add_done_callback(partial(self._take_in, pool, told))
        return told

    def close(self) -> None:
        """End the processes at once."""
        with self._lock:
            self._is_closed = True
            pools = [*self._idle, *self._busy]
            self._idle.clear()
        for pool in pools:
            pool.shutdown(wait=True, kill_workers=True)

    def _hand_over(
        self, function: Callable[..., None], *args: Any
    ) -> "tuple[ProcessPoolExecutor, Future[None]]":
        while self._idle:
            pool = self._idle.pop()
            try:
                return pool, pool.submit(function, *args)
            except BrokenExecutor:
                _log.warning("an idle worker died; a new one takes its place")
        pool = _WatchedPool(
            max_workers=1, timeout=self._idle_seconds, initializer=worker.initialise
        )
        return pool, pool.submit(function, *args)

    def _take_in(
        self, pool: ProcessPoolExecutor, told: "Future[None]", future: "Future[None]"
    ) -> None:
        """Take a process back after its work, unless it died, and tell how the work ended."""
        error = None if future.cancelled() else future.exception()
        with self._lock:
            self._busy.remove(pool)
            if not isinstance(error, BrokenExecutor):
                self._idle.append(pool)
        if future.cancelled() or (error is not None and self._is_closed):
            told.cancel()
            told.set_running_or_notify_cancel()
        elif error is not None:
            told.set_exception(error)
        else:
            told.set_result(future.result())


def call_before_pools_wait(function: Callable[[], None]) -> None:
    """Have a function called when Python ends, before loky waits there for the work it has.

    What is registered last is called first, so this must follow the first `submit` of all, at
    which loky registers its own waiting. The public `atexit` comes only after it. Python has no
    public way yet: https://github.com/python/cpython/issues/86128.

    Args:
        function: Takes nothing; it ends the work that loky would wait for.
    """
    threading._register_atexit(function)  # type: ignore[attr-defined]
