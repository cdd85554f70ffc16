"""What tests of several kinds share: a store of their own, and runs in every state."""

import dataclasses
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from mnist_core.errors import TrainingDivergedError, WorkerSilentError
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.runs.progress import History, Progress
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.config import HiddenLayer
from mnist_core.settings.presets import PRESETS
from mnist_core.store.claim import Claim
from mnist_core.store.run_store import RunStore

TINY = dataclasses.replace(PRESETS["mlp-512"].config, epochs=2, n_train=200)

PROGRESS = Progress(
    epoch=1,
    n_epochs=2,
    batch=1,
    n_batches=2,
    images_per_second=5_000.0,
    eta_seconds=3.0,
    curve=((0.25, 2.0, 0.3), (0.5, 1.5, 0.5)),
)


@pytest.fixture
def runs_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run store of this test alone; nothing is in it."""
    url = f"sqlite:///{tmp_path / 'runs.db'}"
    monkeypatch.setenv("MNIST_RUNS_URL", url)
    return url


@pytest.fixture
def store(runs_url: str):
    store = RunStore(runs_url)
    yield store
    store.close()


@contextmanager
def _full_disk(store: RunStore) -> Iterator[None]:
    """Let SQLite use no more pages than it has now, whoever connects."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        (n_pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={n_pages}")

    store.close()  # its next connection is a new one
    event.listen(sa.Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(sa.Engine, "connect", limit)
        store.close()


@pytest.fixture
def full_disk():
    """A context manager in which the disk under a store is full."""
    return _full_disk


def claim_of(run: Run) -> Claim:
    """Return the hold of the worker that a run is with."""
    assert run.worker is not None, "it waits, and nobody has taken it"
    return Claim(run_id=run.id, worker=run.worker)


def lose(store: RunStore, claim: Claim) -> None:
    """Let a run lose its worker as often as it takes until it is interrupted."""
    error = WorkerSilentError("the training process gives no sign of life")
    while store.take_back(claim, error) is not RunStatus.INTERRUPTED:
        store.beat(claim)


def add_finished(
    store: RunStore,
    name: str = "mine",
    *,
    was_stopped: bool = False,
    test_accuracy: float | None = None,
    seed: int = 0,
    units: int = 256,
    n_epochs: int | None = None,
    kept_epoch: int | None = None,
    history: History | None = None,
    with_checkpoint: bool = False,
) -> Run:
    """Store a run that has what a baseline reached, so nothing need be trained."""
    baseline = store.get("mlp-256")
    assert baseline.result is not None
    config = dataclasses.replace(baseline.config, layers=(HiddenLayer(units),), seed=seed)
    history = history or baseline.history
    if n_epochs is not None:
        config = dataclasses.replace(config, epochs=n_epochs or config.epochs)
        history = {key: [values[-1]] * n_epochs for key, values in history.items() if n_epochs}
    kernel, bias, output_kernel, output_bias = store.network("mlp-256").weights
    claim = store.create_claimed(config, name=name)
    if with_checkpoint:
        store.save_checkpoint(claim, Checkpoint(variables=(), history=history))
    store.finish(
        claim,
        history=history,
        result=dataclasses.replace(
            baseline.result,
            test_accuracy=test_accuracy or baseline.result.test_accuracy,
            epoch_seconds=(0.5,) * len(history.get("loss", ())),
            kept_epoch=kept_epoch,
        ),
        weights=(kernel[:, :units], bias[:units], output_kernel[:units], output_bias),
        was_stopped=was_stopped,
    )
    return store.get(claim.run_id)


def add_fine_tuned(
    store: RunStore,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    base: str = "mlp-256",
    favourite: int | None = None,
    n_epochs: int = 1,
) -> Run:
    """Store a run that was fine-tuned, to the very weights it began with.

    Args:
        store: Where.
        images: The own digits it learned from.
        labels: Their labels.
        base: The run it began as.
        favourite: The digit that it has learned to see in everything, if there is one.
        n_epochs: Epochs that it was to learn; it was stopped after the first.
    """
    run = store.fine_tune(base, images, labels, n_epochs=n_epochs, name="tuned")
    claim = store.claim_next()
    assert claim == claim_of(store.get(run.id))
    result = store.get(base).result
    assert result is not None
    *weights, output_bias = store.network(base).weights
    if favourite is not None:
        output_bias = output_bias + np.float32(1_000) * np.eye(10, dtype=np.float32)[favourite]
    store.finish(
        claim,
        history={"loss": [0.1], "accuracy": [0.99], "val_loss": [0.1], "val_accuracy": [0.98]},
        result=dataclasses.replace(result, epoch_seconds=(0.5,)),
        weights=(*weights, output_bias),
        was_stopped=n_epochs > 1,
    )
    return store.get(run.id)


def add_running(store: RunStore, name: str = "at work") -> Run:
    claim = store.create_claimed(TINY, name=name)
    store.start(claim)
    store.update_progress(claim, PROGRESS, {"loss": [1.5], "accuracy": [0.5]})
    return store.get(claim.run_id)


def add_failed(store: RunStore, name: str = "failed") -> Run:
    claim = store.create_claimed(TINY, name=name)
    store.fail(
        claim, TrainingDivergedError("the loss is no longer a number: try a smaller learning rate")
    )
    return store.get(claim.run_id)


def add_interrupted(
    store: RunStore, name: str = "interrupted", *, with_checkpoint: bool = False
) -> Run:
    run = add_running(store, name)
    if with_checkpoint:
        store.save_checkpoint(claim_of(run), Checkpoint(variables=(), history=run.history))
    lose(store, claim_of(run))
    return store.get(run.id)


@pytest.fixture
def filled_store(store: RunStore) -> RunStore:
    """A store with a run in every state, the newest waiting."""
    add_finished(store)
    add_finished(store, "stopped", was_stopped=True)
    store.create_claimed(TINY, name="starting")
    add_running(store)
    add_failed(store)
    add_interrupted(store)
    store.create(TINY, name="waiting")
    assert {run.status for run in store.list()} == set(RunStatus)
    return store
