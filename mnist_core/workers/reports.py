"""What a worker tells the store while it trains, also when the store is away for a while."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from mnist_core.errors import RunStoreError
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.runs.fine_tuning import FineTuning
from mnist_core.runs.progress import History, Progress
from mnist_core.runs.run import Run
from mnist_core.store.claim import Claim
from mnist_core.store.run_store import RunStore

_log = logging.getLogger(__name__)

_BEAT_SECONDS: Final = 1.0
_WRITE_SECONDS: Final = 0.25  # into a file of this machine
_DISTANT_WRITE_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 5.0


class Reports:
    """Tells the store of one run what its worker has done, under the worker's claim.

    A training goes on when the store cannot be written: what was not stored comes with the next
    report, and what was reached in the end is kept until it can be. If the store is deleted or
    replaced meanwhile, the run is stored again in the new one.

    Args:
        store: Where the run is.
        run: The run as it was when the worker took it.
        claim: The worker's hold on it.
        tuning: What the run began with, if it is fine-tuned.
    """

    def __init__(
        self, store: RunStore, run: Run, claim: Claim, *, tuning: FineTuning | None
    ) -> None:
        self._store = store
        self._run = run
        self._claim = claim
        self._tuning = tuning
        self._is_lost = threading.Event()
        self._is_stop_requested = False
        self._written_at = -_DISTANT_WRITE_SECONDS
        self._unwritten: tuple[Progress, History] | None = None

    @property
    def is_lost(self) -> bool:
        """Whether another worker has the run by now, or nobody wants it any more."""
        return self._is_lost.is_set()

    @property
    def is_wanted(self) -> bool:
        """Whether training is to go on: nobody has asked it to stop, and it is not lost."""
        return not self.is_lost and not self._is_stop_requested

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Give a sign of life once a second."""
        is_done = threading.Event()

        def beat() -> None:
            while not is_done.wait(_BEAT_SECONDS) and not self.is_lost:
                self._tell("heartbeat", lambda: self._store.beat(self._claim))

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_done.set()
            thread.join()

    def start(self, *, n_epochs: int) -> None:
        """Say that training begins now, after so many epochs that are done."""
        self._tell("start", lambda: self._store.start(self._claim, n_epochs=n_epochs))

    def progress(self, progress: Progress, history: History) -> None:
        """Tell how far the training is, but not more often than is good for the store."""
        self._unwritten = progress, history
        is_file = self._store.database.file is not None
        pause = _WRITE_SECONDS if is_file else _DISTANT_WRITE_SECONDS
        is_epoch_end = progress.batch == progress.n_batches
        if is_epoch_end or time.perf_counter() - self._written_at >= pause:
            self.flush()

    def flush(self) -> None:
        """Tell how far the training is, if that was not told yet."""
        if self._unwritten is None:
            return
        self._written_at = time.perf_counter()
        progress, history = self._unwritten
        if self._tell("progress", lambda: self._update_progress(progress, history)):
            self._unwritten = None

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Store a state to go on from."""
        self._tell("checkpoint", lambda: self._store.save_checkpoint(self._claim, checkpoint))

    def epoch(self, epoch: int, answers: EpochAnswers) -> None:
        """Store what the network answers after an epoch, counted from 1."""
        self._tell("epoch", lambda: self._store.save_epoch(self._claim, epoch, answers))

    def end(self, finish: Callable[[], bool]) -> None:
        """Store what the training reached; while that is not possible, try again and again."""
        pause = _BEAT_SECONDS
        while not self._tell("result", finish) and not self.is_lost:
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _update_progress(self, progress: Progress, history: History) -> bool:
        is_held = self._store.update_progress(self._claim, progress, history)
        self._is_stop_requested = is_held and self._store.is_stop_requested(self._run.id)
        return is_held

    def _tell(self, what: str, report: Callable[[], bool]) -> bool:
        """Report something; False when the store is away, or the run is lost."""
        if self.is_lost:
            return False
        try:
            if report():
                return True
            if not self._store.adopt(self._run, self._claim, tuning=self._tuning):
                self._is_lost.set()
        except RunStoreError as error:
            _log.warning("no %s stored of run %s: %s", what, self._claim.run_id, error)
        return False
