"""What a worker process does with a run: train, evaluate, store.

Importing this module loads no TensorFlow; that happens inside the functions, in the worker.
"""

import functools
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from mnist_core.data.dataset import load_dataset as load_dataset_anew
from mnist_core.errors import MnistCoreError, RunNotFoundError, RunStoreError
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.network.forward import Network
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.runs.fine_tuning import mix
from mnist_core.runs.progress import History, Progress
from mnist_core.runs.run import Run
from mnist_core.store.claim import Claim
from mnist_core.store.run_store import RunStore

_log = logging.getLogger(__name__)

_BEAT_SECONDS: Final = 1.0
_WRITE_SECONDS: Final = 0.25
_FINISH_PATIENCE_SECONDS: Final = 60.0


# A worker trains many runs on the same images.
load_dataset: Final = functools.cache(load_dataset_anew)


def initialise() -> None:
    """Prepare a pool's process: polite to the server, and gone with it."""
    if hasattr(os, "nice"):
        os.nice(5)  # pages come before training
    threading.Thread(target=_leave_with_parent, args=(os.getppid(),), daemon=True).start()


def warm_up() -> None:
    """Load TensorFlow, which takes seconds, and the images before a run needs them."""
    import mnist_core.training.train  # noqa: F401

    load_dataset()


def _leave_with_parent(parent: int) -> None:
    # A killed server cannot end its workers; an orphan is adopted by another process.
    while os.getppid() == parent:
        time.sleep(_BEAT_SECONDS)
    os._exit(1)


def run(url: str, claim: Claim) -> None:
    """Train a run and store what it reached, or why it failed.

    Args:
        url: Where the store is.
        claim: The hold on the run; if another worker has the run by now, nothing is done.

    Raises:
        RunStoreError: Not even why it failed could be stored.
    """
    store = RunStore(url)
    try:
        claimed = store.get(claim.run_id)
        with _beating(store, claim):
            _train(store, claimed, claim)
    except RunNotFoundError:
        pass  # deleted meanwhile
    except MnistCoreError as error:
        store.fail(claim, error)
    finally:
        store.close()


@contextmanager
def _beating(store: RunStore, claim: Claim) -> Iterator[None]:
    """Tell the store once a second that this worker lives."""
    is_done = threading.Event()

    def beat() -> None:
        while not is_done.wait(_BEAT_SECONDS):
            with _tolerated("heartbeat", claim):
                store.beat(claim)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()


@contextmanager
def _tolerated(what: str, claim: Claim) -> Iterator[None]:
    """Let a training go on when a full disk or a lock keeps it from telling how far it is."""
    try:
        yield
    except RunStoreError as error:
        _log.warning("no %s stored of run %s: %s", what, claim.run_id, error)


def _train(store: RunStore, run: Run, claim: Claim) -> None:
    from mnist_core.training.keras_model import weights_of
    from mnist_core.training.train import measure, train

    config = run.config
    start_from = store.checkpoint(run.id)
    if not store.start(claim, n_epochs=start_from.n_epochs if start_from else 0):
        return
    dataset = load_dataset()
    tuning = store.fine_tuning(run.id)
    if tuning is not None:
        dataset = mix(dataset, config, tuning.images, tuning.labels)
    seconds_before = max(
        start_from.seconds if start_from else 0.0, run.result.total_seconds if run.result else 0.0
    )
    start = time.perf_counter() - seconds_before
    last_write = -_WRITE_SECONDS
    unwritten: tuple[Progress, History] | None = None
    is_wanted = True

    def write_progress(progress: Progress, history: History) -> None:
        nonlocal last_write, unwritten, is_wanted
        now = time.perf_counter()
        unwritten = progress, history
        is_epoch_end = progress.batch == progress.n_batches
        if is_epoch_end or now - last_write >= _WRITE_SECONDS:
            last_write = now
            with _tolerated("progress", claim):
                is_wanted = store.update_progress(claim, progress, history)
                unwritten = None

    def write_checkpoint(checkpoint: Checkpoint) -> None:
        with _tolerated("checkpoint", claim):
            store.save_checkpoint(claim, checkpoint)

    def write_epoch(epoch: int, answers: EpochAnswers) -> None:
        with _tolerated("epoch", claim):
            store.save_epoch(claim, epoch, answers)

    try:
        outcome = train(
            config,
            dataset,
            start_from=start_from,
            start_weights=None if tuning is None else tuning.weights,
            on_progress=write_progress,
            on_checkpoint=write_checkpoint,
            on_epoch=write_epoch,
            should_stop=lambda: not is_wanted,
        )
    finally:
        if unwritten:  # the curves up to where the loss exploded, or somebody stopped
            with _tolerated("progress", claim):
                store.update_progress(claim, *unwritten)
    weights = weights_of(outcome.model)
    result = measure(outcome, Network(config, weights), dataset, start=start)
    # Apart from the result, and before it: where there is no room for both, the result counts.
    write_checkpoint(outcome.checkpoint)
    _store_patiently(
        lambda: store.finish(
            claim,
            history=outcome.history,
            result=result,
            weights=weights,
            was_stopped=outcome.was_stopped,
        )
    )


def _store_patiently(finish: Callable[[], bool]) -> None:
    """Store what minutes of training gave, even if the disk is full or locked for a while."""
    deadline = time.monotonic() + _FINISH_PATIENCE_SECONDS
    while True:
        try:
            finish()
        except RunStoreError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_BEAT_SECONDS)
        else:
            return
