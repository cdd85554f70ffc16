"""What can be read of the stored runs, baselines included."""

import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from mnist_core.arrays import FloatArray
from mnist_core.errors import (
    EpochNotFoundError,
    InvalidConfigError,
    InvalidRunError,
    RunNotReadyError,
    StoreDamagedError,
)
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.i18n import N_
from mnist_core.network.forward import Network, unpack_weights
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.runs.fine_tuning import FineTuning
from mnist_core.runs.run import Run
from mnist_core.store.baselines import load_baseline_epochs, load_baseline_weights
from mnist_core.store.rows import is_epoch, not_found, run_from, select_runs
from mnist_core.store.schema import CHECKPOINTS, EPOCHS, FINE_TUNINGS, RUNS, WEIGHTS
from mnist_core.store.shelf import Shelf

_log = logging.getLogger(__name__)


def get(store: Shelf, run_id: str) -> Run:
    """Return a run by its id, or a baseline by its slug.

    Raises:
        InvalidConfigError: Another version has stored it.
        InvalidRunError: What is stored of it is damaged.
        RunNotFoundError: There is no such run.
        RunStoreError: The database cannot be read.
    """
    if run_id in store.shipped:
        return store.shipped[run_id]
    with store.database.read() as connection:
        row = connection.execute(select_runs().where(RUNS.c.id == run_id)).first()
    if row is None:
        raise not_found(run_id)
    return run_from(row)


def list_runs(store: Shelf) -> Sequence[Run]:
    """Return the runs of the workspace, newest first, without the baselines.

    They come without their progress, whose curves are long; `get` has it. One that another
    version has stored, or that is damaged, is left out.

    Raises:
        RunStoreError: The database cannot be read.
    """
    query = select_runs(with_progress=False).where(RUNS.c.workspace == store.workspace)
    try:
        with store.database.read() as connection:
            rows = connection.execute(query.order_by(RUNS.c.number.desc())).all()
    except StoreDamagedError:
        rows = _readable(store, query)
    runs = []
    for row in rows:
        try:
            runs.append(run_from(row))
        except (InvalidConfigError, InvalidRunError) as error:
            _log.warning("run %s cannot be read: %s", row.id, error)
    return runs


def _readable(store: Shelf, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    """Return the rows of a query for runs, newest first, that do not lie in a damaged place.

    Raises:
        StoreDamagedError: None of them can be read.
        RunStoreError: The database cannot be read.
    """
    with store.database.read() as connection:
        last = connection.execute(sa.select(sa.func.max(RUNS.c.number))).scalar() or 0
    rows: list[sa.Row[Any]] = []
    for number in range(last, 0, -1):
        try:
            with store.database.read() as connection:
                rows += connection.execute(query.where(RUNS.c.number == number)).all()
        except StoreDamagedError as error:
            if number == 1 and not rows:
                raise
            _log.warning("run number %s cannot be read: %s", number, error)
    return rows


def is_stop_requested(store: Shelf, run_id: str) -> bool:
    """Tell whether somebody asked a run to stop.

    Raises:
        RunStoreError: The database cannot be read.
    """
    query = sa.select(RUNS.c.stop_requested).where(RUNS.c.id == run_id)
    with store.database.read() as connection:
        return bool(connection.execute(query).scalar())


def baselines(store: Shelf) -> Sequence[Run]:
    """Return the runs that ship with the app."""
    return list(store.shipped.values())


def network(store: Shelf, run_id: str) -> Network:
    """Return the trained network of a run.

    Raises:
        InvalidBaselineError: It is a baseline whose weights are missing or damaged.
        InvalidWeightsError: Its weights are damaged.
        RunNotFoundError: There is no such run.
        RunNotReadyError: It has no trained network (yet).
        RunStoreError: The database cannot be read.
    """
    run = get(store, run_id)
    if run.is_baseline:
        return Network(run.config, load_baseline_weights(run_id))
    query = sa.select(WEIGHTS.c.content).where(WEIGHTS.c.run_id == run_id)
    with store.database.read() as connection:
        content = connection.execute(query).scalar()
    if content is None:
        raise RunNotReadyError(N_("the run {name} has no trained network"), name=run.name)
    return Network(run.config, unpack_weights(content))


def epochs(store: Shelf, run_id: str) -> Sequence[int]:
    """Return the epochs of a run whose answers are stored, counted from 1, ascending.

    There are none in a run of a version that did not store them.

    Raises:
        InvalidBaselineError: It is a baseline whose answers are missing or damaged.
        RunNotFoundError: There is no such run.
        RunStoreError: The database cannot be read.
    """
    if get(store, run_id).is_baseline:
        return sorted(load_baseline_epochs(run_id))
    query = sa.select(EPOCHS.c.epoch).where(EPOCHS.c.run_id == run_id)
    with store.database.read() as connection:
        return connection.execute(query.order_by(EPOCHS.c.epoch)).scalars().all()


def epoch(store: Shelf, run_id: str, epoch: int) -> EpochAnswers:
    """Return what a run's network answered to the test images after an epoch, counted from 1.

    Raises:
        EpochNotFoundError: It has no answers of this epoch.
        InvalidAnswersError: They are damaged.
        InvalidBaselineError: It is a baseline whose answers are missing or damaged.
        RunNotFoundError: There is no such run.
        RunStoreError: The database cannot be read.
    """
    run = get(store, run_id)
    if run.is_baseline:
        content = load_baseline_epochs(run_id).get(epoch)
    else:
        query = sa.select(EPOCHS.c.content).where(is_epoch(run_id, epoch))
        with store.database.read() as connection:
            content = connection.execute(query).scalar()
    if content is None:
        raise EpochNotFoundError(
            N_("the run {name} has no stored answers for epoch {epoch}"), name=run.name, epoch=epoch
        )
    return EpochAnswers.from_bytes(content)


def p_true_by_epoch(store: Shelf, run_id: str) -> dict[int, FloatArray]:
    """Return by epoch how probable the true digit of each test image was.

    Returns:
        Epoch, from 1, ascending -> float32, shape (n,), 0..1.

    Raises:
        InvalidAnswersError: The answers of an epoch are damaged.
        InvalidBaselineError: It is a baseline whose answers are missing or damaged.
        RunNotFoundError: There is no such run.
        RunStoreError: The database cannot be read.
    """
    if get(store, run_id).is_baseline:
        contents = load_baseline_epochs(run_id)
    else:
        query = sa.select(EPOCHS.c.epoch, EPOCHS.c.content).where(EPOCHS.c.run_id == run_id)
        with store.database.read() as connection:
            contents = {row.epoch: row.content for row in connection.execute(query)}
    return {
        epoch: EpochAnswers.from_bytes(content).p_true
        for epoch, content in sorted(contents.items())
    }


def fine_tuning(store: Shelf, run_id: str) -> FineTuning | None:
    """Return what a fine-tuned run began with; None for one that began with random weights.

    Raises:
        InvalidFineTuningError: What is stored of it is damaged.
        RunStoreError: The database cannot be read.
    """
    query = sa.select(FINE_TUNINGS).where(FINE_TUNINGS.c.run_id == run_id)
    with store.database.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else FineTuning.from_bytes(row.content, base=row.base)


def checkpoint(store: Shelf, run_id: str) -> Checkpoint | None:
    """Return the state that a run can go on from; None where it has none yet.

    Raises:
        InvalidCheckpointError: It is damaged.
        RunStoreError: The database cannot be read.
    """
    query = sa.select(CHECKPOINTS.c.content).where(CHECKPOINTS.c.run_id == run_id)
    with store.database.read() as connection:
        content = connection.execute(query).scalar()
    return None if content is None else Checkpoint.from_bytes(content)
