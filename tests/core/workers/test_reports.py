import sqlite3
from pathlib import Path

import pytest

from mnist_core.errors import RunStoreError
from mnist_core.runs.run import RunStatus
from mnist_core.store.run_store import RunStore
from mnist_core.workers.reports import Reports
from tests.core.samples import (
    ANSWERS,
    CHECKPOINT,
    HISTORY,
    PROGRESS,
    RESULT,
    TINY_CONFIG,
    TINY_WEIGHTS,
)
from tests.waiting import wait_until


@pytest.fixture
def claim(store):
    store.create(TINY_CONFIG, name="mine")
    return store.claim_next()


@pytest.fixture
def reports(store, claim):
    reports = Reports(store, store.get(claim.run_id), claim, tuning=None)
    reports.start(n_epochs=0)
    return reports


@pytest.fixture
def impatient(monkeypatch):
    """Let nobody wait before trying again."""
    monkeypatch.setattr("mnist_core.workers.reports._LONGEST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr("mnist_core.workers.reports._BEAT_SECONDS", 0.0)


def finish(store, claim):
    return lambda: store.finish(claim, history=HISTORY, result=RESULT, weights=TINY_WEIGHTS)


def refusing(monkeypatch, method: str, times: int) -> list[str]:
    """Let a method of the store fail so many times; return what it was asked meanwhile."""
    original, refused = getattr(RunStore, method), []

    def refuse(self, *args, **options):
        if len(refused) < times:
            refused.append(method)
            raise RunStoreError("there is no room for more in the store")
        return original(self, *args, **options)

    monkeypatch.setattr(RunStore, method, refuse)
    return refused


def test_a_worker_beats_until_it_is_done(store, claim, reports, monkeypatch):
    monkeypatch.setattr("mnist_core.workers.reports._BEAT_SECONDS", 0.01)
    before = store.beats()[claim]

    with reports.beating():
        wait_until(lambda: store.beats()[claim] > before + 2)


def test_progress_is_told_now_and_then_and_at_the_end(store, claim, reports, monkeypatch):
    monkeypatch.setattr("mnist_core.workers.reports._WRITE_SECONDS", 3_600.0)
    reports.progress(PROGRESS, {"loss": [1.0]})
    reports.progress(PROGRESS, HISTORY)  # too soon after the first
    assert store.get(claim.run_id).history == {"loss": [1.0]}

    reports.flush()

    assert store.get(claim.run_id).history == HISTORY


def test_a_stop_is_heard_with_the_next_progress(store, claim, reports):
    store.request_stop(claim.run_id)
    assert reports.is_wanted

    reports.progress(PROGRESS, HISTORY)
    reports.flush()

    assert not reports.is_wanted
    assert not reports.is_lost  # what it has reached so far counts


def test_what_cannot_be_stored_ends_no_training(store, claim, reports, monkeypatch):
    for method in ("update_progress", "save_checkpoint", "save_epoch"):
        refusing(monkeypatch, method, times=1)

    reports.progress(PROGRESS, HISTORY)
    reports.checkpoint(CHECKPOINT)
    reports.epoch(1, ANSWERS)

    assert reports.is_wanted
    reports.flush()
    assert store.get(claim.run_id).progress == PROGRESS


@pytest.mark.usefixtures("impatient")
def test_a_result_is_kept_until_it_can_be_stored(store, claim, reports, monkeypatch):
    refused = refusing(monkeypatch, "finish", times=5)

    reports.end(finish(store, claim))

    assert len(refused) == 5
    assert store.get(claim.run_id).status is RunStatus.FINISHED


@pytest.mark.usefixtures("impatient")
def test_a_training_outlives_a_database_that_is_locked_for_a_while(
    store, claim, reports, tmp_path, monkeypatch
):
    monkeypatch.setattr("mnist_core.store.database._REFUSAL_SECONDS", 0.0)
    hasty = RunStore(store.url, patience_seconds=0.05)
    reports = Reports(hasty, store.get(claim.run_id), claim, tuning=None)
    database = sqlite3.connect(tmp_path / "runs.db")
    database.execute("BEGIN IMMEDIATE")
    tries = []

    def finish_unlocked() -> bool:
        tries.append(True)
        if len(tries) == 3:
            database.rollback()
        return finish(hasty, claim)()

    reports.end(finish_unlocked)

    database.close()
    hasty.close()
    assert len(tries) == 3
    assert store.get(claim.run_id).status is RunStatus.FINISHED


class TestLost:
    @pytest.mark.parametrize(
        "lose",
        [
            lambda store, claim: store.delete(claim.run_id),
            lambda store, claim: store.fail(claim, RunStoreError("away")),
            lambda store, claim: (
                store.take_back(claim, RunStoreError("silent")),
                store.claim_next(worker="another"),
            ),
        ],
        ids=["deleted", "ended", "taken by another"],
    )
    def test_nothing_more_is_stored(self, store, claim, reports, lose):
        lose(store, claim)

        reports.progress(PROGRESS, HISTORY)

        assert reports.is_lost
        assert not reports.is_wanted
        reports.end(finish(store, claim))  # comes back at once
        store.restore(claim.run_id) if not store.list() else None
        assert store.get(claim.run_id).result is None

    def test_a_worker_that_was_only_silent_goes_on(self, store, claim, reports):
        store.take_back(claim, RunStoreError("silent"))

        reports.progress(PROGRESS, HISTORY)

        assert reports.is_wanted
        assert store.get(claim.run_id).status is RunStatus.RUNNING


@pytest.mark.usefixtures("impatient")
class TestAnotherStore:
    def test_of_a_deleted_store_the_run_is_stored_again(self, store, claim, reports, tmp_path):
        before = store.get(claim.run_id)
        (tmp_path / "runs.db").unlink()

        reports.progress(PROGRESS, HISTORY)
        reports.end(finish(store, claim))

        run = store.get(claim.run_id)
        assert (run.status, run.history, run.result) == (RunStatus.FINISHED, HISTORY, RESULT)
        assert (run.name, run.config, run.workspace) == (
            before.name,
            before.config,
            before.workspace,
        )
        assert store.network(run.id).config == TINY_CONFIG

    def test_so_it_is_in_one_that_was_put_in_its_place(self, store, claim, reports, tmp_path):
        other = RunStore(f"sqlite:///{tmp_path / 'other.db'}")
        other.create(TINY_CONFIG, name="theirs")
        other.close()
        (tmp_path / "other.db").replace(Path(tmp_path / "runs.db"))

        reports.end(finish(store, claim))

        assert {run.name for run in store.list()} == {"mine", "theirs"}
        assert store.get(claim.run_id).status is RunStatus.FINISHED
