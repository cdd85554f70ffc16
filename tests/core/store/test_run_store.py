import dataclasses
import json
import sqlite3
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import mnist_core
from mnist_core.errors import (
    DatasetError,
    EpochNotFoundError,
    InvalidConfigError,
    RunNotFoundError,
    RunNotReadyError,
    RunReadOnlyError,
    RunStoreError,
    TrainingDivergedError,
)
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.runs.run import RunStatus
from mnist_core.settings.presets import PRESETS
from mnist_core.store import run_store
from mnist_core.store.baselines import BASELINE_SEEDS
from mnist_core.store.database import default_url
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


class TestCreate:
    def test_a_new_run_waits_with_its_config(self, store):
        before = time.time()
        config = PRESETS["dropout-256"].config

        run = store.create(config, name="mine")

        assert run.status is RunStatus.QUEUED
        assert (run.name, run.config) == ("mine", config)
        assert before <= run.created_at <= time.time()
        assert (run.started_at, run.finished_at) == (None, None)
        assert (run.progress, run.history, run.result, run.failure) == (None, {}, None, None)
        assert (run.is_stop_requested, run.is_baseline, run.is_ended) == (False, False, False)
        assert store.get(run.id) == run

    def test_runs_are_numbered_from_1(self, store):
        assert [store.create(TINY_CONFIG, name="mine").title for _ in range(2)] == [
            "mine #1",
            "mine #2",
        ]

    def test_the_number_of_a_deleted_run_is_not_given_again(self, store):
        store.delete(new_run(store))

        assert store.get(new_run(store)).number == 2

    def test_a_claimed_run_waits_for_no_worker(self, store):
        run = store.create(TINY_CONFIG, name="mine", is_claimed=True)

        assert run.status is RunStatus.STARTING
        assert run.started_at == run.created_at
        assert store.claim_next() is None

    @pytest.mark.parametrize(
        ("name", "stored"),
        [
            ("  my \n first\trun ", "my first run"),
            ("x" * 100, "x" * 80),
            ("", "run"),
            (" \n ", "run"),
            ("数字 ✏️", "数字 ✏️"),
            ("'; DROP TABLE runs; --", "'; DROP TABLE runs; --"),
        ],
    )
    def test_names_are_tidied(self, store, name, stored):
        run_id = new_run(store, name)
        assert store.get(run_id).name == stored

        store.rename(run_id, "other")
        store.rename(run_id, name)
        assert store.get(run_id).name == stored


class TestList:
    def test_runs_come_newest_first_without_the_baselines(self, store):
        ids = [new_run(store) for _ in range(3)]

        assert [run.id for run in store.list()] == ids[::-1]

    def test_they_come_without_their_progress(self, store):
        run_id = running(store)
        store.update_progress(run_id, PROGRESS, HISTORY)

        (run,) = store.list()

        assert run == dataclasses.replace(store.get(run_id), progress=None)

    def test_an_empty_store_lists_nothing_but_has_its_baselines(self, store):
        assert list(store.list()) == []
        assert {run.id for run in store.baselines()} == set(BASELINE_SEEDS)

    def test_a_workspace_lists_its_own_runs_only(self, runs_url):
        ada, bob = RunStore(runs_url, workspace="ada"), RunStore(runs_url, workspace="bob")
        run_id = new_run(ada)

        assert [run.id for run in ada.list()] == [run_id]
        assert list(bob.list()) == []
        assert bob.get(run_id).id == run_id  # a shared link works everywhere
        assert bob.get("mlp-256").is_baseline

    def test_another_store_on_the_same_url_sees_the_run(self, store, runs_url):
        run_id = new_run(store)
        store.close()

        assert RunStore(runs_url).get(run_id) == store.get(run_id)


class TestNotFound:
    @pytest.mark.parametrize(
        "method",
        [
            lambda store: store.get("nothing"),
            lambda store: store.network("nothing"),
            lambda store: store.rename("nothing", "name"),
            lambda store: store.delete("nothing"),
            lambda store: store.request_stop("nothing"),
            lambda store: store.epochs("nothing"),
            lambda store: store.epoch("nothing", 1),
            lambda store: store.p_true_by_epoch("nothing"),
        ],
        ids=[
            "get",
            "network",
            "rename",
            "delete",
            "request_stop",
            "epochs",
            "epoch",
            "p_true_by_epoch",
        ],
    )
    def test_an_unknown_run_is_named(self, store, method):
        with pytest.raises(RunNotFoundError, match=r"^there is no run nothing$"):
            method(store)

    def test_an_unknown_run_waits_nowhere(self, store):
        assert store.queue_position("nothing") == 0


class TestBaselines:
    @pytest.mark.parametrize(
        "method",
        [
            lambda store: store.rename("mlp-512", "mine"),
            lambda store: store.delete("mlp-512"),
            lambda store: store.request_stop("mlp-512"),
        ],
        ids=["rename", "delete", "request_stop"],
    )
    def test_a_baseline_cannot_be_changed(self, store, method):
        message = "^mlp-512 ships with the app and cannot be changed$"
        before = store.get("mlp-512")

        with pytest.raises(RunReadOnlyError, match=message):
            method(store)
        assert store.get("mlp-512") == before

    def test_a_baseline_has_a_trained_network(self, store, baseline_networks):
        network = store.network("mlp-512")

        assert network.config == store.get("mlp-512").config
        for array, expected in zip(
            network.weights, baseline_networks["mlp-512"].weights, strict=True
        ):
            np.testing.assert_array_equal(array, expected)

    def test_a_baseline_is_not_in_the_queue(self, store):
        assert store.queue_position("mlp-512") == 0


class TestLife:
    def test_a_run_goes_from_waiting_to_finished(self, store):
        run_id = new_run(store)
        assert store.claim_next().status is RunStatus.STARTING
        assert store.get(run_id).started_at >= store.get(run_id).created_at

        assert store.start(run_id)
        assert store.get(run_id).status is RunStatus.RUNNING

        assert store.beat(run_id)
        assert store.update_progress(run_id, PROGRESS, HISTORY)
        assert (store.get(run_id).progress, store.get(run_id).history) == (PROGRESS, HISTORY)

        longer = {"loss": [1.75, 1.5], "accuracy": [0.375, 0.5]}
        assert store.finish(run_id, history=longer, result=RESULT, weights=TINY_WEIGHTS)
        run = store.get(run_id)
        assert run.status is RunStatus.FINISHED
        assert (run.history, run.result, run.progress) == (longer, RESULT, PROGRESS)
        assert run.finished_at >= run.started_at

    def test_the_network_of_a_finished_run_has_its_weights_to_the_bit(self, store):
        run_id = running(store)
        finish(store, run_id)

        network = store.network(run_id)

        assert network.config == TINY_CONFIG
        for array, expected in zip(network.weights, TINY_WEIGHTS, strict=True):
            np.testing.assert_array_equal(array, expected)

    def test_before_its_end_a_run_has_no_network(self, store):
        run_id = running(store)

        with pytest.raises(RunNotReadyError, match=r"^the run mine has no trained network"):
            store.network(run_id)

    def test_a_failed_run_says_why_and_keeps_its_progress(self, store):
        run_id = running(store)
        store.update_progress(run_id, PROGRESS, HISTORY)

        assert store.fail(run_id, DatasetError("{path} does not exist", path=Path("/x.npz")))

        run = store.get(run_id)
        assert run.status is RunStatus.FAILED
        assert str(run.failure) == "/x.npz does not exist"
        assert run.failure.template == "{path} does not exist"  # what a page translates
        assert (run.progress, run.history) == (PROGRESS, HISTORY)
        assert run.finished_at is not None
        with pytest.raises(RunNotReadyError):
            store.network(run_id)

    def test_a_waiting_run_can_fail_too(self, store):
        run_id = new_run(store)

        assert store.fail(run_id, REASON)
        assert store.get(run_id).status is RunStatus.FAILED

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

        assert not store.update_progress(run_id, PROGRESS, HISTORY)

        assert store.get(run_id).progress == PROGRESS
        assert finish(store, run_id, was_stopped=True)
        assert store.get(run_id).status is RunStatus.STOPPED
        assert store.network(run_id).config == TINY_CONFIG

    def test_a_run_that_ended_stays_as_it_is(self, store):
        run_id = running(store)
        finish(store, run_id)

        store.request_stop(run_id)

        assert store.get(run_id).status is RunStatus.FINISHED


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


@pytest.mark.parametrize("update", LATE_UPDATES.values(), ids=LATE_UPDATES)
class TestLateUpdates:
    def test_a_deleted_run_stays_deleted(self, store, update):
        run_id = running(store)
        store.delete(run_id)

        assert update(store, run_id) is False
        with pytest.raises(RunNotFoundError):
            store.get(run_id)
        with pytest.raises(RunNotFoundError):
            store.network(run_id)

    @pytest.mark.parametrize("end", [end_by_failing, end_by_finishing, end_by_stopping])
    def test_a_run_that_ended_stays_as_it_is(self, store, update, end):
        run_id = running(store)
        end(store, run_id)
        before = store.get(run_id)

        assert update(store, run_id) is False
        assert store.get(run_id) == before

    def test_a_baseline_stays_as_it_is(self, store, update):
        before = store.get("mlp-512")

        assert update(store, "mlp-512") is False
        assert store.get("mlp-512") == before


def test_a_failed_run_gets_no_weights_afterwards(store):
    run_id = running(store)
    store.fail(run_id, REASON)

    finish(store, run_id)

    with pytest.raises(RunNotReadyError):
        store.network(run_id)


def test_a_run_that_still_waits_takes_no_updates_of_a_worker(store):
    run_id = new_run(store)

    assert not store.start(run_id)
    assert not store.beat(run_id)
    assert not store.update_progress(run_id, PROGRESS, HISTORY)
    assert not finish(store, run_id)
    assert store.get(run_id).status is RunStatus.QUEUED


class TestDelete:
    @pytest.fixture
    def later(self, monkeypatch):
        """Set the clock of the store forward by some seconds."""
        now = time.time()
        return lambda seconds: monkeypatch.setattr(run_store.time, "time", lambda: now + seconds)

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
        store.save_epoch(run_id, 1, ANSWERS)
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

        store.delete(run_id)
        assert store.claim_next() is None
        assert not store.beat(run_id)
        store.restore(run_id)

        assert store.get(run_id).status is RunStatus.STOPPED
        assert store.get(run_id).can_go_on

    def test_what_was_not_deleted_cannot_be_restored(self, store):
        for run_id in ("nothing", new_run(store)):
            with pytest.raises(RunNotFoundError, match=f"^there is no run {run_id}$"):
                store.restore(run_id)

    def test_after_a_day_a_deleted_run_leaves_nothing_behind(self, store, tmp_path, later):
        old, kept = running(store), running(store)
        for run_id in (old, kept):
            store.save_epoch(run_id, 1, ANSWERS)
            finish_with_checkpoint(store, run_id)
        tuned = TestFineTune().fine_tune(store).id
        for run_id in (old, tuned):
            store.delete(run_id)

        later(25 * 3_600)
        lately = new_run(store)
        store.delete(lately)

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


class TestCheckpoint:
    def test_a_run_has_none_at_first(self, store):
        run_id = running(store)

        assert store.checkpoint(run_id) is None
        assert not store.get(run_id).has_checkpoint

    def test_the_latest_is_kept(self, store):
        run_id = running(store)

        assert store.save_checkpoint(run_id, CHECKPOINT)
        assert store.save_checkpoint(run_id, dataclasses.replace(CHECKPOINT, epoch_seconds=(0.5,)))

        assert store.get(run_id).has_checkpoint
        found = store.checkpoint(run_id)
        assert found.epoch_seconds == (0.5,)
        np.testing.assert_array_equal(found.variables[0], CHECKPOINT.variables[0])

    def test_it_is_a_sign_of_life(self, store, monkeypatch):
        run_id = running(store)
        now = time.time()
        monkeypatch.setattr(run_store.time, "time", lambda: now + 60)

        store.save_checkpoint(run_id, CHECKPOINT)

        assert store.interrupt_stale() == 0

    def test_a_run_that_ended_takes_none(self, store):
        run_id = running(store)
        store.fail(run_id, REASON)

        assert not store.save_checkpoint(run_id, CHECKPOINT)
        assert store.checkpoint(run_id) is None


def answers_with(p_true: float) -> EpochAnswers:
    """The answers of an epoch, told apart by the probability of the first image's digit."""
    return dataclasses.replace(ANSWERS, p_true=np.full(4, p_true, np.float32))


class TestEpochs:
    def test_a_run_has_none_at_first(self, store):
        run_id = running(store)

        assert store.epochs(run_id) == []
        assert store.p_true_by_epoch(run_id) == {}
        with pytest.raises(EpochNotFoundError, match=r"^the run mine has no answers of epoch 1$"):
            store.epoch(run_id, 1)

    def test_the_answers_of_every_epoch_are_kept(self, store):
        run_id, other = running(store), running(store)

        for epoch in (1, 2, 10):
            assert store.save_epoch(run_id, epoch, answers_with(epoch / 16))
        store.save_epoch(other, 3, ANSWERS)

        assert store.epochs(run_id) == [1, 2, 10]
        found = store.epoch(run_id, 2)
        np.testing.assert_array_equal(found.y_pred, ANSWERS.y_pred)
        np.testing.assert_allclose(found.confidence, ANSWERS.confidence, atol=1e-5)
        np.testing.assert_allclose(found.p_true, 0.125, atol=1e-5)
        with pytest.raises(EpochNotFoundError):
            store.epoch(run_id, 3)

    def test_one_image_can_be_followed_from_epoch_to_epoch(self, store):
        run_id = running(store)
        store.save_epoch(run_id, 2, ANSWERS)
        store.save_epoch(run_id, 1, answers_with(0.5))

        p_true = store.p_true_by_epoch(run_id)

        assert list(p_true) == [1, 2]
        assert p_true[1][1] == pytest.approx(0.5, abs=1e-5)
        assert p_true[2][1] == pytest.approx(0.25, abs=1e-5)

    def test_an_epoch_that_is_trained_anew_takes_the_place_of_the_former(self, store):
        run_id = running(store)
        store.save_epoch(run_id, 1, answers_with(0.25))

        assert store.save_epoch(run_id, 1, answers_with(0.5))

        assert list(store.epochs(run_id)) == [1]
        assert store.epoch(run_id, 1).p_true[0] == pytest.approx(0.5, abs=1e-5)

    @pytest.mark.parametrize(("n_epochs", "kept"), [(0, []), (2, [1, 2]), (3, [1, 2, 3])])
    def test_what_is_trained_again_is_forgotten_when_the_training_begins(
        self, store, n_epochs, kept
    ):
        run_id, other = running(store), running(store)
        for epoch in (1, 2, 3):
            store.save_epoch(run_id, epoch, ANSWERS)
        store.save_epoch(other, 3, ANSWERS)
        store.interrupt(run_id, RunStoreError("the app was closed"))
        store.go_on(run_id, n_epochs=1)
        store.claim_next()
        assert store.epochs(run_id) == [1, 2, 3]

        store.start(run_id, n_epochs=n_epochs)

        assert store.epochs(run_id) == kept
        assert store.epochs(other) == [3]

    def test_a_worker_that_comes_too_late_makes_nothing_forgotten(self, store):
        run_id = running(store)
        store.save_epoch(run_id, 1, ANSWERS)

        assert not store.start(run_id, claim=0.0)

        assert store.epochs(run_id) == [1]

    def test_a_worker_that_comes_too_late_replaces_none(self, store):
        run_id = running(store)
        store.save_epoch(run_id, 1, answers_with(0.5))

        assert not store.save_epoch(run_id, 1, answers_with(0.25), claim=0.0)
        assert not store.save_epoch(run_id, 2, answers_with(0.25), claim=0.0)

        assert list(store.epochs(run_id)) == [1]
        assert store.epoch(run_id, 1).p_true[0] == pytest.approx(0.5, abs=1e-5)

    def test_they_are_a_sign_of_life(self, store, monkeypatch):
        run_id = running(store)
        now = time.time()
        monkeypatch.setattr(run_store.time, "time", lambda: now + 60)

        store.save_epoch(run_id, 1, ANSWERS)

        assert store.interrupt_stale() == 0

    def test_a_database_from_before_there_were_any_opens_as_it_is(self, store, tmp_path):
        run_id = running(store)
        finish_with_checkpoint(store, run_id)
        store.close()
        database = sqlite3.connect(tmp_path / "runs.db")
        database.execute("DROP TABLE epochs")
        database.close()

        reopened = RunStore(store.url)

        assert reopened.epochs(run_id) == []
        reopened.go_on(run_id, n_epochs=1)
        reopened.claim_next()
        assert reopened.save_epoch(run_id, 2, ANSWERS)
        assert reopened.epochs(run_id) == [2]
        reopened.close()

    def test_a_baseline_has_all_of_its_epochs(self, store, baseline_networks, dataset):
        assert store.epochs("mlp-512") == [1, 2, 3, 4, 5]
        p_true = store.p_true_by_epoch("mlp-512")

        assert list(p_true) == [1, 2, 3, 4, 5]
        last = store.epoch("mlp-512", 5)
        np.testing.assert_array_equal(p_true[5], last.p_true)
        answers = baseline_networks["mlp-512"].probabilities(dataset.test_images)
        expected = answers[np.arange(10_000), dataset.test_labels]
        np.testing.assert_allclose(p_true[5], expected, rtol=0, atol=1e-4)
        with pytest.raises(
            EpochNotFoundError, match=r"^the run mlp-512 has no answers of epoch 6$"
        ):
            store.epoch("mlp-512", 6)


class TestGoOn:
    def test_a_finished_run_waits_for_more_epochs_and_keeps_what_it_has(self, store):
        run_id = running(store)
        store.update_progress(run_id, PROGRESS, HISTORY)
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
        assert store.claim_next().id == run_id

    def test_a_second_end_replaces_the_first(self, store):
        run_id = running(store)
        finish_with_checkpoint(store, run_id)
        store.go_on(run_id, n_epochs=1)
        store.claim_next()
        better = dataclasses.replace(RESULT, test_accuracy=0.625)
        weights = tuple(array + 1 for array in TINY_WEIGHTS)

        assert store.finish(run_id, history=HISTORY, result=better, weights=weights)

        assert store.get(run_id).result == better
        np.testing.assert_array_equal(store.network(run_id).weights[0], weights[0])

    def test_an_interrupted_run_goes_on_and_forgets_why_it_was(self, store):
        run_id = running(store)
        store.interrupt(run_id, RunStoreError("the app was closed"))
        assert store.get(run_id).failure is not None

        run = store.go_on(run_id, n_epochs=2)

        assert (run.status, run.failure) == (RunStatus.QUEUED, None)

    def test_one_that_was_asked_to_stop_is_wanted_again(self, store):
        run_id = running(store)
        store.request_stop(run_id)
        finish_with_checkpoint(store, run_id, was_stopped=True)

        store.go_on(run_id, n_epochs=1)
        store.claim_next()

        assert store.start(run_id)
        assert store.update_progress(run_id, PROGRESS, HISTORY)

    @pytest.mark.parametrize("end", ["finish", "stop", "interrupt"])
    def test_cancelled_in_the_queue_it_is_what_it_was(self, store, end):
        run_id = running(store)
        store.update_progress(run_id, PROGRESS, HISTORY)
        store.save_checkpoint(run_id, CHECKPOINT)
        if end == "interrupt":
            store.interrupt(run_id, RunStoreError("the app was closed"))
        else:
            finish(store, run_id, was_stopped=end == "stop")
        before = store.get(run_id)
        store.go_on(run_id, n_epochs=5)

        store.request_stop(run_id)

        assert store.get(run_id) == before
        assert store.claim_next() is None

    def test_of_two_who_ask_at_once_the_first_decides(self, store, runs_url, monkeypatch):
        run_id = running(store)
        finish_with_checkpoint(store, run_id)
        stale = store.get(run_id)
        store.go_on(run_id, n_epochs=1)
        other = RunStore(runs_url)
        answers = [stale]
        get = other.get
        # The second has read the run before the first was done.
        monkeypatch.setattr(other, "get", lambda each: answers.pop() if answers else get(each))

        run = other.go_on(run_id, n_epochs=5)

        assert run.config.epochs == stale.n_epochs_done + 1
        other.close()

    def test_it_waits_behind_those_that_waited_before(self, store):
        again = running(store)
        finish_with_checkpoint(store, again)
        waiting = new_run(store)

        store.go_on(again, n_epochs=1)

        assert [store.queue_position(run_id) for run_id in (waiting, again)] == [1, 2]
        assert [store.claim_next().id, store.claim_next().id] == [waiting, again]

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


class TestFineTune:
    IMAGES = np.full((2, 28, 28), 200, np.uint8)
    LABELS = np.array([7, 3], np.uint8)

    def fine_tune(self, store, base="mlp-256", n_epochs=3):
        return store.fine_tune(base, self.IMAGES, self.LABELS, n_epochs=n_epochs, name="tuned")

    def test_it_is_a_new_run_that_waits_and_the_other_stays(self, store):
        base = running(store)
        finish(store, base)
        before = store.get(base)

        run = self.fine_tune(store, base)

        assert (run.status, run.name, run.config.epochs) == (RunStatus.QUEUED, "tuned", 3)
        assert run.base == before.title == "mine #1"
        assert run.base_id == base
        assert store.get(base) == before
        assert before.base is None

    def test_what_it_begins_with_is_kept(self, store, baseline_networks):
        run = self.fine_tune(store)

        tuning = store.fine_tuning(run.id)

        assert tuning.base == "mlp-256"
        np.testing.assert_array_equal(tuning.images, self.IMAGES)
        np.testing.assert_array_equal(tuning.labels, self.LABELS)
        for ours, theirs in zip(tuning.weights, baseline_networks["mlp-256"].weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_the_list_tells_it_from_others(self, store):
        new_run(store)
        self.fine_tune(store)

        assert [run.base for run in store.list()] == ["mlp-256", None]

    def test_its_base_is_known_by_another_name_too(self, store):
        base = running(store)
        finish(store, base)
        run = self.fine_tune(store, base)

        store.rename(base, "other")

        assert store.get(run.id).base_id == base
        assert [run.base_id for run in store.list()] == [base, None]

    def test_what_the_base_had_learned_from_is_known_and_not_learned_again(self, store):
        base = running(store)
        finish(store, base)
        run = self.fine_tune(store, base)
        finish(store, store.claim_next().id)
        other = np.full((1, 28, 28), 100, np.uint8)

        again = store.fine_tune(run.id, other, self.LABELS[:1], n_epochs=1, name="again")

        tuning = store.fine_tuning(again.id)
        np.testing.assert_array_equal(tuning.images, other)
        np.testing.assert_array_equal(tuning.known, self.IMAGES[:1])
        assert not len(store.fine_tuning(run.id).known)

    def test_others_began_with_nothing(self, store):
        assert store.fine_tuning(new_run(store)) is None
        assert store.fine_tuning("mlp-256") is None

    def test_without_a_trained_network_there_is_nothing_to_begin_with(self, store):
        with pytest.raises(RunNotReadyError):
            self.fine_tune(store, new_run(store))
        with pytest.raises(RunNotFoundError):
            self.fine_tune(store, "nonsense")

    def test_what_cannot_be_trained_is_refused_and_no_run_is_stored(self, store):
        base = running(store)
        finish(store, base)

        with pytest.raises(InvalidConfigError, match=r"^epochs must be a whole number from 1 to"):
            self.fine_tune(store, n_epochs=0)
        with pytest.raises(InvalidConfigError, match="too few to mix 101 digits"):
            store.fine_tune(
                base,
                np.ones((101, 28, 28), np.uint8),
                np.ones(101, np.uint8),
                n_epochs=1,
                name="tuned",
            )

        assert [run.id for run in store.list()] == [base]


class TestClaim:
    """A worker that was thought dead wakes up after its run was given to another."""

    @pytest.fixture
    def stolen(self, store) -> tuple[str, float]:
        run_id = new_run(store)
        old_claim = store.claim_next().started_at
        store.interrupt(run_id, RunStoreError("silent"))
        store.go_on(run_id, n_epochs=1)
        assert store.claim_next().started_at != old_claim
        return run_id, old_claim

    @pytest.mark.parametrize("update", LATE_UPDATES.values(), ids=LATE_UPDATES)
    def test_the_old_worker_changes_nothing(self, store, stolen, update):
        run_id, old_claim = stolen
        before = store.get(run_id)

        assert update(store, run_id, claim=old_claim) is False
        assert store.get(run_id) == before

    @pytest.mark.parametrize("update", LATE_UPDATES.values(), ids=LATE_UPDATES)
    def test_the_new_worker_does(self, store, stolen, update):
        run_id, _ = stolen

        assert update(store, run_id, claim=store.get(run_id).started_at)


class TestQueue:
    def test_runs_are_taken_in_the_order_they_were_created(self, runs_url):
        ada, bob = RunStore(runs_url, workspace="ada"), RunStore(runs_url, workspace="bob")
        ids = [new_run(ada), new_run(bob), new_run(ada)]

        assert [ada.queue_position(run_id) for run_id in ids] == [1, 2, 3]
        assert [ada.claim_next().id for _ in ids] == ids
        assert ada.claim_next() is None

    def test_the_others_move_up_when_one_leaves(self, store):
        ids = [new_run(store) for _ in range(4)]

        store.claim_next()
        store.request_stop(ids[2])

        assert [store.queue_position(run_id) for run_id in ids] == [0, 1, 0, 2]

    def test_two_servers_never_take_the_same_run(self, runs_url):
        stores = [RunStore(runs_url), RunStore(runs_url)]
        ids = [new_run(stores[0]) for _ in range(30)]
        stores[1].list()
        taken: list[str] = []
        together = threading.Barrier(2)

        def take_all(store: RunStore) -> None:
            together.wait()
            while run := store.claim_next():
                taken.append(run.id)

        threads = [threading.Thread(target=take_all, args=(store,)) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(taken) == sorted(ids)
        for store in stores:
            store.close()


class TestOtherVersion:
    """A run whose settings this version does not know: stored by a newer app."""

    @pytest.fixture
    def foreign(self, store, tmp_path) -> str:
        run_id = new_run(store, "from tomorrow")
        database = sqlite3.connect(tmp_path / "runs.db")
        database.execute("UPDATE runs SET config = '{\"convolutions\": 3}'")
        database.commit()
        database.close()
        return run_id

    def test_is_left_out_of_the_list(self, store, foreign):
        known = new_run(store)

        assert [run.id for run in store.list()] == [known]

    def test_is_explained_when_it_is_opened(self, store, foreign):
        with pytest.raises(InvalidConfigError, match=r"^there is no setting named convolutions$"):
            store.get(foreign)

    def test_does_not_block_the_queue(self, store, foreign):
        known = new_run(store)

        assert store.claim_next().id == known

    def test_can_be_deleted(self, store, foreign):
        store.delete(foreign)

        with pytest.raises(RunNotFoundError):
            store.get(foreign)


class TestStale:
    @pytest.fixture
    def later(self, monkeypatch):
        """Set the clock of the store forward by some seconds."""
        now = time.time()
        return lambda seconds: monkeypatch.setattr(run_store.time, "time", lambda: now + seconds)

    def test_a_running_worker_that_is_silent_for_a_minute_is_gone(self, store, later):
        run_id = running(store)
        store.update_progress(run_id, PROGRESS, HISTORY)

        later(60)

        assert store.interrupt_stale() == 1
        run = store.get(run_id)
        assert run.status is RunStatus.INTERRUPTED
        assert "the training process stopped responding" in str(run.failure)
        assert (run.progress, run.history) == (PROGRESS, HISTORY)
        assert store.interrupt_stale() == 0

    def test_a_worker_that_beat_lately_is_alive(self, store, later):
        run_id = running(store)
        later(60)
        store.beat(run_id)
        later(65)

        assert store.interrupt_stale() == 0
        assert store.get(run_id).status is RunStatus.RUNNING

    def test_a_worker_that_loads_tensorflow_gets_more_time(self, store, later):
        run_id = store.create(TINY_CONFIG, name="mine", is_claimed=True).id

        later(50)
        assert store.interrupt_stale() == 0

        later(600)
        assert store.interrupt_stale() == 1
        assert store.get(run_id).status is RunStatus.INTERRUPTED

    def test_a_worker_that_the_caller_watches_itself_is_left_alone(self, store, later):
        watched, unwatched = running(store), running(store)

        later(60)

        assert store.interrupt_stale(except_ids=[watched]) == 1
        assert store.get(watched).status is RunStatus.RUNNING
        assert store.get(unwatched).status is RunStatus.INTERRUPTED

    def test_waiting_and_ended_runs_never_go_stale(self, store, later):
        waiting, ended = new_run(store), running(store)
        finish(store, ended)

        later(1e6)

        assert store.interrupt_stale() == 0
        assert store.get(waiting).status is RunStatus.QUEUED
        assert store.get(ended).status is RunStatus.FINISHED


class TestDatabase:
    def test_pages_read_while_a_worker_writes(self, store, tmp_path):
        run_id = running(store)
        database = sqlite3.connect(tmp_path / "runs.db")
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)

        database.execute("BEGIN IMMEDIATE")
        database.execute("UPDATE runs SET name = 'other'")

        assert store.get(run_id).name == "mine"
        database.close()

    def test_a_lock_that_is_never_released_is_one_sentence(self, runs_url, tmp_path, monkeypatch):
        monkeypatch.setattr("mnist_core.store.database._LOCK_TIMEOUT_SECONDS", 0.05)
        store = RunStore(runs_url)
        new_run(store)
        database = sqlite3.connect(tmp_path / "runs.db")
        database.execute("BEGIN IMMEDIATE")

        message = "^the stored runs cannot be read or written now: database is locked$"
        with pytest.raises(RunStoreError, match=message):
            new_run(store)

        database.close()
        assert store.get(new_run(store)).number == 2

    def test_constructing_touches_no_disk(self, tmp_path):
        store = RunStore(f"sqlite:///{tmp_path}/deep/below/runs.db")
        assert list(tmp_path.iterdir()) == []

        assert list(store.list()) == []
        assert (tmp_path / "deep" / "below" / "runs.db").is_file()

    def test_visitors_who_come_at_once_to_a_new_server_are_all_served(self, tmp_path):
        answers: list[object] = []

        def visit(store: RunStore, together: threading.Barrier) -> None:
            together.wait()
            try:
                answers.append(list(store.list()))
            except RunStoreError as error:
                answers.append(str(error))

        for attempt in range(10):
            store = RunStore(f"sqlite:///{tmp_path}/{attempt}.db")
            together = threading.Barrier(4)
            threads = [threading.Thread(target=visit, args=(store, together)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            store.close()

        assert answers == [[]] * 40

    def test_servers_that_start_at_once_on_a_new_database_all_work(self, tmp_path):
        answers: list[object] = []

        def serve(url: str, together: threading.Barrier) -> None:
            store = RunStore(url)
            together.wait()
            try:
                answers.append(list(store.list()))
            except RunStoreError as error:
                answers.append(str(error))
            store.close()

        for attempt in range(10):
            url = f"sqlite:///{tmp_path}/{attempt}.db"
            together = threading.Barrier(3)
            threads = [threading.Thread(target=serve, args=(url, together)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        assert answers == [[]] * 30


UNUSABLE_URLS = [
    "runs.db",
    "no-such-database://host/runs",
    "postgresql+psycopg2://user:secret@host/runs",
    "postgresql://user:secret@host:port/runs",
]


@pytest.mark.parametrize("url", UNUSABLE_URLS)
def test_an_unusable_url_is_explained_in_one_sentence(url):
    message = "^MNIST_RUNS_URL is not a database that can be used: .+$"

    with pytest.raises(RunStoreError, match=message) as caught:
        RunStore(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.fixture
def regular_file(tmp_path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_text("these are no runs\n" * 100)
    return path


# As root no directory is read-only, but nobody can write below a regular file.
@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("{tmp_path}", "unable to open database file"),
        ("{tmp_path}/notes.txt", "file is not a database"),
        ("{tmp_path}/notes.txt/runs.db", ".*File exists.*notes.txt.*"),
        ("{tmp_path}/notes.txt/deep/runs.db", ".*Not a directory.*notes.txt.*"),
    ],
    ids=["a directory", "another file", "below a file", "far below a file"],
)
@pytest.mark.parametrize(
    "method",
    [
        lambda store: store.list(),
        lambda store: store.create(TINY_CONFIG, name="mine"),
        lambda store: store.get("abcd1234"),
        lambda store: store.claim_next(),
        lambda store: store.interrupt_stale(),
    ],
    ids=["list", "create", "get", "claim_next", "interrupt_stale"],
)
def test_a_place_that_cannot_hold_runs_is_explained_in_one_sentence(
    tmp_path, regular_file, place, reason, method
):
    store = RunStore(f"sqlite:///{place.format(tmp_path=tmp_path)}")

    message = f"^the stored runs cannot be read or written now: {reason}$"
    with pytest.raises(RunStoreError, match=message) as caught:
        method(store)
    assert "\n" not in str(caught.value)
    assert store.get("mlp-512").is_baseline  # the lessons work all the same


def test_the_environment_says_where_the_runs_are(monkeypatch, tmp_path):
    url = f"sqlite:///{tmp_path}/elsewhere.db"
    monkeypatch.setenv("MNIST_RUNS_URL", url)

    store = RunStore()
    new_run(store)
    store.close()

    assert store.url == default_url() == url
    assert (tmp_path / "elsewhere.db").is_file()


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_word_the_runs_are_beside_the_app(monkeypatch, value):
    monkeypatch.delenv("MNIST_RUNS_URL")
    if value is not None:
        monkeypatch.setenv("MNIST_RUNS_URL", value)
    app = Path(mnist_core.__file__).parents[1]

    assert (app / "app.py").is_file()
    assert default_url() == f"sqlite:///{app / 'runs' / 'runs.db'}"


def test_every_setting_of_a_run_is_stored(store):
    for preset in PRESETS.values():
        config = dataclasses.replace(preset.config, seed=7)
        assert store.get(store.create(config, name="mine").id).config == config


def test_the_stored_values_are_plain_json(store, tmp_path):
    run_id = running(store)
    store.update_progress(run_id, PROGRESS, HISTORY)
    finish(store, run_id)

    database = sqlite3.connect(tmp_path / "runs.db")
    row = database.execute("SELECT config, progress, history, result FROM runs").fetchone()
    database.close()

    assert json.loads(row[0]) == json.loads(json.dumps(TINY_CONFIG.to_dict()))
    assert json.loads(row[1]) == json.loads(json.dumps(PROGRESS.to_dict()))
    assert json.loads(row[2]) == HISTORY
    assert json.loads(row[3]) == json.loads(json.dumps(RESULT.to_dict()))
