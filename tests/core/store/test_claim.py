import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from mnist_core.errors import (
    DatasetError,
    RunNotFoundError,
    RunNotReadyError,
    WorkerSilentError,
)
from mnist_core.runs.run import RunStatus
from mnist_core.store.claim import Claim
from mnist_core.store.schema import RUNS
from tests.conftest import claim_of, lose
from tests.core.samples import (
    ANSWERS,
    CHECKPOINT,
    HISTORY,
    PROGRESS,
    TINY_CONFIG,
)
from tests.core.store.conftest import (
    REASON,
    UPDATES,
    answers_with,
    end_by_failing,
    end_by_finishing,
    end_by_stopping,
    finish,
    held,
    new_run,
    running,
)

SILENT = WorkerSilentError("the training process gives no sign of life")


class TestLife:
    def test_a_failed_run_says_why_and_keeps_its_progress(self, store):
        run_id = running(store)
        store.update_progress(held(store, run_id), PROGRESS, HISTORY)

        error = DatasetError("{path} does not exist", path=Path("/x.npz"))
        assert store.fail(held(store, run_id), error)

        run = store.get(run_id)
        assert run.status is RunStatus.FAILED
        assert str(run.failure) == "/x.npz does not exist"
        assert run.failure.template == "{path} does not exist"  # what a page translates
        assert (run.progress, run.history) == (PROGRESS, HISTORY)
        assert run.finished_at is not None
        with pytest.raises(RunNotReadyError):
            store.network(run_id)

    def test_a_run_that_never_started_can_fail_too(self, store):
        claim = store.create_claimed(TINY_CONFIG, name="mine")

        assert store.fail(claim, REASON)
        assert store.get(claim.run_id).status is RunStatus.FAILED


@pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)
class TestSigns:
    def test_every_report_is_a_sign_of_life(self, store, update, later):
        run_id = running(store)
        claim = held(store, run_id)
        before = store.beats()[claim]
        later(60)

        update(store, claim)

        with store.database.read() as connection:
            beat, heartbeat = connection.execute(sa.select(RUNS.c.beat, RUNS.c.heartbeat_at)).one()
        assert beat == before + 1
        assert heartbeat > store.get(run_id).created_at + 59

    def test_a_worker_that_was_silent_holds_its_run_again(self, store, update):
        run_id = running(store)
        claim = held(store, run_id)
        store.take_back(claim, SILENT)
        assert store.get(run_id).status is RunStatus.QUEUED

        assert update(store, claim)

        assert store.get(run_id).status is not RunStatus.QUEUED
        assert store.claim_next() is None

    def test_so_does_one_whose_run_was_given_up(self, store, update):
        run_id = running(store)
        claim = held(store, run_id)
        lose(store, claim)
        assert store.get(run_id).status is RunStatus.INTERRUPTED

        assert update(store, claim)

        assert store.get(run_id).status is not RunStatus.INTERRUPTED

    def test_not_if_somebody_stopped_it_meanwhile(self, store, update):
        run_id = running(store)
        claim = held(store, run_id)
        store.take_back(claim, SILENT)
        store.request_stop(run_id)

        assert update(store, claim) is False
        assert store.get(run_id).status is RunStatus.STOPPED

    def test_not_if_somebody_lets_it_go_on(self, store, update):
        run_id = running(store)
        claim = held(store, run_id)
        lose(store, claim)
        store.go_on(run_id, n_epochs=1)

        assert update(store, claim) is False
        assert store.get(run_id).status is RunStatus.QUEUED


@pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)
class TestLateUpdates:
    def test_a_deleted_run_stays_deleted(self, store, update):
        run_id = running(store)
        claim = held(store, run_id)
        store.delete(run_id)

        assert update(store, claim) is False
        with pytest.raises(RunNotFoundError):
            store.get(run_id)
        with pytest.raises(RunNotFoundError):
            store.network(run_id)

    @pytest.mark.parametrize("end", [end_by_failing, end_by_finishing, end_by_stopping])
    def test_a_run_that_ended_stays_as_it_is(self, store, update, end):
        run_id = running(store)
        end(store, run_id)
        before = store.get(run_id)

        assert update(store, claim_of(before)) is False
        assert store.get(run_id) == before

    def test_a_baseline_stays_as_it_is(self, store, update):
        before = store.get("mlp-512")

        claim = Claim(run_id="mlp-512", worker="ada")
        assert update(store, claim) is False
        assert store.get("mlp-512") == before


def test_a_failed_run_gets_no_weights_afterwards(store):
    run_id = running(store)
    store.fail(held(store, run_id), REASON)

    finish(store, run_id)

    with pytest.raises(RunNotReadyError):
        store.network(run_id)


def test_a_run_that_still_waits_takes_no_updates_of_a_worker(store):
    run = store.create(TINY_CONFIG, name="mine")
    claim = Claim(run_id=run.id, worker="ada")

    for update in UPDATES.values():
        assert update(store, claim) is False
    assert store.get(run.id) == run


class TestCheckpoint:
    def test_the_latest_is_kept(self, store):
        run_id = running(store)

        for checkpoint in (CHECKPOINT, dataclasses.replace(CHECKPOINT, epoch_seconds=(0.5,))):
            assert store.save_checkpoint(held(store, run_id), checkpoint)

        assert store.get(run_id).has_checkpoint
        found = store.checkpoint(run_id)
        assert found.epoch_seconds == (0.5,)
        np.testing.assert_array_equal(found.variables[0], CHECKPOINT.variables[0])

    def test_a_run_that_ended_takes_none(self, store):
        run_id = running(store)
        store.fail(held(store, run_id), REASON)

        assert not store.save_checkpoint(held(store, run_id), CHECKPOINT)
        assert store.checkpoint(run_id) is None


class TestEpochs:
    def test_an_epoch_that_is_trained_anew_takes_the_place_of_the_former(self, store):
        run_id = running(store)
        store.save_epoch(held(store, run_id), 1, answers_with(0.25))

        assert store.save_epoch(held(store, run_id), 1, answers_with(0.5))

        assert list(store.epochs(run_id)) == [1]
        assert store.epoch(run_id, 1).p_true[0] == pytest.approx(0.5, abs=1e-5)

    @pytest.mark.parametrize(("n_epochs", "kept"), [(0, []), (2, [1, 2]), (3, [1, 2, 3])])
    def test_what_is_trained_again_is_forgotten_when_the_training_begins(
        self, store, n_epochs, kept
    ):
        run_id, other = running(store), running(store)
        for epoch in (1, 2, 3):
            store.save_epoch(held(store, run_id), epoch, ANSWERS)
        store.save_epoch(held(store, other), 3, ANSWERS)
        lose(store, held(store, run_id))
        store.go_on(run_id, n_epochs=1)
        store.claim_next()
        assert store.epochs(run_id) == [1, 2, 3]

        store.start(held(store, run_id), n_epochs=n_epochs)

        assert store.epochs(run_id) == kept
        assert store.epochs(other) == [3]

    def test_a_worker_that_comes_too_late_makes_nothing_forgotten(self, store):
        run_id = running(store)
        store.save_epoch(held(store, run_id), 1, ANSWERS)

        assert not store.start(Claim(run_id=run_id, worker="ada"))

        assert store.epochs(run_id) == [1]

    def test_a_worker_that_comes_too_late_replaces_none(self, store):
        run_id = running(store)
        store.save_epoch(held(store, run_id), 1, answers_with(0.5))

        too_late = Claim(run_id=run_id, worker="ada")
        assert not store.save_epoch(too_late, 1, answers_with(0.25))
        assert not store.save_epoch(too_late, 2, answers_with(0.25))

        assert list(store.epochs(run_id)) == [1]
        assert store.epoch(run_id, 1).p_true[0] == pytest.approx(0.5, abs=1e-5)


class TestClaim:
    """A worker that was thought dead wakes up after its run was given to another."""

    @pytest.fixture
    def claims(self, store) -> tuple[Claim, Claim]:
        """What the first worker holds of a run, and what the second does."""
        new_run(store)
        first = store.claim_next()
        store.take_back(first, SILENT)
        return first, store.claim_next()

    @pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)
    def test_the_old_worker_changes_nothing(self, store, claims, update):
        first, _ = claims
        before = store.get(first.run_id)

        assert update(store, first) is False
        assert store.get(first.run_id) == before

    @pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)
    def test_the_new_worker_does(self, store, claims, update):
        _, second = claims

        assert update(store, second)

    def test_it_reaches_the_process_of_the_worker_as_it_is(self, store, claims):
        first, second = claims

        assert first != second
        assert pickle.loads(pickle.dumps(second)) == second
        assert second == claim_of(store.get(second.run_id))
