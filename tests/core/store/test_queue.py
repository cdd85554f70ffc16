import threading

import pytest
import sqlalchemy as sa

from mnist_core.errors import WorkerSilentError
from mnist_core.runs.run import RunStatus
from mnist_core.store.claim import Claim
from mnist_core.store.queue import MAX_LOSSES
from mnist_core.store.run_store import RunStore
from mnist_core.store.schema import RUNS
from tests.conftest import lose
from tests.core.samples import (
    HISTORY,
    PROGRESS,
)
from tests.core.store.conftest import (
    finish,
    finish_with_checkpoint,
    held,
    new_run,
    running,
)

SILENT = WorkerSilentError("the training process gives no sign of life")


class TestQueue:
    def test_runs_are_taken_in_the_order_they_were_created(self, runs_url, opened):
        ada, bob = (opened(RunStore(runs_url, workspace=name)) for name in ("ada", "bob"))
        ids = [new_run(ada), new_run(bob), new_run(ada)]

        assert [ada.queue_position(run_id) for run_id in ids] == [1, 2, 3]
        assert [ada.claim_next().run_id for _ in ids] == ids
        assert ada.claim_next() is None

    def test_the_others_move_up_when_one_leaves(self, store):
        ids = [new_run(store) for _ in range(4)]

        store.claim_next()
        store.request_stop(ids[2])

        assert [store.queue_position(run_id) for run_id in ids] == [0, 1, 0, 2]

    def test_one_can_be_taken_before_its_turn(self, store):
        first, second = new_run(store), new_run(store)

        claim = store.claim_run(second)

        assert claim.run_id == second
        assert store.get(second).status is RunStatus.STARTING
        assert store.beat(claim)
        assert store.claim_run(second) is None
        assert store.claim_run("nothing") is None
        assert store.claim_next().run_id == first

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

    def test_a_clock_that_is_set_back_does_not_mix_the_order(self, store, later):
        first = new_run(store)
        later(-3_600)  # what is created now seems to be an hour older
        second = new_run(store)

        assert [store.claim_next().run_id for _ in range(2)] == [first, second]

    def test_a_run_that_goes_on_waits_behind_the_others(self, store):
        old = running(store)
        finish_with_checkpoint(store, old)
        waiting = new_run(store)

        store.go_on(old, n_epochs=1)

        assert [store.queue_position(run_id) for run_id in (waiting, old)] == [1, 2]

    def test_waiting_runs_are_counted(self, store):
        assert store.n_waiting() == 0
        deleted, _, _ = [new_run(store) for _ in range(3)]
        store.delete(deleted)

        assert store.n_waiting() == 2
        store.claim_next()
        assert store.n_waiting() == 1

    def test_a_deleted_run_is_not_taken(self, store):
        store.delete(new_run(store))

        assert store.claim_next() is None

    def test_a_worker_takes_a_run_under_its_name(self, store):
        run_id = new_run(store)

        assert store.claim_next(worker="ada") == Claim(run_id=run_id, worker="ada")
        assert store.get(run_id).worker == "ada"


@pytest.mark.parametrize(
    "damage",
    ["config = '{\"convolutions\": 3}'", "history = '['", "created_at = 'long ago'"],
    ids=["of another version", "damaged", "of another kind"],
)
@pytest.mark.file  # in PostgreSQL no column holds what is of another kind
def test_a_run_that_cannot_be_read_keeps_nobody_waiting(store, damage):
    bad, good = new_run(store), new_run(store)
    with store.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE runs SET {damage} WHERE id = '{bad}'")

    assert store.claim_next().run_id == good
    assert store.claim_next() is None


class TestTakeBack:
    def test_a_lost_run_waits_at_its_old_place(self, store):
        lost, waiting = new_run(store), new_run(store)
        claim = store.claim_next()
        store.update_progress(claim, PROGRESS, HISTORY)

        assert store.take_back(claim, SILENT) is RunStatus.QUEUED

        assert [store.queue_position(run_id) for run_id in (lost, waiting)] == [1, 2]
        run = store.get(lost)
        assert (run.n_losses, str(run.failure)) == (1, str(SILENT))
        assert (run.progress, run.history) == (PROGRESS, HISTORY)

    def test_after_too_many_times_it_is_interrupted_and_says_why(self, store):
        run_id = new_run(store)
        for _ in range(MAX_LOSSES):
            assert store.take_back(store.claim_next(), SILENT) is RunStatus.QUEUED

        assert store.take_back(store.claim_next(), SILENT) is RunStatus.INTERRUPTED

        run = store.get(run_id)
        assert run.status is RunStatus.INTERRUPTED
        assert run.finished_at is not None
        assert (run.failure.kind, str(run.failure)) == ("WorkerSilentError", str(SILENT))

    def test_the_last_time_is_the_last_however_few_there_were(self, store):
        run_id = new_run(store)

        status = store.take_back(store.claim_next(), SILENT, is_last=True)

        assert status is store.get(run_id).status is RunStatus.INTERRUPTED

    def test_asked_to_go_on_it_is_taken_up_as_often_anew(self, store):
        run_id = running(store)
        lose(store, held(store, run_id))

        assert store.go_on(run_id, n_epochs=1).n_losses == 0

    def test_a_closed_app_is_no_loss(self, store):
        run_id = new_run(store)
        for _ in range(5):
            assert store.take_back(store.claim_next(), SILENT, is_loss=False) is RunStatus.QUEUED

        assert store.get(run_id).n_losses == 0

    def test_what_another_worker_holds_by_now_is_left_alone(self, store):
        new_run(store)
        first = store.claim_next()
        store.take_back(first, SILENT)
        second = store.claim_next()

        assert store.take_back(first, SILENT) is None
        assert store.beat(second)

    @pytest.mark.parametrize("end", [finish, lambda store, run_id: store.delete(run_id)])
    def test_what_has_ended_is_left_alone(self, store, end):
        run_id = running(store)
        claim = held(store, run_id)
        end(store, run_id)

        assert store.take_back(claim, SILENT) is None

    def test_a_run_whose_worker_has_no_name_is_lost(self, store):
        # An earlier version of the app was at work on it.
        run_id = running(store)
        with store.database.write() as connection:
            connection.execute(sa.update(RUNS).values(worker=None))
        (claim,) = store.beats()

        assert store.take_back(claim, SILENT) is RunStatus.QUEUED
        assert store.claim_next().run_id == run_id

    def test_stopped_after_a_loss_it_keeps_what_it_trained_since_it_went_on(self, store):
        run_id = running(store)
        finish_with_checkpoint(store, run_id)
        store.go_on(run_id, n_epochs=5)
        claim = store.claim_next()
        store.start(claim)
        longer = {name: [*values, values[-1]] for name, values in HISTORY.items()}
        store.update_progress(claim, PROGRESS, longer)
        store.take_back(claim, SILENT)

        store.request_stop(run_id)

        run = store.get(run_id)
        assert (run.status, run.history) == (RunStatus.STOPPED, longer)


def test_beats_are_of_the_runs_at_work(store):
    new_run(store)
    finish(store, running(store))
    claim = store.claim_next()

    before = store.beats()
    store.beat(claim)

    assert before.keys() == {claim}
    assert store.beats() == {claim: before[claim] + 1}
