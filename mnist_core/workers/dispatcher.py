"""The queue's own clock: sees that waiting runs are trained, and that lost ones are taken up.

The store is the queue; no TensorFlow here.
"""

import logging
import threading
import time
from concurrent.futures import BrokenExecutor, Future
from functools import partial
from typing import Final

from mnist_core.errors import (
    MnistCoreError,
    WorkerClosedError,
    WorkerCrashedError,
    WorkerDiedError,
    WorkerSilentError,
)
from mnist_core.i18n import N_
from mnist_core.runs.run import RunStatus
from mnist_core.store.claim import Claim
from mnist_core.store.queue import new_worker
from mnist_core.store.run_store import RunStore
from mnist_core.workers import worker
from mnist_core.workers.executor import Executor
from mnist_core.workers.pool import IDLE_SECONDS, ProcessPools
from mnist_core.workers.watch import Watch

_log = logging.getLogger(__name__)

# How often a run is taken up again whose process died, while it trained and this server lived, with
# no further epoch in between: more often, and the run is what ends its processes.
MAX_DEATHS: Final = 3
_LOOK_SECONDS: Final = 1.0
_TIDY_SECONDS: Final = 60.0


class Dispatcher:
    """Lets an executor's processes take the waiting runs, and takes back what they lost.

    Pages ask and read; whatever happens to the queue by itself happens in `look`, which a thread
    of its own calls every second once `start` was called.

    Args:
        store: Where the runs are.
        executor: Who trains; processes on this machine when None.
    """

    def __init__(self, store: RunStore, *, executor: Executor | None = None) -> None:
        self._store = store
        self._executor = ProcessPools() if executor is None else executor
        self._lock = threading.Lock()
        self._workers: set[str] = set()  # those that were sent to take a run, or are at one
        # By run: how many of its processes this server saw die, and after how many epochs.
        self._deaths: dict[str, tuple[int, int]] = {}
        self._warming: Future[None] | None = None
        self._watch = Watch()
        self._wake = threading.Event()
        self._is_closed = False
        self._warm_until = 0.0
        self._tidied_at = time.monotonic()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look after the queue from now on, every second, in a thread of its own."""
        with self._lock:
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._look_on, name="run-queue", daemon=True)
                self._thread.start()

    def submit(self, run_id: str) -> None:
        """See that a waiting run is trained, now or when there is a place."""
        _log.info("run %s waits for a worker", run_id)
        self._wake.set()

    def stop(self, run_id: str) -> None:
        """Ask a run to stop; one that waits never starts.

        Raises:
            RunNotFoundError: There is no such run.
            RunReadOnlyError: It is a baseline.
            RunStoreError: The store cannot be read or written.
        """
        self._store.request_stop(run_id)

    def warm_up(self) -> None:
        """Load TensorFlow in an idle process, so that the first run starts at once."""
        with self._lock:
            is_warm = time.monotonic() < self._warm_until
            if is_warm or self._workers or self._is_closed:
                return
            self._warm_until = time.monotonic() + IDLE_SECONDS / 2
            try:
                self._warming = self._executor.submit(worker.warm_up)
            except OSError as error:
                _log.warning("no worker could be started: %s", error)
                return
        self._warming.add_done_callback(lambda _: self._wake.set())

    def look(self) -> None:
        """Take runs back from workers that are silent, and fill the places that are free.

        Raises:
            RunStoreError: The store cannot be read or written.
        """
        beats = self._store.beats()
        for claim in self._watch.look(beats):
            self._take_back(claim, _silent())
        if self._is_closed:
            return
        at_work = {claim.worker for claim in beats}
        with self._lock:
            n_coming = len(self._workers - at_work)  # have not taken a run yet
            n_free = self._executor.n_slots() - len(self._workers) - self._is_warming()
        for _ in range(min(n_free, self._store.n_waiting() - n_coming)):
            self._send()
        if time.monotonic() - self._tidied_at > _TIDY_SECONDS:
            self._tidied_at = time.monotonic()
            self._store.tidy()
            self._store.keep_reserve()

    def close(self) -> None:
        """End the workers at once; their runs wait, with their progress, for the next start."""
        with self._lock:
            self._is_closed = True
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._executor.close()
        with self._lock:
            workers = set(self._workers)
        for name in workers:  # of which the executor has not told
            self._give_up(name, _closed(), is_loss=False)

    def _look_on(self) -> None:
        while not self._is_closed:
            # Whatever is wrong with the store now may be well at the next look.
            try:
                self.look()
            except MnistCoreError as error:
                _log.warning("the queue cannot be looked after: %s", error)
            self._wake.wait(_LOOK_SECONDS)
            self._wake.clear()

    def _is_warming(self) -> bool:
        return self._warming is not None and not self._warming.done()

    def _send(self) -> None:
        """Send a worker to take a run; where none can be had, the run goes on waiting."""
        name = new_worker()
        with self._lock:
            if self._is_closed:
                return
            self._workers.add(name)
        try:
            future = self._executor.submit(worker.run_next, self._store.url, name)
        except OSError as error:
            _log.warning("no worker could be started: %s", error)
            with self._lock:
                self._workers.discard(name)
            return
        future.add_done_callback(partial(self._settle, name))

    def _settle(self, name: str, future: "Future[None]") -> None:
        """Note how a worker came back, or did not."""
        error = None if future.cancelled() else future.exception()
        try:
            if future.cancelled():
                self._give_up(name, _closed(), is_loss=False)
            elif isinstance(error, BrokenExecutor):
                _log.warning("worker %s died: %s", name, error)
                self._give_up(name, _died())
            elif isinstance(error, MnistCoreError):
                _log.warning("worker %s could not store what it did: %s", name, error)
                self._give_up(name, error)
            elif error is not None:
                _log.error("worker %s ended with an unexpected error", name, exc_info=error)
                self._fail(name, _crashed(error))
        finally:
            with self._lock:
                self._workers.discard(name)
            self._wake.set()

    def _give_up(self, name: str, error: MnistCoreError, *, is_loss: bool = True) -> None:
        """Take the run back that a worker holds; if the store is away, its silence will tell."""
        try:
            for claim in self._store.beats():
                if claim.worker == name:
                    is_last = isinstance(error, WorkerDiedError) and self._is_to_blame(claim.run_id)
                    self._take_back(claim, error, is_loss=is_loss, is_last=is_last)
        except MnistCoreError as trouble:
            _log.warning("the run of worker %s could not be taken back: %s", name, trouble)

    def _is_to_blame(self, run_id: str) -> bool:
        """Tell whether a run, whose process has died, ends its processes again and again."""
        run = self._store.get(run_id)
        if run.status is not RunStatus.RUNNING:  # nothing of it had begun
            return False
        n_deaths, n_epochs = self._deaths.get(run_id, (0, 0))
        if run.n_losses == 0 or run.n_epochs_done > n_epochs:  # asked for anew, or it came further
            n_deaths = 0
        self._deaths[run_id] = n_deaths + 1, run.n_epochs_done
        return n_deaths + 1 > MAX_DEATHS

    def _fail(self, name: str, error: MnistCoreError) -> None:
        """End the run that a worker holds: what was no accident would happen again."""
        try:
            for claim in self._store.beats():
                if claim.worker == name:
                    self._store.fail(claim, error)
        except MnistCoreError as trouble:
            _log.warning("the end of worker %s could not be stored: %s", name, trouble)

    def _take_back(
        self, claim: Claim, error: MnistCoreError, *, is_loss: bool = True, is_last: bool = False
    ) -> None:
        status = self._store.take_back(claim, error, is_loss=is_loss, is_last=is_last)
        if status is RunStatus.QUEUED:
            _log.warning("run %s lost its worker and waits for another: %s", claim.run_id, error)
        elif status is not None:
            _log.warning("run %s lost too many workers: %s", claim.run_id, error)


def _silent() -> WorkerSilentError:
    return WorkerSilentError(N_("the training process gives no sign of life"))


def _closed() -> WorkerClosedError:
    return WorkerClosedError(N_("the app was closed during the training"))


def _died() -> WorkerDiedError:
    return WorkerDiedError(
        N_("the training process was ended (it ran out of memory, or somebody ended it)")
    )


def _crashed(error: BaseException) -> WorkerCrashedError:
    return WorkerCrashedError(
        N_("the training ended with an unexpected error: {reason}"), reason=type(error).__name__
    )
