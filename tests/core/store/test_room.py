import shutil

import numpy as np
import pytest
import sqlalchemy as sa

from mnist_core.errors import InvalidEnvironmentError, RunNotFoundError, StoreFullError
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.store import room
from mnist_core.store.run_store import RunStore
from mnist_core.store.schema import DELETED
from tests import disks
from tests.core.samples import ANSWERS, CHECKPOINT, TINY_CONFIG
from tests.core.store.conftest import finish, finish_with_checkpoint, held, new_run, running


@pytest.fixture
def full(monkeypatch):
    """Let the store hold only so many bytes."""
    return lambda n_bytes: monkeypatch.setattr(room, "limit_bytes", lambda: n_bytes)


def finished(store) -> str:
    run_id = running(store)
    store.save_epoch(held(store, run_id), 1, ANSWERS)
    finish_with_checkpoint(store, run_id)
    return run_id


class TestLimit:
    def test_it_is_two_thousand_megabytes_unless_the_environment_says_otherwise(self, monkeypatch):
        monkeypatch.delenv("MNIST_STORE_MB", raising=False)
        assert room.limit_bytes() == 2_000_000_000

        monkeypatch.setenv("MNIST_STORE_MB", "5")
        assert room.limit_bytes() == 5_000_000

    @pytest.mark.parametrize("value", ["0", "-1", "much", "1.5"])
    def test_a_number_that_is_none_is_refused(self, monkeypatch, value):
        monkeypatch.setenv("MNIST_STORE_MB", value)

        with pytest.raises(
            InvalidEnvironmentError, match=r"^MNIST_STORE_MB must be a whole number"
        ):
            room.limit_bytes()


class TestSize:
    def test_every_content_of_a_run_counts(self, store):
        sizes = [store.size()]
        run_id = running(store)
        for report in (
            lambda: store.save_checkpoint(held(store, run_id), CHECKPOINT),
            lambda: store.save_epoch(held(store, run_id), 1, ANSWERS),
            lambda: finish(store, run_id),
        ):
            report()
            sizes.append(store.size())

        assert sizes[0] == 0
        assert sizes == sorted(set(sizes))


class TestTidy:
    def test_a_run_that_was_deleted_a_day_ago_frees_its_room(self, store, later):
        kept = finished(store)
        size = store.size()
        old, lately = finished(store), finished(store)
        store.delete(old)
        later(25 * 3_600)
        store.delete(lately)

        store.tidy()

        assert store.size() == 2 * size
        with pytest.raises(RunNotFoundError):
            store.restore(old)
        store.restore(lately)
        assert {run.id for run in store.list()} == {kept, lately}

    def test_beyond_the_limit_the_oldest_checkpoints_go_first(self, store, full):
        oldest, newer = finished(store), finished(store)
        at_work = running(store)
        store.save_checkpoint(held(store, at_work), CHECKPOINT)
        full(store.size() - 1)

        store.tidy()

        assert store.checkpoint(oldest) is None
        assert store.checkpoint(newer) is not None
        assert store.epochs(oldest) == [1]

    def test_then_the_answers_by_epoch_but_no_network_and_nothing_of_a_run_at_work(
        self, store, full
    ):
        ended, at_work = finished(store), running(store)
        store.save_checkpoint(held(store, at_work), CHECKPOINT)
        store.save_epoch(held(store, at_work), 1, ANSWERS)
        full(1)

        store.tidy()

        assert store.checkpoint(ended) is None
        assert store.epochs(ended) == []
        assert store.network(ended).config == TINY_CONFIG
        assert store.checkpoint(at_work) is not None
        assert store.epochs(at_work) == [1]

    def test_what_can_be_brought_back_goes_before_them(self, store, full):
        kept, deleted = finished(store), finished(store)
        store.delete(deleted)
        full(store.size() - 1)

        store.tidy()

        assert store.checkpoint(kept) is not None
        with pytest.raises(RunNotFoundError):
            store.restore(deleted)


class TestCheck:
    def test_a_store_that_is_full_takes_no_new_run(self, store, full):
        run_id = finished(store)
        full(1)

        for create in (store.create, store.create_claimed):
            with pytest.raises(StoreFullError, match=r"^the stored runs take all of the 0 MB"):
                create(TINY_CONFIG, name="mine")

        store.delete(run_id)
        assert store.create(TINY_CONFIG, name="mine").id  # what was deleted makes room

    def test_where_checkpoints_can_go_there_is_room(self, store, full):
        finished(store)
        full(store.size() - 1)

        new_run(store)


@pytest.mark.file
class TestFullDisk:
    def test_a_run_can_be_deleted_and_frees_room(self, store, full_disk):
        ids = [finished(store) for _ in range(3)]
        size = store.size()

        with full_disk(store):
            store.delete(ids[0])

            assert {run.id for run in store.list()} == set(ids[1:])
        assert store.size() <= size

    def test_what_a_deleted_run_took_is_free_on_a_small_disk(self, tmp_path):
        state = np.random.default_rng(0).random(750_000, np.float32)  # 3 MB
        disk = tmp_path / "disk"
        disk.mkdir()
        try:
            with disks.small_disk(disk, megabytes=16):
                store = RunStore(f"sqlite:///{disk}/runs.db")
                first, last = (running(store) for _ in range(2))
                for run_id in (first, last):
                    store.save_checkpoint(
                        held(store, run_id), Checkpoint(variables=(state,), history={})
                    )
                store.database.compact()  # the log too, which would be room else
                store.keep_reserve()
                with disks.filled(disk):
                    store.delete(first)

                    free = shutil.disk_usage(disk).free
                    kept = store.checkpoint(last)
                store.close()
        except disks.NotAllowedError as error:
            pytest.skip(str(error))

        assert free > 2_500_000
        np.testing.assert_array_equal(kept.variables[0], state)

    def test_deleting_for_good_leaves_a_mark_for_its_worker(self, store):
        run_id = running(store)
        claim = held(store, run_id)

        room.delete_for_good(store, run_id)

        assert not store.beat(claim)
        with store.database.read() as connection:
            marked = connection.execute(sa.select(DELETED.c.run_id)).scalars().all()
        assert marked == [run_id]

    def test_on_a_disk_that_is_nearly_full_a_deleted_run_is_gone_at_once(self, store, monkeypatch):
        run_id = finished(store)
        monkeypatch.setattr("mnist_core.store.place.StoreFile.is_tight", True)

        store.delete(run_id)

        assert store.size() == 0
        with pytest.raises(RunNotFoundError):
            store.delete(run_id)
