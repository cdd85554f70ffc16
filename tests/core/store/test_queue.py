import threading

from mnist_core.runs.run import RunStatus
from mnist_core.store.run_store import RunStore
from tests.core.samples import (
    HISTORY,
    PROGRESS,
    TINY_CONFIG,
)
from tests.core.store.conftest import (
    finish,
    held,
    new_run,
    running,
)


class TestQueue:
    def test_runs_are_taken_in_the_order_they_were_created(self, runs_url):
        ada, bob = RunStore(runs_url, workspace="ada"), RunStore(runs_url, workspace="bob")
        ids = [new_run(ada), new_run(bob), new_run(ada)]

        assert [ada.queue_position(run_id) for run_id in ids] == [1, 2, 3]
        assert [ada.claim_next().run_id for _ in ids] == ids
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
            while claim := store.claim_next():
                taken.append(claim.run_id)

        threads = [threading.Thread(target=take_all, args=(store,)) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(taken) == sorted(ids)
        for store in stores:
            store.close()


class TestStale:
    def test_a_running_worker_that_is_silent_for_a_minute_is_gone(self, store, later):
        run_id = running(store)
        store.update_progress(held(store, run_id), PROGRESS, HISTORY)

        later(60)

        assert store.interrupt_stale() == 1
        run = store.get(run_id)
        assert run.status is RunStatus.INTERRUPTED
        assert "the training process stopped responding" in str(run.failure)
        assert run.failure.kind == "WorkerSilentError"
        assert (run.progress, run.history) == (PROGRESS, HISTORY)
        assert store.interrupt_stale() == 0

    def test_a_worker_that_beat_lately_is_alive(self, store, later):
        run_id = running(store)
        later(60)
        store.beat(held(store, run_id))
        later(65)

        assert store.interrupt_stale() == 0
        assert store.get(run_id).status is RunStatus.RUNNING

    def test_a_worker_that_loads_tensorflow_gets_more_time(self, store, later):
        run_id = store.create_claimed(TINY_CONFIG, name="mine").run_id

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
