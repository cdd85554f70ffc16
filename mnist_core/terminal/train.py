"""Train a network and store the run."""

import argparse
import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mnist_core.errors import MnistCoreError, WorkerClosedError
from mnist_core.i18n import N_
from mnist_core.runs.progress import History
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.architecture import count_parameters
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.cost import memory_bytes
from mnist_core.store.claim import Claim
from mnist_core.store.run_store import RunStore
from mnist_core.terminal.listing import describe
from mnist_core.terminal.options import chosen_config
from mnist_core.terminal.output import print_json, say, tell
from mnist_core.workers import machine, worker

FAILED_RUN: Final = 1
_WAIT_SECONDS: Final = 1.0
_MAX_WAITED: Final = 5  # times, for another process
_LOOK_SECONDS: Final = 0.3


def train(options: argparse.Namespace) -> int:
    """Train a network; return 0, or 1 where the run failed."""
    config = chosen_config(options)
    machine.check_memory(config)
    if sys.stderr.isatty():
        gigabytes = memory_bytes(config) / 1e9
        tell(f"about {machine.seconds(config):.0f} s, with {gigabytes:.1f} GB of memory")
    store = RunStore()
    claim = store.create_claimed(config, name=options.name or options.preset)
    with _epochs_told(store, claim.run_id, config):
        _train_here(store, claim)
        run = _end_of(store, claim.run_id)
    if run.result is None:
        tell(run.failure or "the run has no result")
        return FAILED_RUN
    if options.json:
        print_json(
            {
                "run": run.id,
                "n_parameters": count_parameters(config),
                "train_accuracy": run.result.train_accuracy,
                "test_accuracy": run.result.test_accuracy,
                "history": run.history,
                "epoch_seconds": run.result.epoch_seconds,
                "total_seconds": run.result.total_seconds,
            }
        )
    else:
        say(describe(run))
    return 0


def _train_here(store: RunStore, claim: Claim) -> None:
    try:
        worker.run(store.url, claim)
    except KeyboardInterrupt:
        store.fail(claim, WorkerClosedError(N_("the training was stopped with Ctrl+C")))


@contextmanager
def _epochs_told(store: RunStore, run_id: str, config: TrainingConfig) -> Iterator[None]:
    """Say on standard error, where a person sees it, how each epoch went."""
    if not sys.stderr.isatty():
        yield
        return
    is_over = threading.Event()

    def look() -> None:
        n_told, is_last = 0, False
        while not is_last:
            is_last = is_over.wait(_LOOK_SECONDS)
            with contextlib.suppress(MnistCoreError):  # the store is read again in a moment
                history = store.get(run_id).history
                n_done = len(history.get("loss", ()))
                for epoch in range(n_told, n_done):
                    tell(_epoch_line(history, epoch, config.epochs))
                n_told = n_done

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _epoch_line(history: History, epoch: int, n_epochs: int) -> str:
    figures = "  ".join(f"{name} {values[epoch]:.4f}" for name, values in history.items())
    return f"epoch {epoch + 1} of {n_epochs}  {figures}"


def _end_of(store: RunStore, run_id: str) -> Run:
    """Return a run when it has ended: while this process was silent, another may have taken it.

    Where that one is gone too, and none takes the run in its place, it is trained on here.
    """
    run = store.get(run_id)
    if not run.is_ended:
        tell("another process goes on with the run; waiting for its end")
    n_waited = 0
    while not run.is_ended:
        time.sleep(_WAIT_SECONDS)
        run = store.get(run_id)
        n_waited = n_waited + 1 if run.status is RunStatus.QUEUED else 0
        if n_waited >= _MAX_WAITED and (claim := store.claim_run(run_id)):
            tell("no other process goes on with the run; it goes on here")
            _train_here(store, claim)
            run = store.get(run_id)
    return run
