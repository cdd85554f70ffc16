import subprocess
import sys
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from mnist_core.errors import InvalidEnvironmentError, RunNotFoundError, RunStoreError
from mnist_core.runs.run import RunStatus
from mnist_core.store.run_store import RunStore
from mnist_core.workers import worker
from mnist_core.workers.dispatcher import Dispatcher, default_n_workers
from tests.core.samples import HISTORY, PROGRESS, RESULT, TINY_CONFIG, TINY_WEIGHTS
from tests.core.store.conftest import held


class HeldExecutor(Executor):
    """A pool of one that only notes its work; the test decides how and when it ends."""

    def __init__(self) -> None:
        self.work: list[tuple[object, tuple, Future]] = []
        self.is_broken = False
        self.is_shut_down = False

    def submit(self, function, /, *args):
        if self.is_broken:
            raise BrokenProcessPool("the process of this pool died")
        future: Future = Future()
        self.work.append((function, args, future))
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        self.is_shut_down = True

    @property
    def run_ids(self) -> list[str]:
        return [args[1].run_id for function, args, _ in self.work if function is worker.run]

    def end(self, error: Exception | None = None) -> None:
        """Let the latest work end, as a worker process would."""
        _, _, future = self.work[-1]
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


@pytest.fixture
def pools() -> list[HeldExecutor]:
    """Every pool that was made, in turn."""
    return []


@pytest.fixture
def make_jobs(store, pools):
    def make_pool() -> HeldExecutor:
        pools.append(HeldExecutor())
        return pools[-1]

    def make(n_workers: int = 1) -> Dispatcher:
        return Dispatcher(store, n_workers=n_workers, executor_factory=make_pool)

    return make


def queue(store: RunStore, n: int) -> list[str]:
    return [store.create(TINY_CONFIG, name="mine").id for _ in range(n)]


def finish(store: RunStore, run_id: str) -> None:
    claim = held(store, run_id)
    store.start(claim)
    store.finish(claim, history=HISTORY, result=RESULT, weights=TINY_WEIGHTS)


def status(store: RunStore, run_id: str) -> RunStatus:
    return store.get(run_id).status


class TestQueue:
    def test_a_submitted_run_goes_to_a_worker(self, store, make_jobs, pools):
        (run_id,) = queue(store, 1)

        make_jobs().submit(run_id)

        ((function, args, _),) = pools[0].work
        assert function is worker.run
        assert args == (store.url, held(store, run_id))
        assert status(store, run_id) is RunStatus.STARTING

    def test_runs_are_trained_in_the_order_they_were_created(self, store, make_jobs, pools):
        jobs, ids = make_jobs(), queue(store, 3)
        for run_id in reversed(ids):
            jobs.submit(run_id)

        for n_started in (1, 2, 3):
            assert pools[0].run_ids == ids[:n_started]
            finish(store, ids[n_started - 1])
            pools[0].end()

        assert len(pools) == 1  # one worker, warm for each of them

    def test_no_more_runs_are_trained_at_once_than_there_are_workers(self, store, make_jobs, pools):
        jobs, ids = make_jobs(n_workers=2), queue(store, 4)

        for run_id in ids:
            jobs.submit(run_id)

        assert [pool.run_ids for pool in pools] == [[ids[0]], [ids[1]]]
        assert [store.queue_position(run_id) for run_id in ids] == [0, 0, 1, 2]

        pools[1].end()
        assert [pool.run_ids for pool in pools] == [[ids[0]], [ids[1], ids[2]]]

    def test_a_run_that_another_server_created_is_found(self, store, make_jobs, pools):
        jobs, (run_id,) = make_jobs(), queue(store, 1)

        jobs.refresh()

        assert pools[0].run_ids == [run_id]

    def test_a_run_stopped_while_it_waits_is_never_trained(self, store, make_jobs, pools):
        jobs, ids = make_jobs(), queue(store, 3)
        jobs.submit(ids[0])

        jobs.stop(ids[1])
        pools[0].end()

        assert pools[0].run_ids == [ids[0], ids[2]]
        assert status(store, ids[1]) is RunStatus.STOPPED

    def test_a_run_at_work_is_asked_to_stop(self, store, make_jobs):
        jobs, (run_id,) = make_jobs(), queue(store, 1)
        jobs.submit(run_id)

        jobs.stop(run_id)

        assert store.get(run_id).is_stop_requested

    def test_a_run_that_is_not_there_cannot_be_stopped(self, make_jobs):
        with pytest.raises(RunNotFoundError):
            make_jobs().stop("nothing")

    def test_a_run_whose_worker_went_silent_is_interrupted(self, store, make_jobs, monkeypatch):
        claim = store.create_claimed(TINY_CONFIG, name="mine")
        store.start(claim)
        monkeypatch.setattr("mnist_core.store.queue._STALE_RUNNING_SECONDS", -1.0)

        make_jobs().refresh()

        assert status(store, claim.run_id) is RunStatus.INTERRUPTED

    def test_a_run_of_this_server_outlives_a_sleep_of_the_machine(
        self, store, make_jobs, monkeypatch
    ):
        # Its heartbeat is old when the lid is opened again, but the pool knows that it lives.
        jobs, (run_id,) = make_jobs(), queue(store, 1)
        jobs.submit(run_id)
        store.start(held(store, run_id))
        monkeypatch.setattr("mnist_core.store.queue._STALE_RUNNING_SECONDS", -1.0)

        jobs.refresh()

        assert status(store, run_id) is RunStatus.RUNNING


class TestFailure:
    def test_an_exception_fails_its_run_and_the_next_one_starts(self, store, make_jobs, pools):
        jobs, ids = make_jobs(), queue(store, 2)
        jobs.submit(ids[0])
        store.start(held(store, ids[0]))
        store.update_progress(held(store, ids[0]), PROGRESS, HISTORY)

        pools[0].end(ZeroDivisionError("a bug"))

        run = store.get(ids[0])
        assert run.status is RunStatus.FAILED
        assert str(run.failure) == (
            "the training ended with an unexpected error: ZeroDivisionError"
        )
        assert run.failure.kind == "WorkerCrashedError"
        assert (run.progress, run.history) == (PROGRESS, HISTORY)
        assert pools[0].run_ids == ids  # the worker itself is well

    def test_a_dead_worker_fails_its_run_and_the_next_one_gets_a_new_worker(
        self, store, make_jobs, pools
    ):
        jobs, ids = make_jobs(), queue(store, 2)
        jobs.submit(ids[0])
        store.start(held(store, ids[0]))
        store.update_progress(held(store, ids[0]), PROGRESS, HISTORY)

        pools[0].end(BrokenProcessPool("killed"))

        run = store.get(ids[0])
        assert run.status is RunStatus.FAILED
        assert "the training process was ended" in str(run.failure)
        assert run.failure.kind == "WorkerDiedError"
        assert (run.progress, run.history) == (PROGRESS, HISTORY)
        assert [pool.run_ids for pool in pools] == [[ids[0]], [ids[1]]]

    def test_a_run_that_had_ended_before_its_worker_died_stays_as_it_is(
        self, store, make_jobs, pools
    ):
        jobs, (run_id,) = make_jobs(), queue(store, 1)
        jobs.submit(run_id)
        finish(store, run_id)

        pools[0].end(BrokenProcessPool("killed"))

        assert status(store, run_id) is RunStatus.FINISHED

    def test_an_idle_worker_that_died_is_replaced(self, store, make_jobs, pools):
        jobs, ids = make_jobs(), queue(store, 2)
        jobs.submit(ids[0])
        jobs.stop(ids[1])
        pools[0].end()
        pools[0].is_broken = True

        (late,) = queue(store, 1)
        jobs.submit(late)

        assert [pool.run_ids for pool in pools] == [[ids[0]], [late]]

    def test_a_run_that_went_on_elsewhere_is_none_of_its_first_workers_business(
        self, store, make_jobs, pools
    ):
        jobs, (run_id,) = make_jobs(n_workers=2), queue(store, 1)
        jobs.submit(run_id)
        # Deleted, brought back, and gone on with, while its worker still loads TensorFlow.
        store.delete(run_id)
        store.restore(run_id)
        store.go_on(run_id, n_epochs=1)
        jobs.submit(run_id)
        assert [pool.run_ids for pool in pools] == [[run_id], [run_id]]

        pools[0].end(BrokenProcessPool("killed"))

        assert status(store, run_id) is RunStatus.STARTING
        (waiting,) = queue(store, 1)
        jobs.submit(waiting)
        # The second worker is still at work: a new one takes the next run.
        assert [pool.run_ids for pool in pools] == [[run_id], [run_id], [waiting]]

    def test_cancelled_work_fails_its_run(self, store, make_jobs, pools):
        jobs, (run_id,) = make_jobs(), queue(store, 1)
        jobs.submit(run_id)

        pools[0].work[0][2].cancel()

        assert status(store, run_id) is RunStatus.FAILED

    def test_a_store_that_is_away_for_a_moment_costs_no_worker(
        self, store, make_jobs, pools, monkeypatch
    ):
        jobs, ids = make_jobs(), queue(store, 2)
        jobs.submit(ids[0])

        def refuse(*_args):
            raise RunStoreError("the stored runs cannot be read or written now")

        monkeypatch.setattr(store, "fail", refuse)
        pools[0].end(ZeroDivisionError("a bug"))

        assert pools[0].run_ids == ids


class TestWarmUp:
    def test_the_first_run_finds_a_warm_worker(self, store, make_jobs, pools):
        jobs, (run_id,) = make_jobs(), queue(store, 1)

        jobs.warm_up()
        jobs.submit(run_id)

        assert len(pools) == 1
        assert [function for function, _, _ in pools[0].work] == [worker.warm_up, worker.run]

    def test_many_visitors_warm_up_one_worker_once(self, make_jobs, pools):
        jobs = make_jobs(n_workers=2)

        for _ in range(3):
            jobs.warm_up()

        assert len(pools) == 1
        assert len(pools[0].work) == 1

    def test_while_a_worker_trains_none_is_warmed_up(self, store, make_jobs, pools):
        jobs, (run_id,) = make_jobs(), queue(store, 1)
        jobs.submit(run_id)

        jobs.warm_up()

        ((function, _, _),) = [work for pool in pools for work in pool.work]
        assert function is worker.run


class TestClose:
    def test_every_worker_is_ended(self, store, make_jobs, pools):
        jobs, ids = make_jobs(n_workers=2), queue(store, 2)
        for run_id in ids:
            jobs.submit(run_id)
        pools[0].end()

        jobs.close()

        assert [pool.is_shut_down for pool in pools] == [True, True]

    def test_afterwards_no_run_is_started(self, store, make_jobs, pools):
        jobs, (run_id,) = make_jobs(), queue(store, 1)
        jobs.close()

        jobs.submit(run_id)
        jobs.refresh()
        jobs.warm_up()

        assert pools == []
        assert status(store, run_id) is RunStatus.QUEUED


class TestNumberOfWorkers:
    def test_one_worker_trains_unless_told_otherwise(self, monkeypatch):
        monkeypatch.delenv("MNIST_WORKERS", raising=False)
        assert default_n_workers() == 1

        monkeypatch.setenv("MNIST_WORKERS", "3")
        assert default_n_workers() == 3

    @pytest.mark.parametrize("value", ["0", "-1", "two", "1.5"])
    def test_a_number_that_is_none_is_refused(self, monkeypatch, value, store):
        monkeypatch.setenv("MNIST_WORKERS", value)
        message = f"^MNIST_WORKERS must be a whole number of at least 1, got {value}$"

        with pytest.raises(InvalidEnvironmentError, match=message):
            Dispatcher(store)


def test_handing_over_runs_loads_no_tensorflow():
    code = (
        "import sys\n"
        "from mnist_core.workers.dispatcher import Dispatcher\n"
        "from mnist_core.store.run_store import RunStore\n"
        "Dispatcher(RunStore()).refresh()\n"
        "print({'keras', 'tensorflow', 'streamlit'} & set(sys.modules))\n"
    )

    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert output.stdout == "set()\n"


def test_a_worker_that_cannot_be_started_fails_its_run_and_not_the_page(store):
    def no_memory():
        raise OSError(12, "Cannot allocate memory")

    run_id = store.create(TINY_CONFIG, name="mine").id

    Dispatcher(store, n_workers=1, executor_factory=no_memory).submit(run_id)

    run = store.get(run_id)
    assert run.status == RunStatus.FAILED
    assert str(run.failure) == "the training process could not be started: Cannot allocate memory"
    assert run.failure.kind == "WorkerNotStartedError"
