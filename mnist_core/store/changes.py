"""What people do to the runs that are there."""

import dataclasses

import sqlalchemy as sa

from mnist_core.errors import RunNotReadyError, RunReadOnlyError, StoreFullError
from mnist_core.i18n import N_
from mnist_core.runs.run import ACTIVE, Run, RunStatus
from mnist_core.store import reader, room
from mnist_core.store.clock import now
from mnist_core.store.queue import next_queue_number
from mnist_core.store.rows import clean_name, former_row, not_found, put, select_runs, update_of
from mnist_core.store.schema import DELETED, FORMER, RUNS
from mnist_core.store.shelf import Shelf


def rename(store: Shelf, run_id: str, name: str) -> None:
    """Give a run another name.

    Raises:
        RunNotFoundError: There is no such run.
        RunReadOnlyError: It is a baseline.
        RunStoreError: The database cannot be written.
    """
    _check_changeable(store, run_id)
    statement = update_of(run_id, tuple(RunStatus)).values(name=clean_name(name))
    with store.database.write() as connection:
        is_found = connection.execute(statement).rowcount
    if not is_found:
        raise not_found(run_id)


def delete(store: Shelf, run_id: str) -> None:
    """Remove a run, which `restore` can bring back; one at work notices and ends.

    It is gone for good a day later, or at once where the disk is full.

    Raises:
        RunNotFoundError: There is no such run.
        RunReadOnlyError: It is a baseline.
        RunStoreError: The database cannot be read or written.
    """
    _check_changeable(store, run_id)
    if room.is_tight(store):
        reader.get(store, run_id)  # raises when there is no such run
        room.delete_for_good(store, run_id)
        return
    try:
        _mark_deleted(store, run_id)
    except StoreFullError:
        room.delete_for_good(store, run_id)


def _mark_deleted(store: Shelf, run_id: str) -> None:
    unended = (RunStatus.QUEUED, *ACTIVE)
    with store.database.write() as connection:
        found = connection.execute(select_runs().where(RUNS.c.id == run_id)).first()
        if found is None:
            raise not_found(run_id)
        connection.execute(
            sa.update(RUNS)
            .where(RUNS.c.id == run_id, RUNS.c.status.in_(unended))
            .values(status=RunStatus.STOPPED, finished_at=now())
        )
        connection.execute(sa.insert(DELETED).values(run_id=run_id, deleted_at=now()))


def restore(store: Shelf, run_id: str) -> None:
    """Bring a deleted run back; one that was waiting or at work comes back stopped.

    Raises:
        RunNotFoundError: No such run has been deleted, or it is gone for good.
        RunStoreError: The database cannot be written.
    """
    with store.database.write() as connection:
        is_restored = connection.execute(
            sa.delete(DELETED).where(DELETED.c.run_id == run_id)
        ).rowcount
    if not is_restored:
        raise not_found(run_id)


def go_on(store: Shelf, run_id: str, *, n_epochs: int) -> Run:
    """Let an ended run wait for a worker again, to train so many epochs after those it has.

    It keeps its history, its result and its weights until there are new ones.

    Raises:
        InvalidConfigError: It would have more epochs than a run may have.
        RunNotFoundError: There is no such run.
        RunNotReadyError: It is not ended, or has nothing to go on from.
        RunReadOnlyError: It is a baseline.
        RunStoreError: The database cannot be read or written.
    """
    _check_changeable(store, run_id)
    run = reader.get(store, run_id)
    if not run.can_go_on:
        raise RunNotReadyError(N_("the run {name} cannot be trained further"), name=run.name)
    config = dataclasses.replace(run.config, epochs=run.n_epochs_done + n_epochs)
    with store.database.write() as connection:
        # Not if somebody else was faster.
        is_first = connection.execute(
            update_of(run_id, (run.status,)).values(
                status=RunStatus.QUEUED,
                config=config.to_dict(),
                stop_requested=False,
                failure=sa.null(),
                started_at=None,
                heartbeat_at=now(),
                queue_number=next_queue_number(),
                worker=None,
                n_losses=0,
            )
        ).rowcount
        if is_first:
            put(connection, FORMER, run_id, former_row(run))
    return reader.get(store, run_id)


def request_stop(store: Shelf, run_id: str) -> None:
    """Ask a run to stop; one that waits is stopped at once, one that ended stays as it is.

    One that waits to go on becomes what it was before.

    Raises:
        RunNotFoundError: There is no such run.
        RunReadOnlyError: It is a baseline.
        RunStoreError: The database cannot be read or written.
    """
    _check_changeable(store, run_id)
    query = sa.select(FORMER.c.content).where(FORMER.c.run_id == run_id)
    is_waiting = sa.and_(RUNS.c.id == run_id, RUNS.c.status == RunStatus.QUEUED)
    with store.database.write() as connection:
        former = connection.execute(query).scalar()
        if former is not None:
            # Not if it has trained since, and only lost its worker.
            connection.execute(
                sa.update(RUNS).where(is_waiting, RUNS.c.n_losses == 0).values(former)
            )
        connection.execute(
            sa.update(RUNS)
            .where(is_waiting)
            .values(status=RunStatus.STOPPED, finished_at=now(), failure=sa.null())
        )
        is_found = connection.execute(
            sa.update(RUNS)
            .where(RUNS.c.id == run_id, RUNS.c.status.in_(ACTIVE))
            .values(stop_requested=True)
        ).rowcount
    if not is_found:
        reader.get(store, run_id)  # raises when there is no such run


def _check_changeable(store: Shelf, run_id: str) -> None:
    if run_id in store.shipped:
        raise RunReadOnlyError(N_("{name} ships with the app and cannot be changed"), name=run_id)
