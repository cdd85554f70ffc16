"""Runs and the worker processes that train them. The store is the queue; no TensorFlow here."""

import logging
import math
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from loky import ProcessPoolExecutor

from mnist_core.errors import (
    InvalidEnvironmentError,
    RunStoreError,
    WorkerClosedError,
    WorkerCrashedError,
    WorkerDiedError,
    WorkerNotStartedError,
)
from mnist_core.i18n import N_
from mnist_core.store.claim import Claim
from mnist_core.store.run_store import RunStore
from mnist_core.workers import worker
from mnist_core.workers.pool import IDLE_SECONDS, call_before_pools_wait, make_executor

_log = logging.getLogger(__name__)


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


class Dispatcher:
    """Hands waiting runs to a bounded number of workers, in the order they began to wait.

    `submit`, `refresh` and `stop` raise RunStoreError when the store cannot be read or written.

    Args:
        store: Where the runs are.
        n_workers: How many train at once; `default_n_workers()` when None.
        executor_factory: Makes a pool of one process; all that is asked of it is
            `submit(function, *args)` and `shutdown`.
    """

    def __init__(
        self,
        store: RunStore,
        *,
        n_workers: int | None = None,
        executor_factory: Callable[[], Executor] = make_executor,
    ) -> None:
        self._store = store
        self._n_workers = default_n_workers() if n_workers is None else n_workers
        self._executor_factory = executor_factory
        # Reentrant: a future that is already done calls back from within `_dispatch`.
        self._lock = threading.RLock()
        self._idle: list[Executor] = []
        self._busy: dict[Claim, Executor] = {}
        self._is_closed = False
        self._warmed_at = -math.inf
        self._is_closed_at_exit = False

    def submit(self, run_id: str) -> None:
        """See that a waiting run is trained, now or when a worker is free."""
        _log.info("run %s waits for a worker", run_id)
        self._dispatch()

    def stop(self, run_id: str) -> None:
        """Ask a run to stop; it keeps the weights it has by then.

        Raises:
            RunNotFoundError: There is no such run.
            RunReadOnlyError: It is a baseline.
        """
        self._store.request_stop(run_id)

    def refresh(self) -> None:
        """Interrupt the runs whose worker is gone; start those that wait for a free one."""
        with self._lock:
            # Loky tells when one of these dies. Their heartbeat may be old for another reason:
            # the machine has slept.
            watched = [claim.run_id for claim in self._busy]
        self._store.interrupt_stale(except_ids=watched)
        self._dispatch()

    def warm_up(self) -> None:
        """Load TensorFlow in an idle worker, so that the first run starts at once."""
        with self._lock:
            is_warm = time.monotonic() - self._warmed_at < IDLE_SECONDS / 2
            if is_warm or self._busy or self._is_closed:
                return
            executor, _ = self._hand_over(worker.warm_up)
            self._idle.append(executor)
            self._warmed_at = time.monotonic()

    def close(self) -> None:
        """End the workers at once; runs at work are interrupted and keep their progress."""
        with self._lock:
            self._is_closed = True
            executors = [*self._idle, *self._busy.values()]
            self._idle.clear()
        for executor in executors:
            if isinstance(executor, ProcessPoolExecutor):
                executor.shutdown(wait=True, kill_workers=True)
            else:
                executor.shutdown(wait=True, cancel_futures=True)

    def _dispatch(self) -> None:
        with self._lock:
            while not self._is_closed and len(self._busy) < self._n_workers:
                claim = self._store.claim_next()
                if claim is None:
                    return
                try:
                    executor, future = self._hand_over(worker.run, self._store.url, claim)
                except OSError as error:
                    _log.exception("no worker could be started for run %s", claim.run_id)
                    self._store.fail(claim, _not_started(error))
                    continue
                self._busy[claim] = executor
                future.add_done_callback(partial(self._settle, claim))

    def _hand_over(
        self, function: Callable[..., None], *args: str | Claim
    ) -> "tuple[Executor, Future[None]]":
        """Give work to an idle worker, or to a new one where none is left alive."""
        while self._idle:
            executor = self._idle.pop()
            try:
                return executor, executor.submit(function, *args)
            except BrokenProcessPool:
                _log.warning("an idle worker died; a new one takes its place")
        executor = self._executor_factory()
        future = executor.submit(function, *args)
        if not self._is_closed_at_exit:
            self._is_closed_at_exit = True
            # Otherwise a stopped server would go on training.
            call_before_pools_wait(self.close)
        return executor, future

    def _settle(self, claim: Claim, future: "Future[None]") -> None:
        """Take a worker back after its run, or note why it did not come back."""
        error = None if future.cancelled() else future.exception()
        try:
            if self._is_closed:
                self._store.interrupt(claim, _server_stopped())
            elif isinstance(error, BrokenProcessPool):
                _log.warning("the worker of run %s died: %s", claim.run_id, error)
                self._store.fail(claim, _worker_died())
            elif error is not None or future.cancelled():
                _log.error("run %s ended with an unexpected error", claim.run_id, exc_info=error)
                self._store.fail(claim, _unexpected(error))
        except RunStoreError:
            _log.exception("the end of run %s could not be stored", claim.run_id)
        with self._lock:
            executor = self._busy.pop(claim)
            if not isinstance(error, BrokenProcessPool):
                self._idle.append(executor)
        try:
            self._dispatch()
        except RunStoreError:
            _log.exception("the next run could not be started")


def _not_started(error: OSError) -> WorkerNotStartedError:
    return WorkerNotStartedError(
        N_("the training process could not be started: {reason}"), reason=error.strerror
    )


def _server_stopped() -> WorkerClosedError:
    return WorkerClosedError(N_("the app was closed during the training; its progress is kept"))


def _worker_died() -> WorkerDiedError:
    return WorkerDiedError(
        N_("the training process was ended (it ran out of memory, or somebody ended it)")
    )


def _unexpected(error: BaseException | None) -> WorkerCrashedError:
    return WorkerCrashedError(
        N_("the training ended with an unexpected error: {reason}"),
        reason=type(error).__name__ if error else "cancelled",
    )
