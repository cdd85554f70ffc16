"""A worker's hold on a run, and what the worker reports under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from mnist_core.arrays import FloatArray
from mnist_core.errors import MnistCoreError
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.network.forward import pack_weights
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.runs.progress import History, Progress, Result
from mnist_core.runs.run import ACTIVE, RunStatus
from mnist_core.store.clock import now
from mnist_core.store.rows import failure_row, is_epoch, put, update_of
from mnist_core.store.schema import CHECKPOINTS, EPOCHS, RUNS, WEIGHTS
from mnist_core.store.shelf import Shelf

# A silent worker's run is in one of these, until another takes it.
_TAKEN_BACK: Final = (RunStatus.QUEUED, RunStatus.INTERRUPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A worker's hold on a run, from when it takes the run until the run ends.

    The hold is a lease, but its end is not the end of the work. A worker that was silent for so
    long that its run waits for another holds the run again with its next report, unless another
    has it by then: that ends the claim, and whatever is reported under it changes nothing.

    Attributes:
        run_id: Which run.
        worker: Who holds it; no two workers have the same name.
    """

    run_id: str
    worker: str


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
    with store.database.write() as connection:
        is_wanted = _update(connection, claim, status=RunStatus.RUNNING, failure=sa.null())
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
    with store.database.write() as connection:
        return _update(connection, claim)


def update_progress(store: Shelf, claim: Claim, progress: Progress, history: History) -> bool:
    """Store how far a run has come; False when it is no longer wanted.

    Raises:
        RunStoreError: The database cannot be written.
    """
    with store.database.write() as connection:
        return _update(connection, claim, progress=progress.to_dict(), history=history)


def save_checkpoint(store: Shelf, claim: Claim, checkpoint: Checkpoint) -> bool:
    """Store a state to go on from, in place of the one before; False when it is not wanted.

    Raises:
        RunStoreError: The database cannot be written.
    """
    content = checkpoint.to_bytes()
    with store.database.write() as connection:
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
    with store.database.write() as connection:
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
    with store.database.write() as connection:
        is_wanted = _update(
            connection,
            claim,
            status=RunStatus.STOPPED if was_stopped else RunStatus.FINISHED,
            history=history,
            result=result.to_dict(),
            failure=sa.null(),
            finished_at=now(),
        )
        if is_wanted:
            put(connection, WEIGHTS, claim.run_id, pack_weights(weights))
    return is_wanted


def fail(store: Shelf, claim: Claim, error: MnistCoreError) -> bool:
    """Store why a run failed, and keep its progress; False when it is no longer wanted.

    Raises:
        RunStoreError: The database cannot be written.
    """
    failure = failure_row(error)
    with store.database.write() as connection:
        return _update(
            connection, claim, status=RunStatus.FAILED, failure=failure, finished_at=now()
        )


def _update(connection: sa.Connection, claim: Claim, **values: object) -> bool:
    """Change a run that this claim holds; False when it does not, or the run is not wanted."""
    # Every report is a sign of life. Writes come first in a transaction, so that it holds the
    # lock from its beginning.
    statement = (
        update_of(claim.run_id, (*ACTIVE, *_TAKEN_BACK))
        .where(RUNS.c.worker == claim.worker)
        .values(
            {
                "status": sa.case(
                    (RUNS.c.status.in_(_TAKEN_BACK), RunStatus.RUNNING), else_=RUNS.c.status
                ),
                "beat": RUNS.c.beat + 1,
                "heartbeat_at": now(),
                **values,
            }
        )
    )
    return bool(connection.execute(statement).rowcount)
