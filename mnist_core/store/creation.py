"""New runs."""

import secrets
from typing import Any

import sqlalchemy as sa

from mnist_core.arrays import Images, Labels
from mnist_core.runs.fine_tuning import FineTuning, fine_tuning_config, n_mixed
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.config import TrainingConfig
from mnist_core.store import reader, room
from mnist_core.store.claim import Claim
from mnist_core.store.clock import now
from mnist_core.store.queue import new_worker, next_queue_number
from mnist_core.store.rows import clean_name
from mnist_core.store.schema import DELETED, FINE_TUNINGS, RUNS
from mnist_core.store.shelf import Shelf


def create(store: Shelf, config: TrainingConfig, *, name: str) -> Run:
    """Store a new run, which waits for a worker, and return it.

    Args:
        store: Where.
        config: Its settings.
        name: What a person calls it.

    Raises:
        StoreFullError: The store holds as much as it may.
        RunStoreError: The database cannot be read or written.
    """
    room.check(store)
    with store.database.write() as connection:
        run_id = _insert(connection, store.workspace, config, name=name)
    return reader.get(store, run_id)


def create_claimed(store: Shelf, config: TrainingConfig, *, name: str) -> Claim:
    """Store a new run that the caller trains itself, so that no worker takes it.

    Args:
        store: Where.
        config: Its settings.
        name: What a person calls it.

    Returns:
        The caller's hold on the run.

    Raises:
        RunStoreError: The database cannot be written.
    """
    room.check(store)
    worker = new_worker()
    with store.database.write() as connection:
        run_id = _insert(
            connection,
            store.workspace,
            config,
            name=name,
            status=RunStatus.STARTING,
            started_at=now(),
            worker=worker,
        )
    return Claim(run_id=run_id, worker=worker)


def adopt(store: Shelf, run: Run, claim: Claim, *, tuning: FineTuning | None) -> bool:
    """Store a run again that a worker is at work on, in a store that has never heard of it.

    That is so when the file of the store was deleted or replaced meanwhile.

    Args:
        store: Where.
        run: The run as it was when the worker took it.
        claim: The worker's hold on it.
        tuning: What it began with, if it is fine-tuned.

    Returns:
        False if the store knows the run, be it as a deleted one.

    Raises:
        RunStoreError: The database cannot be read or written.
    """
    with store.database.write() as connection:
        for column in (RUNS.c.id, DELETED.c.run_id):
            if connection.execute(sa.select(column).where(column == run.id)).first():
                return False
        _insert(
            connection,
            run.workspace or store.workspace,
            run.config,
            name=run.name,
            id=run.id,
            status=RunStatus.RUNNING,
            created_at=run.created_at,
            started_at=now(),
            worker=claim.worker,
        )
        if tuning is not None and run.base_id is not None:
            _insert_tuning(connection, run.id, run.base_id, tuning)
    return True


def fine_tune(
    store: Shelf, run_id: str, images: Images, labels: Labels, *, n_epochs: int, name: str
) -> Run:
    """Store a new run that begins with the weights of a trained one and learns own digits too.

    It waits for a worker; the other run stays as it is. Every step is as large as the last ones
    of the other run, and the optimiser starts afresh.

    Args:
        store: Where.
        run_id: The trained run, or a baseline.
        images: The own digits, uint8, shape (n, 28, 28), n at least 1.
        labels: Their labels, uint8, shape (n,).
        n_epochs: Epochs to train.
        name: What a person calls the new run.

    Raises:
        InvalidConfigError: The epochs are outside their limits, or the trained run learns from
            fewer images than there are own digits.
        InvalidImageError: The images are not uint8 of shape (n, 28, 28).
        InvalidLabelsError: There are no digits, not as many labels, or a label is not a digit.
        InvalidWeightsError: The weights of the trained run are damaged.
        RunNotFoundError: There is no such run.
        RunNotReadyError: It has no trained network (yet).
        RunStoreError: The database cannot be read or written.
    """
    base = reader.get(store, run_id)
    weights = reader.network(store, run_id).weights
    config = fine_tuning_config(base, n_epochs=n_epochs)
    n_mixed(config, len(images))  # raises now what the worker would raise later
    before = reader.fine_tuning(store, run_id)
    tuning = FineTuning(
        base=base.title,
        weights=weights,
        images=images,
        labels=labels,
        known=before.learned if before else images[:0],
    )
    room.check(store)
    with store.database.write() as connection:
        new_id = _insert(connection, store.workspace, config, name=name)
        _insert_tuning(connection, new_id, base.id, tuning)
    return reader.get(store, new_id)


def _insert(
    connection: sa.Connection, workspace: str, config: TrainingConfig, *, name: str, **values: Any
) -> str:
    """Insert a run that waits, unless the values say otherwise; return its id."""
    row = {
        "id": secrets.token_hex(4),
        "workspace": workspace,
        "name": clean_name(name),
        "status": RunStatus.QUEUED,
        "config": config.to_dict(),
        "history": {},
        "created_at": now(),
        "heartbeat_at": now(),
        "queue_number": next_queue_number(),
        **values,
    }
    connection.execute(sa.insert(RUNS).values(row))
    return str(row["id"])


def _insert_tuning(
    connection: sa.Connection, run_id: str, base_id: str, tuning: FineTuning
) -> None:
    connection.execute(
        sa.insert(FINE_TUNINGS).values(
            run_id=run_id, base_id=base_id, base=tuning.base, content=tuning.to_bytes()
        )
    )
