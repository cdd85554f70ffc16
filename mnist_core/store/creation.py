"""New runs."""

import secrets
import time
from typing import Any

import sqlalchemy as sa

from mnist_core.arrays import Images, Labels
from mnist_core.runs.fine_tuning import FineTuning, fine_tuning_config, n_mixed
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.config import TrainingConfig
from mnist_core.store import reader
from mnist_core.store.claim import Claim
from mnist_core.store.rows import clean_name
from mnist_core.store.schema import FINE_TUNINGS, RUNS
from mnist_core.store.shelf import Shelf


def create(store: Shelf, config: TrainingConfig, *, name: str) -> Run:
    """Store a new run, which waits for a worker, and return it.

    Args:
        store: Where.
        config: Its settings.
        name: What a person calls it.

    Raises:
        RunStoreError: The database cannot be read or written.
    """
    with store.database.transaction() as connection:
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
    now = time.time()
    with store.database.transaction() as connection:
        run_id = _insert(
            connection,
            store.workspace,
            config,
            name=name,
            status=RunStatus.STARTING,
            created_at=now,
            started_at=now,
        )
    return Claim(run_id=run_id, taken_at=now)


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
    content = tuning.to_bytes()
    with store.database.transaction() as connection:
        new_id = _insert(connection, store.workspace, config, name=name)
        connection.execute(
            sa.insert(FINE_TUNINGS).values(
                run_id=new_id, base_id=base.id, base=tuning.base, content=content
            )
        )
    return reader.get(store, new_id)


def _insert(
    connection: sa.Connection, workspace: str, config: TrainingConfig, *, name: str, **values: Any
) -> str:
    """Insert a run that waits, unless the values say otherwise; return its id."""
    run_id = secrets.token_hex(4)
    now = time.time()
    row = {
        "id": run_id,
        "workspace": workspace,
        "name": clean_name(name),
        "status": RunStatus.QUEUED,
        "config": config.to_dict(),
        "history": {},
        "created_at": now,
        "heartbeat_at": now,
        **values,
    }
    connection.execute(sa.insert(RUNS).values(row))
    return run_id
