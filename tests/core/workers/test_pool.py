import os
import subprocess
import sys
from concurrent.futures import BrokenExecutor

import psutil
import pytest
from loky import ProcessPoolExecutor, process_executor
from loky.backend.process import LokyProcess

from mnist_core.errors import InvalidEnvironmentError
from mnist_core.evaluation.answers import evaluate
from mnist_core.runs.run import RunStatus
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.store.run_store import RunStore
from mnist_core.workers.dispatcher import Dispatcher
from mnist_core.workers.pool import ProcessPools, _WatchedPool, default_n_workers
from tests.core.processes import workers_below
from tests.waiting import wait_until

THIS_PROCESS = psutil.Process()
SHORT = TrainingConfig(layers=(HiddenLayer(32),), epochs=1, n_train=200, learning_rate=0.01)
LONG = TrainingConfig(layers=(HiddenLayer(256),), epochs=200)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """A store and jobs with a real worker process, kept warm for the tests of this file."""
    store = RunStore(f"sqlite:///{tmp_path_factory.mktemp('workshop')}/runs.db")
    jobs = Dispatcher(store, executor=ProcessPools(1))
    jobs.start()
    yield store, jobs
    jobs.close()
    store.close()


def has_curve(store: RunStore, run_id: str) -> bool:
    """Whether the run is at work and has something to show."""
    progress = store.get(run_id).progress
    return progress is not None and bool(progress.curve)


def test_a_worker_process_trains_a_run(workshop, dataset):
    store, jobs = workshop
    run_id = store.create(SHORT, name="short").id

    jobs.submit(run_id)
    wait_until(lambda: store.get(run_id).is_ended)

    run = store.get(run_id)
    assert (run.status, run.failure) == (RunStatus.FINISHED, None)
    assert len(run.history["loss"]) == len(run.result.epoch_seconds) == 1
    assert run.progress.share == 1
    assert run.created_at <= run.started_at <= run.finished_at
    answers = store.network(run_id).probabilities(dataset.test_images)
    expected = evaluate(answers, dataset.test_labels).accuracy
    assert run.result.test_accuracy == pytest.approx(expected, abs=1e-4)
    assert expected > 0.2  # far from guessing


def test_a_run_stopped_in_its_middle_keeps_its_weights(workshop, dataset):
    store, jobs = workshop
    run_id = store.create(LONG, name="long").id
    jobs.submit(run_id)
    wait_until(lambda: has_curve(store, run_id))

    jobs.stop(run_id)
    wait_until(lambda: store.get(run_id).is_ended)

    run = store.get(run_id)
    assert (run.status, run.failure) == (RunStatus.STOPPED, None)
    assert run.progress.share < 1
    assert len(run.history.get("loss", [])) == len(run.result.epoch_seconds) < 200
    answers = store.network(run_id).probabilities(dataset.test_images)
    assert evaluate(answers, dataset.test_labels).accuracy > 0.2


def test_a_deleted_run_frees_its_worker(workshop):
    store, jobs = workshop
    deleted = store.create(LONG, name="long").id
    waiting = store.create(SHORT, name="short").id
    jobs.submit(deleted)
    wait_until(lambda: has_curve(store, deleted))

    store.delete(deleted)
    wait_until(lambda: store.get(waiting).is_ended)

    assert store.get(waiting).status is RunStatus.FINISHED


def test_a_killed_worker_loses_nothing(workshop):
    store, jobs = workshop
    killed = store.create(LONG, name="long").id
    waiting = store.create(SHORT, name="short").id
    jobs.submit(killed)
    wait_until(lambda: has_curve(store, killed))

    for process in workers_below(THIS_PROCESS):
        process.kill()
    wait_until(lambda: store.get(killed).n_losses)
    wait_until(lambda: store.get(killed).status is RunStatus.RUNNING)
    jobs.stop(killed)
    wait_until(lambda: store.get(killed).is_ended)
    wait_until(lambda: store.get(waiting).is_ended)

    run = store.get(killed)
    assert (run.status, run.n_losses, run.failure) == (RunStatus.STOPPED, 1, None)
    assert store.get(waiting).status is RunStatus.FINISHED


def test_a_killed_worker_that_took_the_place_of_an_idle_one_is_noticed_too(store, monkeypatch):
    start, wait, n_watched = LokyProcess.start, process_executor.wait, []
    n_watched_before = -1  # the first process starts at once

    def start_as_on_a_busy_machine(process: LokyProcess) -> None:
        # By then the thread that watches has looked, and found no process.
        wait_until(lambda: len(n_watched) > n_watched_before)
        start(process)

    def wait_and_tell(things: list) -> list:
        n_watched.append(len(things) - 2)  # two are pipes for messages
        return wait(things)

    monkeypatch.setattr(LokyProcess, "start", start_as_on_a_busy_machine)
    monkeypatch.setattr(process_executor, "wait", wait_and_tell)
    jobs = Dispatcher(store, executor=ProcessPools(1, idle_seconds=1))
    jobs.start()
    others = workers_below(THIS_PROCESS)
    try:
        jobs.submit(store.create(SHORT, name="first").id)
        wait_until(lambda: 1 in n_watched and n_watched[-1] == 0)
        second = store.create(LONG, name="second").id
        n_watched_before = len(n_watched)
        jobs.submit(second)
        wait_until(lambda: has_curve(store, second))

        (process,) = workers_below(THIS_PROCESS) - others
        process.kill()

        wait_until(lambda: store.get(second).n_losses == 1)
    finally:
        jobs.close()


def test_pages_come_before_training(workshop):
    store, jobs = workshop
    run_id = store.create(SHORT, name="short").id
    jobs.submit(run_id)
    wait_until(lambda: store.get(run_id).is_ended)

    (process,) = workers_below(THIS_PROCESS)

    assert process.nice() == min(19, THIS_PROCESS.nice() + 5)


def test_closing_ends_the_worker_and_its_run_waits(store):
    jobs = Dispatcher(store, executor=ProcessPools(1))
    jobs.start()
    run_id = store.create(LONG, name="long").id
    earlier = workers_below(THIS_PROCESS)
    jobs.submit(run_id)
    wait_until(lambda: store.get(run_id).status is RunStatus.RUNNING)
    (process,) = workers_below(THIS_PROCESS) - earlier

    jobs.close()

    wait_until(lambda: not process.is_running())
    run = store.get(run_id)
    assert (run.status, run.n_losses) == (RunStatus.QUEUED, 0)
    assert "the app was closed" in str(run.failure)
    assert run.failure.kind == "WorkerClosedError"


class TestProcessPools:
    def test_a_process_stays_warm_for_the_next_work(self):
        pools = ProcessPools(1)
        try:
            first = pools.submit(os.getpid).result()

            assert pools.submit(os.getpid).result() == first
        finally:
            pools.close()

    def test_a_dead_process_is_replaced(self):
        pools = ProcessPools(1)
        try:
            first = pools.submit(os.getpid).result()
            with pytest.raises(BrokenExecutor):
                pools.submit(os._exit, 1).result()

            assert pools.submit(os.getpid).result() != first
        finally:
            pools.close()

    def test_it_has_as_many_places_as_the_environment_says(self, monkeypatch):
        monkeypatch.setenv("MNIST_WORKERS", "3")

        assert ProcessPools().n_slots() == 3


class TestNumberOfWorkers:
    def test_one_worker_trains_unless_told_otherwise(self, monkeypatch):
        monkeypatch.delenv("MNIST_WORKERS", raising=False)
        assert default_n_workers() == 1

        monkeypatch.setenv("MNIST_WORKERS", "3")
        assert default_n_workers() == 3

    @pytest.mark.parametrize("value", ["0", "-1", "two", "1.5"])
    def test_a_number_that_is_none_is_refused(self, monkeypatch, value):
        monkeypatch.setenv("MNIST_WORKERS", value)
        message = f"^MNIST_WORKERS must be a whole number of at least 1, got {value}$"

        with pytest.raises(InvalidEnvironmentError, match=message):
            ProcessPools()


class TestInsidesOfLoky:
    """What `_WatchedPool` mends. When this fails, loky has changed: look whether it is needed."""

    @pytest.fixture
    def steps(self, monkeypatch) -> list[str]:
        """What loky does while work is given to a pool whose process has left, in turn."""
        steps: list[str] = []
        wake_up, start = process_executor._ThreadWakeup.wakeup, LokyProcess.start

        def note_waking(self: object) -> None:
            steps.append("wake the watcher")
            wake_up(self)

        def note_starting(self: LokyProcess) -> None:
            steps.append("start a process")
            start(self)

        monkeypatch.setattr(process_executor._ThreadWakeup, "wakeup", note_waking)
        monkeypatch.setattr(LokyProcess, "start", note_starting)
        return steps

    @staticmethod
    def steps_of_work_after_the_process_left(
        pool: ProcessPoolExecutor, steps: list[str]
    ) -> list[str]:
        try:
            pool.submit(os.getpid).result()
            wait_until(lambda: not pool._processes)
            steps.clear()
            pool.submit(os.getpid)
            return list(steps)
        finally:
            pool.shutdown(wait=True, kill_workers=True)

    def test_it_wakes_its_watcher_before_it_starts_a_process_and_not_again(self, steps):
        pool = ProcessPoolExecutor(1, timeout=1)

        assert self.steps_of_work_after_the_process_left(pool, steps) == [
            "wake the watcher",
            "start a process",
        ]

    def test_our_pool_wakes_the_watcher_once_more(self, steps):
        pool = _WatchedPool(1, timeout=1)

        assert self.steps_of_work_after_the_process_left(pool, steps) == [
            "wake the watcher",
            "start a process",
            "wake the watcher",
        ]


# A process that would go on for ever, if nobody ended the work that loky waits for.
ENDING = """
import time
from loky import ProcessPoolExecutor, process_executor
from mnist_core.workers.pool import _WatchedPool, call_before_pools_wait

pool = _WatchedPool(1)
pool.submit(time.sleep, 3_600)

def end():
    print("loky waits" if process_executor._global_shutdown else "before loky waits", flush=True)
    pool.shutdown(wait=True, kill_workers=True)

call_before_pools_wait(end)
print("the end of the script", flush=True)
"""


def test_what_is_to_come_before_loky_waits_does():
    ending = subprocess.run(
        [sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=60, check=False
    )

    assert ending.stdout.splitlines() == ["the end of the script", "before loky waits"]
    assert (ending.returncode, ending.stderr) == (0, "")


# A server that trains until its standard input is closed.
SERVER = """
import sys
from mnist_core.settings.config import TrainingConfig
from mnist_core.workers.dispatcher import Dispatcher
from mnist_core.store.run_store import RunStore

store = RunStore()
jobs = Dispatcher(store)
jobs.start()
run = store.create(TrainingConfig(epochs=200), name="long")
jobs.submit(run.id)
print(run.id, flush=True)
sys.stdin.read()
"""


def has_left(process: psutil.Process) -> bool:
    """Whether a process does nothing more; what nobody waits for may stay in the table."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


class TestServer:
    @pytest.fixture
    def server(self, store):
        """A server at work, its run's id, and its worker process."""
        with subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server:
            run_id = server.stdout.readline().strip()
            wait_until(lambda: store.get(run_id).progress)
            (process,) = workers_below(psutil.Process(server.pid))
            yield server, run_id, process
            server.kill()

    def test_a_killed_server_takes_its_worker_with_it(self, server):
        server, _run_id, process = server

        server.kill()

        wait_until(lambda: has_left(process))

    def test_a_server_that_is_closed_ends_its_training_at_once_and_says_so(self, server, store):
        server, run_id, process = server

        server.stdin.close()

        assert server.wait(timeout=60) == 0
        assert not process.is_running()
        run = store.get(run_id)
        assert run.status is RunStatus.QUEUED
        assert str(run.failure) == "the app was closed during the training"
        assert run.progress is not None

    def test_after_a_killed_server_another_one_goes_on_with_the_run(
        self, server, store, monkeypatch
    ):
        monkeypatch.setattr("mnist_core.workers.watch.SILENT_LOOKS", 2)
        server, run_id, _process = server
        wait_until(lambda: store.get(run_id).has_checkpoint)
        server.kill()
        n_saved = store.checkpoint(run_id).n_epochs
        jobs = Dispatcher(store)
        jobs.start()

        wait_until(lambda: store.get(run_id).status is RunStatus.RUNNING)
        wait_until(lambda: store.get(run_id).n_epochs_done > n_saved)
        jobs.stop(run_id)
        wait_until(lambda: store.get(run_id).is_ended)
        jobs.close()

        run = store.get(run_id)
        assert (run.status, run.failure, run.n_losses) == (RunStatus.STOPPED, None, 1)
        assert len(run.history["loss"]) > n_saved >= 1
