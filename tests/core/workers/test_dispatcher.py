import subprocess
import sys
import threading
from concurrent.futures import BrokenExecutor

import numpy as np
import pytest

from mnist_core.errors import RunNotFoundError, RunStoreError, StoreLockedError
from mnist_core.runs.run import RunStatus
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.store.claim import Claim
from mnist_core.store.run_store import RunStore
from mnist_core.workers import worker
from mnist_core.workers.dispatcher import Dispatcher
from mnist_core.workers.watch import SILENT_LOOKS
from tests.core.samples import HISTORY, PROGRESS, RESULT, TINY_CONFIG, TINY_WEIGHTS
from tests.core.workers.executors import HeldExecutor, Threads
from tests.waiting import wait_until


@pytest.fixture
def executor() -> HeldExecutor:
    return HeldExecutor()


@pytest.fixture
def jobs(store, executor):
    jobs = Dispatcher(store, executor=executor)
    yield jobs
    jobs.close()


def queue(store: RunStore, n: int) -> list[str]:
    return [store.create(TINY_CONFIG, name="mine").id for _ in range(n)]


def take(store: RunStore, executor: HeldExecutor, number: int = -1) -> Claim:
    """Let a worker that was sent take its run, and start."""
    claim = store.claim_next(worker=executor.name(number))
    store.start(claim)
    store.update_progress(claim, PROGRESS, HISTORY)
    return claim


def finish(store: RunStore, claim: Claim) -> None:
    store.finish(claim, history=HISTORY, result=RESULT, weights=TINY_WEIGHTS)


def refuse() -> None:
    raise StoreLockedError("locked")


def status(store: RunStore, run_id: str) -> RunStatus:
    return store.get(run_id).status


class TestQueue:
    def test_a_worker_is_sent_for_a_waiting_run(self, store, jobs, executor):
        queue(store, 1)

        jobs.look()

        ((function, (url, _name), _),) = executor.work
        assert function is worker.run_next
        assert url == store.url

    def test_where_none_waits_none_is_sent(self, jobs, executor):
        jobs.look()

        assert executor.work == []

    def test_no_more_are_sent_than_there_are_places(self, store, jobs, executor):
        executor.places = 2
        queue(store, 4)

        jobs.look()
        jobs.look()

        assert len(executor.work) == 2
        assert executor.name(0) != executor.name(1)

    def test_no_more_are_sent_than_there_are_runs(self, store, jobs, executor):
        executor.places = 4
        queue(store, 2)

        jobs.look()
        jobs.look()  # those who were sent have not taken their runs yet

        assert len(executor.work) == 2

    def test_when_one_comes_back_the_next_is_sent(self, store, jobs, executor):
        queue(store, 2)
        jobs.look()
        finish(store, take(store, executor))
        jobs.look()
        assert len(executor.work) == 1

        executor.end()
        jobs.look()

        assert len(executor.work) == 2

    def test_places_may_come_and_go(self, store, jobs, executor):
        executor.places = 0
        queue(store, 1)
        jobs.look()
        assert executor.work == []

        executor.places = 1
        jobs.look()

        assert len(executor.work) == 1

    def test_a_run_at_work_is_asked_to_stop(self, store, jobs, executor):
        (run_id,) = queue(store, 1)
        jobs.look()
        take(store, executor)

        jobs.stop(run_id)

        assert store.is_stop_requested(run_id)

    def test_a_run_that_is_not_there_cannot_be_stopped(self, jobs):
        with pytest.raises(RunNotFoundError):
            jobs.stop("nothing")

    def test_without_a_process_a_run_goes_on_waiting(self, store, jobs, executor):
        (run_id,) = queue(store, 1)
        executor.trouble = OSError("no room for another process")
        jobs.look()
        assert status(store, run_id) is RunStatus.QUEUED

        executor.trouble = None
        jobs.look()

        assert len(executor.work) == 1


class TestThread:
    def test_it_finds_what_was_submitted(self, store, jobs, executor):
        jobs.start()

        jobs.submit(queue(store, 1)[0])

        wait_until(lambda: executor.work)

    def test_it_finds_by_itself_what_another_server_created(self, store, jobs, executor):
        jobs.start()
        jobs.start()  # one is enough
        assert [thread.name for thread in threading.enumerate()].count("run-queue") == 1

        queue(store, 1)

        wait_until(lambda: executor.work)

    def test_it_outlives_a_store_that_is_away(self, store, jobs, executor, monkeypatch):
        beats, refused = store.beats, []

        def refuse_once():
            if not refused:
                refused.append(True)
                raise StoreLockedError("locked")
            return beats()

        monkeypatch.setattr(store, "beats", refuse_once)
        queue(store, 1)

        jobs.start()

        wait_until(lambda: executor.work)
        assert refused

    def test_it_ends_with_the_dispatcher(self, store, executor):
        jobs = Dispatcher(store, executor=executor)
        jobs.start()

        jobs.close()

        assert "run-queue" not in [thread.name for thread in threading.enumerate()]


class TestLoss:
    def test_the_run_of_a_worker_that_died_waits_for_another(self, store, jobs, executor):
        (run_id,) = queue(store, 1)
        jobs.look()
        take(store, executor)

        executor.end(error=BrokenExecutor("killed"))

        run = store.get(run_id)
        assert (run.status, run.n_losses) == (RunStatus.QUEUED, 1)
        assert (run.progress, run.history) == (PROGRESS, HISTORY)
        assert run.failure.kind == "WorkerDiedError"
        jobs.look()
        assert take(store, executor).run_id == run_id

    def die(self, store, jobs, executor, run_id: str, n: int) -> RunStatus:
        for _ in range(n):
            jobs.look()
            take(store, executor)
            executor.end(error=BrokenExecutor("killed"))
        return store.get(run_id).status

    def test_a_run_that_ends_its_processes_is_interrupted_the_fourth_time(
        self, store, jobs, executor
    ):
        (run_id,) = queue(store, 1)

        assert self.die(store, jobs, executor, run_id, 3) is RunStatus.QUEUED
        assert self.die(store, jobs, executor, run_id, 1) is RunStatus.INTERRUPTED
        assert "the training process was ended" in str(store.get(run_id).failure)

    def test_one_that_comes_further_each_time_goes_on(self, store, jobs, executor):
        (run_id,) = queue(store, 1)
        for n_epochs in range(1, 7):
            jobs.look()
            claim = take(store, executor)
            history = {name: values[:1] * n_epochs for name, values in HISTORY.items()}
            store.update_progress(claim, PROGRESS, history)
            executor.end(error=BrokenExecutor("killed"))

        assert status(store, run_id) is RunStatus.QUEUED

    def test_so_does_one_whose_process_dies_before_it_has_begun(self, store, jobs, executor):
        (run_id,) = queue(store, 1)
        for _ in range(6):
            jobs.look()
            store.claim_next(worker=executor.name(-1))
            executor.end(error=BrokenExecutor("killed"))

        assert status(store, run_id) is RunStatus.QUEUED

    def test_asked_to_go_on_it_may_lose_as_many_again(self, store, jobs, executor):
        (run_id,) = queue(store, 1)
        self.die(store, jobs, executor, run_id, 3)
        store.request_stop(run_id)
        store.go_on(run_id, n_epochs=1)

        assert self.die(store, jobs, executor, run_id, 3) is RunStatus.QUEUED

    def test_nor_does_a_worker_that_could_not_store_what_it_did(self, store, jobs, executor):
        (run_id,) = queue(store, 1)
        for _ in range(6):
            jobs.look()
            take(store, executor)
            executor.end(error=StoreLockedError("locked"))

        assert status(store, run_id) is RunStatus.QUEUED

    def test_what_is_no_fault_of_the_run_does_not_count_to_these(self, store, jobs, executor):
        (run_id,) = queue(store, 1)
        for _ in range(5):  # as of a server that was killed
            store.take_back(store.claim_next(), RunStoreError("silent"))

        assert self.die(store, jobs, executor, run_id, 3) is RunStatus.QUEUED
        assert store.get(run_id).n_losses == 8

    def test_the_run_of_a_worker_that_is_silent_waits_for_another(self, store, jobs):
        claim = store.create_claimed(TINY_CONFIG, name="mine")
        store.start(claim)

        for _ in range(SILENT_LOOKS + 1):
            jobs.look()

        run = store.get(claim.run_id)
        assert run.n_losses == 1
        assert run.failure.kind == "WorkerSilentError"

    @pytest.mark.parametrize("hours", [-1, 1])
    def test_a_clock_that_is_set_makes_no_worker_silent(self, store, jobs, later, hours):
        claim = store.create_claimed(TINY_CONFIG, name="mine")
        store.start(claim)

        for _ in range(2 * SILENT_LOOKS):
            jobs.look()
            later(3_600 * hours)
            store.beat(claim)

        assert status(store, claim.run_id) is RunStatus.RUNNING

    def test_a_run_that_had_ended_before_its_worker_died_stays_as_it_is(
        self, store, jobs, executor
    ):
        (run_id,) = queue(store, 1)
        jobs.look()
        finish(store, take(store, executor))

        executor.end(error=BrokenExecutor("killed"))

        assert status(store, run_id) is RunStatus.FINISHED

    def test_a_run_that_another_has_by_now_is_none_of_its_first_workers_business(
        self, store, jobs, executor
    ):
        (run_id,) = queue(store, 1)
        jobs.look()
        first = take(store, executor)
        store.take_back(first, RunStoreError("silent"))
        second = store.claim_next()

        executor.end(error=BrokenExecutor("killed"))

        assert store.get(run_id).worker == second.worker
        assert status(store, run_id) is RunStatus.STARTING

    def test_a_bug_fails_its_run(self, store, jobs, executor):
        (run_id,) = queue(store, 1)
        jobs.look()
        take(store, executor)

        executor.end(error=ZeroDivisionError("a bug"))

        run = store.get(run_id)
        assert run.status is RunStatus.FAILED
        assert str(run.failure) == "the training ended with an unexpected error: ZeroDivisionError"
        assert (run.progress, run.history) == (PROGRESS, HISTORY)

    def test_a_store_that_is_away_at_a_death_costs_no_place(
        self, store, jobs, executor, monkeypatch
    ):
        queue(store, 2)
        jobs.look()
        take(store, executor)
        with monkeypatch.context() as patch:
            patch.setattr(store, "beats", refuse)
            executor.end(error=BrokenExecutor("killed"))

        jobs.look()

        assert len(executor.work) == 2


class TestWarmUp:
    def test_the_first_run_waits_for_the_warm_worker(self, store, jobs, executor):
        jobs.warm_up()
        queue(store, 1)
        jobs.look()
        assert [function for function, _, _ in executor.work] == [worker.warm_up]

        executor.end()
        jobs.look()

        assert [function for function, _, _ in executor.work] == [worker.warm_up, worker.run_next]

    def test_many_visitors_warm_up_one_worker_once(self, jobs, executor):
        executor.places = 2

        for _ in range(3):
            jobs.warm_up()

        assert len(executor.work) == 1

    def test_while_a_worker_trains_none_is_warmed_up(self, store, jobs, executor):
        queue(store, 1)
        jobs.look()

        jobs.warm_up()

        ((function, _, _),) = executor.work
        assert function is worker.run_next

    def test_without_a_process_nothing_is_warmed_up(self, jobs, executor):
        executor.trouble = OSError("no room for another process")

        jobs.warm_up()

        assert executor.work == []


class TestClose:
    def test_the_workers_are_ended_and_their_runs_wait(self, store, executor):
        jobs = Dispatcher(store, executor=executor)
        (run_id,) = queue(store, 1)
        jobs.look()
        take(store, executor)

        jobs.close()

        assert executor.is_closed
        run = store.get(run_id)
        assert (run.status, run.n_losses) == (RunStatus.QUEUED, 0)
        assert run.failure.kind == "WorkerClosedError"

    def test_afterwards_no_run_is_started(self, store, jobs, executor):
        (run_id,) = queue(store, 1)
        jobs.close()

        jobs.submit(run_id)
        jobs.look()
        jobs.warm_up()
        jobs.start()

        assert executor.work == []
        assert status(store, run_id) is RunStatus.QUEUED


def test_any_executor_will_do(store, dataset, monkeypatch):
    monkeypatch.setattr(worker, "load_dataset", lambda: dataset)
    config = TrainingConfig(layers=(HiddenLayer(8),), epochs=1, n_train=100)
    ids = [store.create(config, name="mine").id for _ in range(3)]
    jobs = Dispatcher(store, executor=Threads())
    jobs.start()
    try:
        jobs.warm_up()
        wait_until(lambda: all(store.get(run_id).is_ended for run_id in ids))
    finally:
        jobs.close()

    assert [status(store, run_id) for run_id in ids] == [RunStatus.FINISHED] * 3
    first, *others = (store.network(run_id).weights[0] for run_id in ids)
    for weights in others:
        np.testing.assert_array_equal(weights, first)


def test_looking_after_the_queue_loads_no_tensorflow():
    code = (
        "import sys\n"
        "from mnist_core.workers.dispatcher import Dispatcher\n"
        "from mnist_core.store.run_store import RunStore\n"
        "Dispatcher(RunStore()).look()\n"
        "print({'keras', 'tensorflow', 'streamlit'} & set(sys.modules))\n"
    )

    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert output.stdout == "set()\n"
