"""What the tests of the store share: runs in some states, and how workers end them."""

import contextlib
import dataclasses
import inspect
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mnist_core.errors import DatasetError, TrainingDivergedError
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.store.claim import Claim
from mnist_core.store.run_store import RunStore
from tests.conftest import claim_of
from tests.core.samples import (
    ANSWERS,
    CHECKPOINT,
    HISTORY,
    PROGRESS,
    RESULT,
    TINY_CONFIG,
    TINY_WEIGHTS,
)
from tests.postgres import Postgres, find
from tests.postgres import running as postgres_running

REASON = TrainingDivergedError("the loss is no longer a number")


def new_run(store: RunStore, name: str = "mine") -> str:
    return store.create(TINY_CONFIG, name=name).id


def running(store: RunStore) -> str:
    """Store a run that a worker has started; return its id."""
    claim = store.create_claimed(TINY_CONFIG, name="mine")
    store.start(claim)
    return claim.run_id


def held(store: RunStore, run_id: str) -> Claim:
    """Return the hold of the worker that a run is with."""
    return claim_of(store.get(run_id))


def finish(store: RunStore, run_id: str, **options: object) -> bool:
    return finish_claimed(store, held(store, run_id), **options)


def finish_claimed(store: RunStore, claim: Claim, **options: object) -> bool:
    return store.finish(claim, history=HISTORY, result=RESULT, weights=TINY_WEIGHTS, **options)


def finish_with_checkpoint(store: RunStore, run_id: str, **options: bool) -> None:
    store.save_checkpoint(held(store, run_id), CHECKPOINT)
    finish(store, run_id, **options)


def end_by_failing(store: RunStore, run_id: str) -> None:
    store.fail(held(store, run_id), REASON)


def end_by_finishing(store: RunStore, run_id: str) -> None:
    finish(store, run_id)


def end_by_stopping(store: RunStore, run_id: str) -> None:
    finish(store, run_id, was_stopped=True)


# Everything that a worker may report of a run.
UPDATES = {
    "start": lambda store, claim: store.start(claim),
    "beat": lambda store, claim: store.beat(claim),
    "progress": lambda store, claim: store.update_progress(claim, PROGRESS, HISTORY),
    "checkpoint": lambda store, claim: store.save_checkpoint(claim, CHECKPOINT),
    "epoch": lambda store, claim: store.save_epoch(claim, 1, ANSWERS),
    "finish": finish_claimed,
    "fail": lambda store, claim: store.fail(claim, DatasetError("too late")),
}


def answers_with(p_true: float) -> EpochAnswers:
    """The answers of an epoch, told apart by the probability of the first image's digit."""
    return dataclasses.replace(ANSWERS, p_true=np.full(4, p_true, np.float32))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests of the store; it must be there where `CI` is set."""
    programs = find()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("no PostgreSQL on this machine")
    with postgres_running(programs) as server:
        yield server


@pytest.fixture
def opened():
    """Close what a test opens of the store beside its own."""
    with contextlib.ExitStack() as stack:
        yield lambda each: stack.enter_context(contextlib.closing(each))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Do what is about a store in both kinds of database; once what is about a file's own ways."""
    names = {*metafunc.fixturenames}
    if names & {"store", "own"} or "runs_url" in inspect.signature(metafunc.function).parameters:
        is_file = metafunc.definition.get_closest_marker("file") is not None
        kinds = ["sqlite"] if is_file else ["sqlite", "postgresql"]
        metafunc.parametrize("runs_url", kinds, indirect=True)


@pytest.fixture
def runs_url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """A store of this test alone."""
    if getattr(request, "param", "sqlite") == "sqlite":
        url = f"sqlite:///{tmp_path / 'runs.db'}"
    else:
        server = request.getfixturevalue("postgres")
        server.empty()
        url = server.url
    monkeypatch.setenv("MNIST_RUNS_URL", url)
    return url
