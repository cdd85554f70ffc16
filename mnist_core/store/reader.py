"""What can be read of the stored runs."""

import logging
from collections.abc import Sequence

import sqlalchemy as sa

from mnist_core.arrays import FloatArray
from mnist_core.errors import (
    EpochNotFoundError,
    InvalidConfigError,
    RunNotFoundError,
    RunNotReadyError,
)
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.i18n import N_
from mnist_core.network.forward import Network, unpack_weights
from mnist_core.runs.fine_tuning import FineTuning
from mnist_core.runs.run import Run, RunStatus
from mnist_core.store.baselines import load_baseline_epochs, load_baseline_weights, load_baselines
from mnist_core.store.database import Database
from mnist_core.store.rows import QUEUE_ORDER, is_epoch, run_from, select_runs
from mnist_core.store.schema import EPOCHS, FINE_TUNINGS, RUNS, WEIGHTS

_log = logging.getLogger(__name__)


class RunReader:
    """The half of the run store that is only read, baselines included.

    Args:
        database: Where the runs are.
        workspace: Whose runs `list` gives.

    Raises:
        RunStoreError: From every method, when the database cannot be read.
    """

    def __init__(self, database: Database, *, workspace: str) -> None:
        self._database = database
        self._baselines = load_baselines()
        self.workspace = workspace

    def get(self, run_id: str) -> Run:
        """Return a run by its id, or a baseline by its slug.

        Raises:
            RunNotFoundError: There is none.
        """
        if run_id in self._baselines:
            return self._baselines[run_id]
        with self._database.transaction() as connection:
            row = connection.execute(select_runs().where(RUNS.c.id == run_id)).first()
        if row is None:
            raise not_found(run_id)
        return run_from(row)

    def list(self) -> Sequence[Run]:
        """Return the runs of the workspace, newest first, without the baselines.

        They come without their progress, whose curves are long; `get` has it.
        """
        query = select_runs(with_progress=False).where(RUNS.c.workspace == self.workspace)
        with self._database.transaction() as connection:
            rows = connection.execute(query.order_by(RUNS.c.number.desc())).all()
        runs = []
        for row in rows:
            try:
                runs.append(run_from(row))
            except InvalidConfigError as error:
                _log.warning("run %s was stored by another version: %s", row.id, error)
        return runs

    def baselines(self) -> Sequence[Run]:
        """Return the runs that ship with the app."""
        return list(self._baselines.values())

    def network(self, run_id: str) -> Network:
        """Return the trained network of a run.

        Raises:
            RunNotFoundError: There is no such run.
            RunNotReadyError: It has no trained network (yet).
        """
        run = self.get(run_id)
        if run.is_baseline:
            return Network(run.config, load_baseline_weights(run_id))
        query = sa.select(WEIGHTS.c.content).where(WEIGHTS.c.run_id == run_id)
        with self._database.transaction() as connection:
            content = connection.execute(query).scalar()
        if content is None:
            raise RunNotReadyError(N_("the run {name} has no trained network"), name=run.name)
        return Network(run.config, unpack_weights(content))

    def epochs(self, run_id: str) -> Sequence[int]:
        """Return the epochs of a run whose answers are stored, counted from 1, ascending.

        There are none in a run of a version that did not store them.

        Raises:
            RunNotFoundError: There is no such run.
        """
        if self.get(run_id).is_baseline:
            return sorted(load_baseline_epochs(run_id))
        query = sa.select(EPOCHS.c.epoch).where(EPOCHS.c.run_id == run_id)
        with self._database.transaction() as connection:
            return connection.execute(query.order_by(EPOCHS.c.epoch)).scalars().all()

    def epoch(self, run_id: str, epoch: int) -> EpochAnswers:
        """Return what a run's network answered to the test images after an epoch.

        Raises:
            RunNotFoundError: There is no such run.
            EpochNotFoundError: It has no answers of this epoch.
        """
        run = self.get(run_id)
        if run.is_baseline:
            content = load_baseline_epochs(run_id).get(epoch)
        else:
            query = sa.select(EPOCHS.c.content).where(is_epoch(run_id, epoch))
            with self._database.transaction() as connection:
                content = connection.execute(query).scalar()
        if content is None:
            raise EpochNotFoundError(
                N_("the run {name} has no answers of epoch {epoch}"), name=run.name, epoch=epoch
            )
        return EpochAnswers.from_bytes(content)

    def p_true_by_epoch(self, run_id: str) -> dict[int, FloatArray]:
        """Return by epoch how probable the true digit of each test image was, shape (n,).

        Raises:
            RunNotFoundError: There is no such run.
        """
        if self.get(run_id).is_baseline:
            contents = load_baseline_epochs(run_id)
        else:
            query = sa.select(EPOCHS.c.epoch, EPOCHS.c.content).where(EPOCHS.c.run_id == run_id)
            with self._database.transaction() as connection:
                contents = {row.epoch: row.content for row in connection.execute(query)}
        return {
            epoch: EpochAnswers.from_bytes(content).p_true
            for epoch, content in sorted(contents.items())
        }

    def fine_tuning(self, run_id: str) -> FineTuning | None:
        """Return what a fine-tuned run began with; None for one that began with random weights."""
        query = sa.select(FINE_TUNINGS).where(FINE_TUNINGS.c.run_id == run_id)
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        return None if row is None else FineTuning.from_bytes(row.content, base=row.base)

    def queue_position(self, run_id: str) -> int:
        """Count the waiting runs up to and with this one: 1 is next, 0 is not waiting."""
        with self._database.transaction() as connection:
            waiting = connection.execute(
                sa.select(RUNS.c.id).where(RUNS.c.status == RunStatus.QUEUED).order_by(*QUEUE_ORDER)
            ).scalars()
            ids = list(waiting)
        return ids.index(run_id) + 1 if run_id in ids else 0


def not_found(run_id: str) -> RunNotFoundError:
    """Give the error that names a run that is not there."""
    return RunNotFoundError(N_("there is no run {run_id}"), run_id=run_id)
