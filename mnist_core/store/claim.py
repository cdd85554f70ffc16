"""What workers say of their runs."""

import time
from collections.abc import Collection, Sequence
from typing import Final

import sqlalchemy as sa

from mnist_core.arrays import FloatArray
from mnist_core.errors import MnistCoreError, RunStoreError
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.i18n import N_
from mnist_core.network.forward import pack_weights
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.runs.progress import History, Progress, Result
from mnist_core.runs.run import ACTIVE, RunStatus
from mnist_core.store.database import Database
from mnist_core.store.rows import failure_row, is_epoch, put, update_of
from mnist_core.store.schema import CHECKPOINTS, EPOCHS, RUNS, WEIGHTS

# A worker beats once a second. Before its first beat it may spend long loading TensorFlow.
_STALE_RUNNING_SECONDS: Final = 10.0
_STALE_STARTING_SECONDS: Final = 60.0


class RunReports:
    """The half of the run store that workers write into.

    `claim` is the run's `started_at` when the worker took it: a worker that was thought dead, and
    wakes after the run was given to another, changes nothing. Without a claim nobody else can have
    it.

    Args:
        database: Where the runs are.

    Raises:
        RunStoreError: From every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, run_id: str, *, n_epochs: int = 0, claim: float | None = None) -> bool:
        """Say that training begins now; False when the run is no longer wanted.

        Args:
            run_id: Which run.
            n_epochs: Epochs that it goes on from; the answers of later ones, which are trained
                anew, are forgotten.
            claim: See the class.
        """
        with self._database.transaction() as connection:
            is_wanted = _update_active(connection, run_id, claim, status=RunStatus.RUNNING)
            if is_wanted:
                connection.execute(
                    sa.delete(EPOCHS).where(EPOCHS.c.run_id == run_id, EPOCHS.c.epoch > n_epochs)
                )
        return is_wanted

    def beat(self, run_id: str, *, claim: float | None = None) -> bool:
        """Say that the run's worker lives; False when the run is no longer wanted."""
        with self._database.transaction() as connection:
            return _update_active(connection, run_id, claim)

    def update_progress(
        self, run_id: str, progress: Progress, history: History, *, claim: float | None = None
    ) -> bool:
        """Store how far a run has come; False when it was asked to stop, or is gone."""
        values = {"progress": progress.to_dict(), "history": history}
        query = sa.select(RUNS.c.stop_requested).where(RUNS.c.id == run_id)
        with self._database.transaction() as connection:
            is_wanted = _update_active(connection, run_id, claim, **values)
            return is_wanted and not connection.execute(query).scalar()

    def save_checkpoint(
        self, run_id: str, checkpoint: Checkpoint, *, claim: float | None = None
    ) -> bool:
        """Store a state to go on from, in place of the one before; False when it is not wanted."""
        content = checkpoint.to_bytes()
        with self._database.transaction() as connection:
            is_wanted = _update_active(connection, run_id, claim)
            if is_wanted:
                put(connection, CHECKPOINTS, run_id, content)
        return is_wanted

    def save_epoch(
        self, run_id: str, epoch: int, answers: EpochAnswers, *, claim: float | None = None
    ) -> bool:
        """Store the answers after an epoch, in place of those before; False when not wanted."""
        content = answers.to_bytes()
        with self._database.transaction() as connection:
            is_wanted = _update_active(connection, run_id, claim)
            if is_wanted:
                connection.execute(sa.delete(EPOCHS).where(is_epoch(run_id, epoch)))
                connection.execute(
                    sa.insert(EPOCHS).values(run_id=run_id, epoch=epoch, content=content)
                )
        return is_wanted

    def checkpoint(self, run_id: str) -> Checkpoint | None:
        """Return the state that a run can go on from; None where it has none yet."""
        query = sa.select(CHECKPOINTS.c.content).where(CHECKPOINTS.c.run_id == run_id)
        with self._database.transaction() as connection:
            content = connection.execute(query).scalar()
        return None if content is None else Checkpoint.from_bytes(content)

    def finish(
        self,
        run_id: str,
        *,
        history: History,
        result: Result,
        weights: Sequence[FloatArray],
        was_stopped: bool = False,
        claim: float | None = None,
    ) -> bool:
        """Store what a run reached; False, and nothing stored, when it is no longer wanted."""
        with self._database.transaction() as connection:
            is_wanted = _update_active(
                connection,
                run_id,
                claim,
                status=RunStatus.STOPPED if was_stopped else RunStatus.FINISHED,
                history=history,
                result=result.to_dict(),
                finished_at=time.time(),
            )
            if is_wanted:
                put(connection, WEIGHTS, run_id, pack_weights(weights))
        return is_wanted

    def fail(self, run_id: str, error: MnistCoreError, *, claim: float | None = None) -> bool:
        """Store why a run failed, and keep its progress; False when it had already ended."""
        return self._end(run_id, RunStatus.FAILED, error, claim)

    def interrupt(self, run_id: str, error: MnistCoreError, *, claim: float | None = None) -> bool:
        """Store why a run lost its worker; False when it had already ended."""
        return self._end(run_id, RunStatus.INTERRUPTED, error, claim)

    def interrupt_stale(self, *, except_ids: Collection[str] = ()) -> int:
        """Interrupt the runs whose worker has been silent for too long; return how many.

        Args:
            except_ids: Runs whose workers the caller watches itself.
        """
        now = time.time()
        error = RunStoreError(N_("the training process stopped responding; its progress is kept"))
        statement = (
            sa.update(RUNS)
            .where(
                sa.or_(
                    sa.and_(
                        RUNS.c.status == RunStatus.RUNNING,
                        RUNS.c.heartbeat_at < now - _STALE_RUNNING_SECONDS,
                    ),
                    sa.and_(
                        RUNS.c.status == RunStatus.STARTING,
                        RUNS.c.heartbeat_at < now - _STALE_STARTING_SECONDS,
                    ),
                ),
                RUNS.c.id.not_in(except_ids),
            )
            .values(status=RunStatus.INTERRUPTED, failure=failure_row(error), finished_at=now)
        )
        with self._database.transaction() as connection:
            return int(connection.execute(statement).rowcount)

    def _end(
        self, run_id: str, status: RunStatus, error: MnistCoreError, claim: float | None = None
    ) -> bool:
        return self._update(
            run_id,
            (RunStatus.QUEUED, *ACTIVE),
            claim,
            status=status,
            failure=failure_row(error),
            finished_at=time.time(),
        )

    def _update(
        self,
        run_id: str,
        statuses: Sequence[RunStatus],
        claim: float | None = None,
        **values: object,
    ) -> bool:
        with self._database.transaction() as connection:
            statement = update_of(run_id, statuses, claim).values(**values)
            return bool(connection.execute(statement).rowcount)


def _update_active(
    connection: sa.Connection, run_id: str, claim: float | None, **values: object
) -> bool:
    """Change an active run, which lives as long as somebody does; False when it is not wanted."""
    # Writes come first in a transaction, so that it holds the lock from its beginning.
    statement = update_of(run_id, ACTIVE, claim).values(heartbeat_at=time.time(), **values)
    return bool(connection.execute(statement).rowcount)
