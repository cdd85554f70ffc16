"""A worker's hold on a run, and what the worker reports under it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from mnist_core.arrays import FloatArray
from mnist_core.errors import MnistCoreError
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.network.forward import pack_weights
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.runs.progress import History, Progress, Result
from mnist_core.runs.run import ACTIVE, RunStatus
from mnist_core.store.rows import failure_row, is_epoch, put, update_of
from mnist_core.store.schema import CHECKPOINTS, EPOCHS, RUNS, WEIGHTS
from mnist_core.store.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A worker's hold on a run, from when it takes the run until the run ends.

    A worker that was thought dead, and wakes after its run was given to another, holds a claim
    that is not the run's any more: whatever it reports changes nothing.

    Attributes:
        run_id: Which run.
        taken_at: When it was taken, in seconds since 1970; the run's `started_at` as long as the
            claim lasts.
    """

    run_id: str
    taken_at: float


def start(store: Shelf, claim: Claim, *, n_epochs: int = 0) -> bool:
    """Say that training begins now; False when the run is no longer wanted.

    Args:
        store: Where the run is.
        claim: The worker's hold on it.
        n_epochs: Epochs that it goes on from; the answers of later ones, which are trained anew,
            are forgotten.

    Raises:
        RunStoreError: The database cannot be written.
    """
    with store.database.transaction() as connection:
        is_wanted = _update(connection, claim, status=RunStatus.RUNNING)
        if is_wanted:
            connection.execute(
                sa.delete(EPOCHS).where(EPOCHS.c.run_id == claim.run_id, EPOCHS.c.epoch > n_epochs)
            )
    return is_wanted


def beat(store: Shelf, claim: Claim) -> bool:
    """Say that the run's worker lives; False when the run is no longer wanted.

    Raises:
        RunStoreError: The database cannot be written.
    """
    with store.database.transaction() as connection:
        return _update(connection, claim)


def update_progress(store: Shelf, claim: Claim, progress: Progress, history: History) -> bool:
    """Store how far a run has come; False when it was asked to stop, or is no longer wanted.

    Raises:
        RunStoreError: The database cannot be written.
    """
    values = {"progress": progress.to_dict(), "history": history}
    query = sa.select(RUNS.c.stop_requested).where(RUNS.c.id == claim.run_id)
    with store.database.transaction() as connection:
        is_wanted = _update(connection, claim, **values)
        return is_wanted and not connection.execute(query).scalar()


def save_checkpoint(store: Shelf, claim: Claim, checkpoint: Checkpoint) -> bool:
    """Store a state to go on from, in place of the one before; False when it is not wanted.

    Raises:
        RunStoreError: The database cannot be written.
    """
    content = checkpoint.to_bytes()
    with store.database.transaction() as connection:
        is_wanted = _update(connection, claim)
        if is_wanted:
            put(connection, CHECKPOINTS, claim.run_id, content)
    return is_wanted


def save_epoch(store: Shelf, claim: Claim, epoch: int, answers: EpochAnswers) -> bool:
    """Store the answers after an epoch, in place of those before; False when not wanted.

    Args:
        store: Where the run is.
        claim: The worker's hold on it.
        epoch: Counted from 1.
        answers: What the network answered to the test images.

    Raises:
        RunStoreError: The database cannot be written.
    """
    content = answers.to_bytes()
    with store.database.transaction() as connection:
        is_wanted = _update(connection, claim)
        if is_wanted:
            connection.execute(sa.delete(EPOCHS).where(is_epoch(claim.run_id, epoch)))
            connection.execute(
                sa.insert(EPOCHS).values(run_id=claim.run_id, epoch=epoch, content=content)
            )
    return is_wanted


def finish(
    store: Shelf,
    claim: Claim,
    *,
    history: History,
    result: Result,
    weights: Sequence[FloatArray],
    was_stopped: bool = False,
) -> bool:
    """Store what a run reached; False, and nothing stored, when it is no longer wanted.

    Args:
        store: Where the run is.
        claim: The worker's hold on it, which ends with this.
        history: One value per finished epoch, under Keras' names.
        result: How good the network is, and how long it took.
        weights: Kernel (inputs, units) and bias (units,) of each dense layer in turn, float32.
        was_stopped: Whether a person ended it early.

    Raises:
        RunStoreError: The database cannot be written.
    """
    with store.database.transaction() as connection:
        is_wanted = _update(
            connection,
            claim,
            status=RunStatus.STOPPED if was_stopped else RunStatus.FINISHED,
            history=history,
            result=result.to_dict(),
            finished_at=time.time(),
        )
        if is_wanted:
            put(connection, WEIGHTS, claim.run_id, pack_weights(weights))
    return is_wanted


def fail(store: Shelf, claim: Claim, error: MnistCoreError) -> bool:
    """Store why a run failed, and keep its progress; False when it is no longer wanted.

    Raises:
        RunStoreError: The database cannot be written.
    """
    return _end(store, claim, RunStatus.FAILED, error)


def interrupt(store: Shelf, claim: Claim, error: MnistCoreError) -> bool:
    """Store why a run lost its worker, and keep its progress; False when no longer wanted.

    Raises:
        RunStoreError: The database cannot be written.
    """
    return _end(store, claim, RunStatus.INTERRUPTED, error)


def _end(store: Shelf, claim: Claim, status: RunStatus, error: MnistCoreError) -> bool:
    failure = failure_row(error)
    with store.database.transaction() as connection:
        return _update(connection, claim, status=status, failure=failure, finished_at=time.time())


def _update(connection: sa.Connection, claim: Claim, **values: object) -> bool:
    """Change a run that is at work under this claim; False when it is not, or not wanted."""
    # Every report is a sign of life. Writes come first in a transaction, so that it holds the
    # lock from its beginning.
    statement = (
        update_of(claim.run_id, ACTIVE)
        .where(RUNS.c.started_at == claim.taken_at)
        .values(heartbeat_at=time.time(), **values)
    )
    return bool(connection.execute(statement).rowcount)
