"""What a worker process does with a run: train, evaluate, store.

Importing this module loads no TensorFlow; that happens inside the functions, in the worker.
"""

import functools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mnist_core.data.dataset import load_dataset as load_dataset_anew
from mnist_core.errors import MnistCoreError, RunNotFoundError, RunStoreError
from mnist_core.network.forward import Network
from mnist_core.runs.fine_tuning import FineTuning, mix
from mnist_core.runs.run import Run
from mnist_core.store.claim import Claim
from mnist_core.store.database import WORKER_PATIENCE_SECONDS
from mnist_core.store.run_store import RunStore
from mnist_core.workers import machine
from mnist_core.workers.reports import Reports

_PARENT_SECONDS: Final = 1.0  # how often to see whether the server still lives


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
        time.sleep(_PARENT_SECONDS)
    os._exit(1)


def run_next(url: str, name: str) -> None:
    """Take the run that has waited longest, train it, and store what it reached; or do nothing.

    Args:
        url: Where the store is.
        name: What this worker is called; no other has the name.

    Raises:
        RunStoreError: No run can be taken, or not even why it failed can be stored.
    """
    with _store(url) as store:
        claim = store.claim_next(worker=name)
        if claim is not None:
            _run(store, claim)


def run(url: str, claim: Claim) -> None:
    """Train a run that was taken, and store what it reached, or why it failed.

    Args:
        url: Where the store is.
        claim: The hold on the run; if another worker has the run by now, nothing is done.

    Raises:
        RunStoreError: Not even why it failed could be stored.
    """
    with _store(url) as store:
        _run(store, claim)


@contextmanager
def _store(url: str) -> Iterator[RunStore]:
    store = RunStore(url, patience_seconds=WORKER_PATIENCE_SECONDS)
    try:
        yield store
    finally:
        store.close()


def _run(store: RunStore, claim: Claim) -> None:
    try:
        claimed = store.get(claim.run_id)
        tuning = store.fine_tuning(claim.run_id)
    except RunNotFoundError:
        return  # deleted meanwhile
    except MnistCoreError as error:
        store.fail(claim, error)
        return
    reports = Reports(store, claimed, claim, tuning=tuning)
    with reports.beating():
        try:
            machine.check_memory(claimed.config)
            from mnist_core.training.memory import shortage_told

            with shortage_told():
                _train(store, claimed, claim, reports, tuning)
        except RunStoreError:
            raise  # its silence will tell
        except MnistCoreError as error:
            failure = error
            reports.end(lambda: store.fail(claim, failure))


def _train(
    store: RunStore, run: Run, claim: Claim, reports: Reports, tuning: FineTuning | None
) -> None:
    from mnist_core.training.keras_model import weights_of
    from mnist_core.training.train import measure, train

    config = run.config
    start_from = store.checkpoint(run.id)
    reports.start(n_epochs=start_from.n_epochs if start_from else 0)
    if reports.is_lost:
        return
    dataset = load_dataset()
    if tuning is not None:
        dataset = mix(dataset, config, tuning.images, tuning.labels)
    seconds_before = max(
        start_from.seconds if start_from else 0.0, run.result.total_seconds if run.result else 0.0
    )
    start = time.perf_counter() - seconds_before
    try:
        outcome = train(
            config,
            dataset,
            start_from=start_from,
            start_weights=None if tuning is None else tuning.weights,
            on_progress=reports.progress,
            on_checkpoint=reports.checkpoint,
            on_epoch=reports.epoch,
            should_stop=lambda: not reports.is_wanted,
        )
    finally:
        reports.flush()  # the curves up to where the loss exploded, or somebody stopped
    if reports.is_lost:
        return
    weights = weights_of(outcome.model)
    result = measure(outcome, Network(config, weights), dataset, start=start)
    # Apart from the result, and before it: where there is no room for both, the result counts.
    reports.checkpoint(outcome.checkpoint)
    reports.end(
        lambda: store.finish(
            claim,
            history=outcome.history,
            result=result,
            weights=weights,
            was_stopped=outcome.was_stopped,
        )
    )
