import dataclasses
import sqlite3

import numpy as np
import pytest

from mnist_core.errors import (
    InvalidConfigError,
    RunNotFoundError,
    RunNotReadyError,
)
from mnist_core.runs.run import RunStatus
from mnist_core.store import reader
from mnist_core.store.claim import Claim
from mnist_core.store.run_store import RunStore
from tests.conftest import lose
from tests.core.samples import (
    ANSWERS,
    CHECKPOINT,
    HISTORY,
    PROGRESS,
    RESULT,
    TINY_CONFIG,
    TINY_WEIGHTS,
)
from tests.core.store.conftest import (
    end_by_failing,
    end_by_finishing,
    finish,
    finish_with_checkpoint,
    held,
    new_run,
    running,
)


class TestRename:
    def test_a_run_is_renamed_whatever_its_state(self, store):
        waiting, ended = new_run(store), running(store)
        finish(store, ended)

        for run_id in (waiting, ended):
            store.rename(run_id, "best so far")
            assert store.get(run_id).name == "best so far"


class TestStop:
    def test_a_waiting_run_is_stopped_at_once(self, store):
        run_id = new_run(store)

        store.request_stop(run_id)

        run = store.get(run_id)
        assert run.status is RunStatus.STOPPED
        assert run.finished_at is not None
        assert store.claim_next() is None

    def test_a_run_at_work_hears_of_it_with_its_next_progress(self, store):
        run_id = running(store)
        store.request_stop(run_id)
        assert store.get(run_id).status is RunStatus.RUNNING
        assert store.get(run_id).is_stop_requested

        assert store.update_progress(held(store, run_id), PROGRESS, HISTORY)

        assert store.is_stop_requested(run_id)
        assert store.get(run_id).progress == PROGRESS
        assert finish(store, run_id, was_stopped=True)
        assert store.get(run_id).status is RunStatus.STOPPED
        assert store.network(run_id).config == TINY_CONFIG

    def test_a_run_that_ended_stays_as_it_is(self, store):
        run_id = running(store)
        finish(store, run_id)

        store.request_stop(run_id)

        assert store.get(run_id).status is RunStatus.FINISHED


class TestDelete:
    def test_a_deleted_run_is_nowhere(self, store):
        run_id = running(store)
        finish(store, run_id)

        store.delete(run_id)

        assert list(store.list()) == []
        with pytest.raises(RunNotFoundError):
            store.network(run_id)
        with pytest.raises(RunNotFoundError):
            store.rename(run_id, "other")
        with pytest.raises(RunNotFoundError):
            store.delete(run_id)

    def test_a_deleted_run_comes_back_as_it_was(self, store):
        run_id = running(store)
        store.save_epoch(held(store, run_id), 1, ANSWERS)
        finish_with_checkpoint(store, run_id)
        before = store.get(run_id)
        store.delete(run_id)

        store.restore(run_id)

        assert store.get(run_id) == before
        assert store.checkpoint(run_id).history == HISTORY
        assert store.epochs(run_id) == [1]
        np.testing.assert_array_equal(store.network(run_id).weights[0], TINY_WEIGHTS[0])

    @pytest.mark.parametrize("prepare", [new_run, running])
    def test_a_run_deleted_before_its_end_comes_back_stopped(self, store, prepare):
        run_id = prepare(store)
        worker = store.get(run_id).worker or "ada"

        store.delete(run_id)
        assert store.claim_next() is None
        assert not store.beat(Claim(run_id=run_id, worker=worker))
        store.restore(run_id)

        assert store.get(run_id).status is RunStatus.STOPPED
        assert store.get(run_id).can_go_on

    def test_what_was_not_deleted_cannot_be_restored(self, store):
        for run_id in ("nothing", new_run(store)):
            with pytest.raises(RunNotFoundError, match=f"^there is no run {run_id}$"):
                store.restore(run_id)

    @pytest.mark.file
    def test_after_a_day_a_deleted_run_leaves_nothing_behind(self, store, tmp_path, later):
        old, kept = running(store), running(store)
        for run_id in (old, kept):
            store.save_epoch(held(store, run_id), 1, ANSWERS)
            finish_with_checkpoint(store, run_id)
        own = np.ones((1, 28, 28), np.uint8), np.ones(1, np.uint8)
        tuned = store.fine_tune("mlp-256", *own, n_epochs=1, name="tuned").id
        for run_id in (old, tuned):
            store.delete(run_id)

        later(25 * 3_600)
        lately = new_run(store)
        store.delete(lately)
        store.tidy()

        with pytest.raises(RunNotFoundError):
            store.restore(old)
        store.restore(lately)
        with sqlite3.connect(tmp_path / "runs.db") as database:
            for table in ("weights", "checkpoints", "epochs"):
                rows = database.execute(f"SELECT run_id FROM {table}").fetchall()
                assert rows == [(kept,)]
            assert database.execute("SELECT count(*) FROM fine_tunings").fetchone() == (0,)
            assert database.execute("SELECT count(*) FROM runs").fetchone() == (2,)
        database.close()


class TestGoOn:
    def test_a_finished_run_waits_for_more_epochs_and_keeps_what_it_has(self, store):
        run_id = running(store)
        store.update_progress(held(store, run_id), PROGRESS, HISTORY)
        finish_with_checkpoint(store, run_id)

        before = store.get(run_id)

        run = store.go_on(run_id, n_epochs=3)

        assert run.status is RunStatus.QUEUED
        assert run.config == dataclasses.replace(TINY_CONFIG, epochs=len(HISTORY["loss"]) + 3)
        assert (run.history, run.result, run.progress) == (HISTORY, RESULT, PROGRESS)
        assert run.started_at is None
        # By this time pages know which weights they have; it changes with the weights.
        assert run.finished_at == before.finished_at
        assert store.network(run_id).weights
        assert store.claim_next().run_id == run_id

    def test_a_second_end_replaces_the_first(self, store):
        run_id = running(store)
        finish_with_checkpoint(store, run_id)
        store.go_on(run_id, n_epochs=1)
        store.claim_next()
        better = dataclasses.replace(RESULT, test_accuracy=0.625)
        weights = tuple(array + 1 for array in TINY_WEIGHTS)

        assert store.finish(held(store, run_id), history=HISTORY, result=better, weights=weights)

        assert store.get(run_id).result == better
        np.testing.assert_array_equal(store.network(run_id).weights[0], weights[0])

    def test_an_interrupted_run_goes_on_and_forgets_why_it_was(self, store):
        run_id = running(store)
        lose(store, held(store, run_id))
        assert store.get(run_id).failure is not None

        run = store.go_on(run_id, n_epochs=2)

        assert (run.status, run.failure) == (RunStatus.QUEUED, None)

    def test_one_that_was_asked_to_stop_is_wanted_again(self, store):
        run_id = running(store)
        store.request_stop(run_id)
        finish_with_checkpoint(store, run_id, was_stopped=True)

        store.go_on(run_id, n_epochs=1)
        store.claim_next()

        assert not store.is_stop_requested(run_id)
        assert store.start(held(store, run_id))
        assert store.update_progress(held(store, run_id), PROGRESS, HISTORY)

    @pytest.mark.parametrize("end", ["finish", "stop", "interrupt"])
    def test_cancelled_in_the_queue_it_is_what_it_was(self, store, end):
        run_id = running(store)
        store.update_progress(held(store, run_id), PROGRESS, HISTORY)
        store.save_checkpoint(held(store, run_id), CHECKPOINT)
        if end == "interrupt":
            lose(store, held(store, run_id))
        else:
            finish(store, run_id, was_stopped=end == "stop")
        before = store.get(run_id)
        store.go_on(run_id, n_epochs=5)

        store.request_stop(run_id)

        assert store.get(run_id) == before
        assert store.claim_next() is None

    def test_of_two_who_ask_at_once_the_first_decides(self, store, runs_url, opened, monkeypatch):
        run_id = running(store)
        finish_with_checkpoint(store, run_id)
        stale = store.get(run_id)
        store.go_on(run_id, n_epochs=1)
        other = opened(RunStore(runs_url))
        answers = [stale]
        get = reader.get
        # The second has read the run before the first was done.
        monkeypatch.setattr(reader, "get", lambda *place: answers.pop() if answers else get(*place))

        run = other.go_on(run_id, n_epochs=5)

        assert run.config.epochs == stale.n_epochs_done + 1
        other.close()

    def test_it_waits_behind_those_that_waited_before(self, store):
        again = running(store)
        finish_with_checkpoint(store, again)
        waiting = new_run(store)

        store.go_on(again, n_epochs=1)

        assert [store.queue_position(run_id) for run_id in (waiting, again)] == [1, 2]
        assert [store.claim_next().run_id, store.claim_next().run_id] == [waiting, again]

    @pytest.mark.parametrize(
        "prepare",
        [
            pytest.param(new_run, id="waiting"),
            pytest.param(running, id="at work"),
            pytest.param(lambda store: _ended(store, end_by_failing), id="its loss is no number"),
            pytest.param(lambda store: _ended(store, end_by_finishing), id="without a checkpoint"),
        ],
    )
    def test_where_it_makes_no_sense_it_is_refused(self, store, prepare):
        run_id = prepare(store)

        with pytest.raises(RunNotReadyError, match=r"^the run mine cannot be trained further$"):
            store.go_on(run_id, n_epochs=1)

    def test_more_epochs_than_a_run_may_have_are_refused(self, store):
        run_id = running(store)
        finish_with_checkpoint(store, run_id)

        with pytest.raises(InvalidConfigError, match=r"^epochs must be a whole number from 1 to"):
            store.go_on(run_id, n_epochs=200)


def _ended(store: RunStore, end) -> str:
    run_id = running(store)
    end(store, run_id)
    return run_id
