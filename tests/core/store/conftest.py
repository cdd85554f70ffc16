"""What the tests of the store share: runs in some states, and how workers end them."""

import dataclasses
import time

import numpy as np
import pytest

from mnist_core.errors import DatasetError, TrainingDivergedError
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.store.run_store import RunStore
from tests.core.samples import (
    ANSWERS,
    CHECKPOINT,
    HISTORY,
    PROGRESS,
    RESULT,
    TINY_CONFIG,
    TINY_WEIGHTS,
)

REASON = TrainingDivergedError("the loss is no longer a number")


def new_run(store: RunStore, name: str = "mine") -> str:
    return store.create(TINY_CONFIG, name=name).id


def running(store: RunStore) -> str:
    """Store a run that a worker has started; return its id."""
    run_id = store.create(TINY_CONFIG, name="mine", is_claimed=True).id
    store.start(run_id)
    return run_id


def finish(store: RunStore, run_id: str, **options: object) -> bool:
    return store.finish(run_id, history=HISTORY, result=RESULT, weights=TINY_WEIGHTS, **options)


def finish_with_checkpoint(store: RunStore, run_id: str, **options: bool) -> None:
    store.save_checkpoint(run_id, CHECKPOINT)
    finish(store, run_id, **options)


def end_by_deleting(store, run_id):
    store.delete(run_id)


def end_by_failing(store, run_id):
    store.fail(run_id, REASON)


def end_by_finishing(store, run_id):
    finish(store, run_id)


def end_by_stopping(store, run_id):
    finish(store, run_id, was_stopped=True)


LATE_UPDATES = {
    "start": lambda store, run_id, **claim: store.start(run_id, **claim),
    "beat": lambda store, run_id, **claim: store.beat(run_id, **claim),
    "progress": lambda store, run_id, **claim: store.update_progress(
        run_id, PROGRESS, HISTORY, **claim
    ),
    "checkpoint": lambda store, run_id, **claim: store.save_checkpoint(run_id, CHECKPOINT, **claim),
    "epoch": lambda store, run_id, **claim: store.save_epoch(run_id, 1, ANSWERS, **claim),
    "finish": finish,
    "fail": lambda store, run_id, **claim: store.fail(run_id, DatasetError("too late"), **claim),
}


def answers_with(p_true: float) -> EpochAnswers:
    """The answers of an epoch, told apart by the probability of the first image's digit."""
    return dataclasses.replace(ANSWERS, p_true=np.full(4, p_true, np.float32))


@pytest.fixture
def later(monkeypatch):
    """Set the clock of the store forward by some seconds."""
    now = time.time()
    return lambda seconds: monkeypatch.setattr(time, "time", lambda: now + seconds)
