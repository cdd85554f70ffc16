"""The run store: one row a run, the only place where pages and workers meet."""

from collections.abc import Mapping
from typing import Final

from mnist_core.runs.run import Run
from mnist_core.store import changes, claim, creation, queue, reader, room
from mnist_core.store.baselines import load_baselines
from mnist_core.store.database import PAGE_PATIENCE_SECONDS, Database

DEFAULT_WORKSPACE: Final = "local"


class RunStore:
    """Runs in a database that SQLAlchemy speaks to; safe to share between threads.

    Its methods are the functions of the modules beside this one. Baselines are found by their
    slug in every workspace and cannot be changed.

    Args:
        url: An SQLAlchemy URL; `default_url()` when None. No database is opened before first use.
        workspace: Whose runs `list` and `create` deal with.
        patience_seconds: How long to wait for the lock of another program.

    Raises:
        InvalidBaselineError: A baseline's file is missing or damaged.
        InvalidEnvironmentError: The URL names no database that can be used.
        RunStoreError: From every method, when the database cannot be read or written.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        workspace: str = DEFAULT_WORKSPACE,
        patience_seconds: float = PAGE_PATIENCE_SECONDS,
    ) -> None:
        self.database = Database(url, patience_seconds=patience_seconds)
        self.workspace = workspace
        self.shipped: Mapping[str, Run] = load_baselines()

    @property
    def url(self) -> str:
        """Where the database is."""
        return self.database.url

    def close(self) -> None:
        """Let go of the database connections."""
        self.database.close()

    # What can be read.
    get = reader.get
    is_stop_requested = reader.is_stop_requested
    list = reader.list_runs
    baselines = reader.baselines
    network = reader.network
    epochs = reader.epochs
    epoch = reader.epoch
    p_true_by_epoch = reader.p_true_by_epoch
    fine_tuning = reader.fine_tuning
    checkpoint = reader.checkpoint

    # New runs.
    create = creation.create
    create_claimed = creation.create_claimed
    adopt = creation.adopt
    fine_tune = creation.fine_tune

    # What people do to runs.
    rename = changes.rename
    delete = changes.delete
    restore = changes.restore
    go_on = changes.go_on
    request_stop = changes.request_stop

    # The queue.
    queue_position = queue.queue_position
    claim_next = queue.claim_next
    claim_run = queue.claim_run
    n_waiting = queue.n_waiting
    beats = queue.beats
    take_back = queue.take_back

    # The room that it takes.
    size = room.size
    tidy = room.tidy
    keep_reserve = room.keep_reserve

    # What a worker reports of the run that it holds.
    start = claim.start
    beat = claim.beat
    update_progress = claim.update_progress
    save_checkpoint = claim.save_checkpoint
    save_epoch = claim.save_epoch
    finish = claim.finish
    fail = claim.fail
