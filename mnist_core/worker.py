"""What a worker process does with a run: train, evaluate, store.

Importing this module loads no TensorFlow; that happens inside the functions, in the worker.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mnist_core.config import TrainingConfig
from mnist_core.dataset import Dataset, load_dataset
from mnist_core.errors import MnistCoreError, RunStoreError
from mnist_core.evaluation import evaluate
from mnist_core.network import Network
from mnist_core.records import History, Progress, Result
from mnist_core.runs import RunStore

_log = logging.getLogger(__name__)

_BEAT_SECONDS: Final = 1.0
_WRITE_SECONDS: Final = 0.25


def initialise() -> None:
    """Prepare a pool's process: polite to the server, and gone with it."""
    if hasattr(os, "nice"):
        os.nice(5)  # pages come before training
    threading.Thread(target=_leave_with_parent, args=(os.getppid(),), daemon=True).start()


def warm_up() -> None:
    """Load TensorFlow, which takes seconds, before a run needs it."""
    import mnist_core.training  # noqa: F401


def _leave_with_parent(parent: int) -> None:
    # A killed server cannot end its workers; an orphan is adopted by another process.
    while os.getppid() == parent:
        time.sleep(_BEAT_SECONDS)
    os._exit(1)


def run(url: str, run_id: str) -> None:
    """Train the run with this id and store what it reached, or why it failed."""
    store = RunStore(url)
    try:
        with _beating(store, run_id):
            _train(store, run_id)
    except MnistCoreError as error:
        store.fail(run_id, error)
    finally:
        store.close()


@contextmanager
def _beating(store: RunStore, run_id: str) -> Iterator[None]:
    """Tell the store once a second that this worker lives."""
    is_done = threading.Event()

    def beat() -> None:
        while not is_done.wait(_BEAT_SECONDS):
            try:
                store.beat(run_id)
            except RunStoreError as error:
                _log.warning("no heartbeat for run %s: %s", run_id, error)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()


def _train(store: RunStore, run_id: str) -> None:
    from mnist_core.keras_model import weights_of
    from mnist_core.training import train

    if not store.start(run_id):
        return
    config = store.get(run_id).config
    dataset = load_dataset()
    start = time.perf_counter()
    last_write = -_WRITE_SECONDS
    is_wanted = True

    def write_progress(progress: Progress, history: History) -> None:
        nonlocal last_write, is_wanted
        now = time.perf_counter()
        is_epoch_end = progress.batch == progress.n_batches
        if is_epoch_end or now - last_write >= _WRITE_SECONDS:
            last_write = now
            is_wanted = store.update_progress(run_id, progress, history)

    outcome = train(config, dataset, on_progress=write_progress, should_stop=lambda: not is_wanted)
    weights = weights_of(outcome.model)
    result = measure(
        Network(config, weights), dataset, epoch_seconds=outcome.epoch_seconds, start=start
    )
    store.finish(
        run_id,
        history=outcome.history,
        result=result,
        weights=weights,
        was_stopped=outcome.was_stopped,
    )


def measure(
    network: Network, dataset: Dataset, *, epoch_seconds: tuple[float, ...], start: float
) -> Result:
    """Score a trained network on the images it was fitted to, those held back, and the test set.

    Args:
        network: The trained network.
        dataset: Where the images come from.
        epoch_seconds: Seconds that each epoch took.
        start: `time.perf_counter()` when the training began.
    """
    config: TrainingConfig = network.config
    images = dataset.train_images[: config.n_train]
    labels = dataset.train_labels[: config.n_train]
    n_fit = config.n_fit

    def accuracy(part: slice) -> float:
        return evaluate(network.probabilities(images[part]), labels[part]).accuracy

    return Result(
        train_accuracy=accuracy(slice(n_fit)),
        validation_accuracy=accuracy(slice(n_fit, None)) if n_fit < config.n_train else None,
        test_accuracy=evaluate(
            network.probabilities(dataset.test_images), dataset.test_labels
        ).accuracy,
        epoch_seconds=epoch_seconds,
        total_seconds=time.perf_counter() - start,
    )
