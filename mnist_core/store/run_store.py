"""The run store: one row a run, the only place where pages and workers meet."""

import dataclasses
import secrets
import time
from typing import Any, Final

import sqlalchemy as sa

from mnist_core.arrays import Images, Labels
from mnist_core.errors import InvalidConfigError, RunNotReadyError, RunReadOnlyError
from mnist_core.i18n import N_
from mnist_core.runs.fine_tuning import FineTuning, fine_tuning_config, n_mixed
from mnist_core.runs.run import ACTIVE, Run, RunStatus
from mnist_core.settings.config import TrainingConfig
from mnist_core.store.claim import RunReports
from mnist_core.store.database import Database
from mnist_core.store.reader import RunReader, not_found
from mnist_core.store.rows import QUEUE_ORDER, former_row, put, select_runs, update_of
from mnist_core.store.schema import (
    CHECKPOINTS,
    DELETED,
    EPOCHS,
    FINE_TUNINGS,
    FORMER,
    MAX_NAME_LENGTH,
    RUNS,
    WEIGHTS,
)

DEFAULT_WORKSPACE: Final = "local"

# How long a deleted run can be brought back.
_UNDO_SECONDS: Final = 24 * 3_600.0


class RunStore(RunReader, RunReports):
    """Runs in a database that SQLAlchemy speaks to; safe to share between threads.

    Baselines are found by their slug in every workspace and cannot be changed.

    Args:
        url: An SQLAlchemy URL; `default_url()` when None. No database is opened before first use.
        workspace: Whose runs `list` and `create` deal with.

    Raises:
        RunStoreError: From every method, when the database cannot be read or written.
    """

    def __init__(self, url: str | None = None, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        database = Database(url)
        RunReader.__init__(self, database, workspace=workspace)
        RunReports.__init__(self, database)
        self.url = database.url

    def create(self, config: TrainingConfig, *, name: str, is_claimed: bool = False) -> Run:
        """Store a new run and return it.

        Args:
            config: Its settings.
            name: What a person calls it.
            is_claimed: Whether the caller trains it itself, so that no worker takes it.
        """
        with self._database.transaction() as connection:
            run_id = self._insert(connection, config, name=name, is_claimed=is_claimed)
        return self.get(run_id)

    def fine_tune(
        self, run_id: str, images: Images, labels: Labels, *, n_epochs: int, name: str
    ) -> Run:
        """Store a new run that begins with the weights of a trained one and learns own digits too.

        It waits for a worker; the other run stays as it is. Every step is as large as the last
        ones of the other run, and the optimiser starts afresh.

        Args:
            run_id: The trained run, or a baseline.
            images: The own digits, uint8, shape (n, 28, 28), n at least 1.
            labels: Their labels, uint8, shape (n,).
            n_epochs: Epochs to train.
            name: What a person calls the new run.

        Raises:
            InvalidConfigError: The epochs are outside their limits, or the trained run learns from
                fewer images than there are own digits.
            InvalidImageError: The images are not uint8 of shape (n, 28, 28).
            InvalidLabelsError: There are no digits, not as many labels, or a label is none.
            RunNotFoundError: There is no such run.
            RunNotReadyError: It has no trained network (yet).
        """
        base = self.get(run_id)
        weights = self.network(run_id).weights
        config = fine_tuning_config(base, n_epochs=n_epochs)
        n_mixed(config, len(images))  # raises now what the worker would raise later
        before = self.fine_tuning(run_id)
        tuning = FineTuning(
            base=base.title,
            weights=weights,
            images=images,
            labels=labels,
            known=before.learned if before else images[:0],
        )
        content = tuning.to_bytes()
        with self._database.transaction() as connection:
            new_id = self._insert(connection, config, name=name)
            connection.execute(
                sa.insert(FINE_TUNINGS).values(
                    run_id=new_id, base_id=base.id, base=tuning.base, content=content
                )
            )
        return self.get(new_id)

    def _insert(
        self,
        connection: sa.Connection,
        config: TrainingConfig,
        *,
        name: str,
        is_claimed: bool = False,
    ) -> str:
        """Insert a run and return its id."""
        run_id = secrets.token_hex(4)
        now = time.time()
        connection.execute(
            sa.insert(RUNS).values(
                id=run_id,
                workspace=self.workspace,
                name=_clean_name(name),
                status=RunStatus.STARTING if is_claimed else RunStatus.QUEUED,
                config=config.to_dict(),
                history={},
                created_at=now,
                started_at=now if is_claimed else None,
                heartbeat_at=now,
            )
        )
        return run_id

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name.

        Raises:
            RunNotFoundError: There is no such run.
            RunReadOnlyError: It is a baseline.
        """
        self._change(run_id, name=_clean_name(name))

    def delete(self, run_id: str) -> None:
        """Remove a run, which `restore` can bring back; one at work notices and ends.

        It is gone for good when another is deleted a day later.

        Raises:
            RunNotFoundError: There is no such run.
            RunReadOnlyError: It is a baseline.
        """
        self._check_changeable(run_id)
        now = time.time()
        unended = (RunStatus.QUEUED, *ACTIVE)
        with self._database.transaction() as connection:
            self._purge(connection, before=now - _UNDO_SECONDS)
            found = connection.execute(select_runs().where(RUNS.c.id == run_id)).first()
            if found is None:
                raise not_found(run_id)
            connection.execute(
                sa.update(RUNS)
                .where(RUNS.c.id == run_id, RUNS.c.status.in_(unended))
                .values(status=RunStatus.STOPPED, finished_at=now)
            )
            connection.execute(sa.insert(DELETED).values(run_id=run_id, deleted_at=now))

    def restore(self, run_id: str) -> None:
        """Bring a deleted run back; one that was waiting or at work comes back stopped.

        Raises:
            RunNotFoundError: No such run has been deleted, or it is gone for good.
        """
        with self._database.transaction() as connection:
            restored = connection.execute(
                sa.delete(DELETED).where(DELETED.c.run_id == run_id)
            ).rowcount
        if not restored:
            raise not_found(run_id)

    @staticmethod
    def _purge(connection: sa.Connection, *, before: float) -> None:
        """Remove for good what was deleted before a time."""
        old = sa.select(DELETED.c.run_id).where(DELETED.c.deleted_at < before)
        connection.execute(sa.delete(RUNS).where(RUNS.c.id.in_(old)))
        for table in (WEIGHTS, CHECKPOINTS, EPOCHS, FORMER, FINE_TUNINGS):
            connection.execute(sa.delete(table).where(table.c.run_id.in_(old)))
        connection.execute(sa.delete(DELETED).where(DELETED.c.deleted_at < before))

    def go_on(self, run_id: str, *, n_epochs: int) -> Run:
        """Let an ended run wait for a worker again, to train so many epochs after those it has.

        It keeps its history, its result and its weights until there are new ones.

        Raises:
            InvalidConfigError: It would have more epochs than a run may have.
            RunNotFoundError: There is no such run.
            RunNotReadyError: It is not ended, or has nothing to go on from.
            RunReadOnlyError: It is a baseline.
        """
        self._check_changeable(run_id)
        run = self.get(run_id)
        if not run.can_go_on:
            raise RunNotReadyError(N_("the run {name} cannot be trained further"), name=run.name)
        config = dataclasses.replace(run.config, epochs=run.n_epochs_done + n_epochs)
        with self._database.transaction() as connection:
            # Not if somebody else was faster.
            is_first = connection.execute(
                update_of(run_id, (run.status,), None).values(
                    status=RunStatus.QUEUED,
                    config=config.to_dict(),
                    stop_requested=False,
                    failure=sa.null(),
                    started_at=None,
                    heartbeat_at=time.time(),
                )
            ).rowcount
            if is_first:
                put(connection, FORMER, run_id, former_row(run))
        return self.get(run_id)

    def request_stop(self, run_id: str) -> None:
        """Ask a run to stop; one that waits is stopped at once, one that ended stays as it is.

        One that waits to go on becomes what it was before.

        Raises:
            RunNotFoundError: There is no such run.
            RunReadOnlyError: It is a baseline.
        """
        self._check_changeable(run_id)
        query = sa.select(FORMER.c.content).where(FORMER.c.run_id == run_id)
        # Read apart: a transaction that begins with reading may find no way to write.
        with self._database.transaction() as connection:
            former = connection.execute(query).scalar()
        with self._database.transaction() as connection:
            connection.execute(
                sa.update(RUNS)
                .where(RUNS.c.id == run_id, RUNS.c.status == RunStatus.QUEUED)
                .values(former or {"status": RunStatus.STOPPED, "finished_at": time.time()})
            )
            found = connection.execute(
                sa.update(RUNS)
                .where(RUNS.c.id == run_id, RUNS.c.status.in_(ACTIVE))
                .values(stop_requested=True)
            ).rowcount
        if not found:
            self.get(run_id)  # raises when there is no such run

    def claim_next(self) -> Run | None:
        """Take the run that has waited longest, of any workspace, for a worker; None if none."""
        query = (
            sa.select(RUNS.c.id)
            .where(RUNS.c.status == RunStatus.QUEUED)
            .order_by(*QUEUE_ORDER)
            .limit(1)
        )
        while True:
            with self._database.transaction() as connection:
                run_id = connection.execute(query).scalar()
            if run_id is None:
                return None
            now = time.time()
            # Another server may be faster: only one of them finds the row still waiting.
            if self._update(
                run_id,
                (RunStatus.QUEUED,),
                status=RunStatus.STARTING,
                started_at=now,
                heartbeat_at=now,
            ):
                try:
                    return self.get(run_id)
                except InvalidConfigError as error:
                    self.fail(run_id, error)  # stored by another version; the next may go

    def close(self) -> None:
        """Let go of the database connections."""
        self._database.close()

    def _change(self, run_id: str, **values: Any) -> None:
        self._check_changeable(run_id)
        if not self._update(run_id, tuple(RunStatus), **values):
            raise not_found(run_id)

    def _check_changeable(self, run_id: str) -> None:
        if run_id in self._baselines:
            raise RunReadOnlyError(
                N_("{name} ships with the app and cannot be changed"), name=run_id
            )


def _clean_name(name: str) -> str:
    return " ".join(name.split())[:MAX_NAME_LENGTH] or "run"
