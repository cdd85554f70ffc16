import sqlite3
import threading

import pytest

from mnist_core.store.place import StoreFile
from mnist_core.store.run_store import RunStore
from tests.core.samples import TINY_CONFIG
from tests.waiting import wait_until

pytestmark = pytest.mark.file


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs.db"


class TestSame:
    def test_a_file_is_the_same_until_another_takes_its_place(self, path):
        file = StoreFile(path)
        assert not file.is_same
        with file.opening():
            path.write_bytes(b"one")
        assert file.is_same

        path.with_name("other").write_bytes(b"one")
        path.with_name("other").replace(path)

        assert not file.is_same

    def test_a_deleted_one_is_not(self, path):
        file = StoreFile(path)
        with file.opening():
            path.write_bytes(b"one")

        path.unlink()

        assert not file.is_same


class TestOpening:
    def test_its_folder_is_made(self, tmp_path):
        with StoreFile(tmp_path / "deep" / "below" / "runs.db").opening():
            assert (tmp_path / "deep" / "below").is_dir()

    def test_what_was_beside_a_deleted_file_is_not_taken_for_that_of_the_new_one(self, store, path):
        store.create(TINY_CONFIG, name="gone")
        assert path.with_name("runs.db-wal").stat().st_size

        path.unlink()

        assert store.list() == []
        store.create(TINY_CONFIG, name="new")
        with sqlite3.connect(path) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()

    def test_nor_for_that_of_one_in_its_place(self, store, path, tmp_path):
        other = RunStore(f"sqlite:///{tmp_path}/other.db")
        other.create(TINY_CONFIG, name="theirs")
        other.close()
        store.create(TINY_CONFIG, name="mine")

        (tmp_path / "other.db").replace(path)

        assert [run.name for run in store.list()] == ["theirs"]
        store.create(TINY_CONFIG, name="new")
        assert [run.name for run in store.list()] == ["new", "theirs"]

    def test_the_log_of_a_killed_process_is_kept(self, store, path, opened):
        store.create(TINY_CONFIG, name="mine")  # stands in the log alone

        assert [run.name for run in opened(RunStore(store.url)).list()] == ["mine"]

    def test_one_at_a_time(self, path):
        first, second = StoreFile(path), StoreFile(path)
        is_in = threading.Event()

        def enter() -> None:
            with second.opening():
                is_in.set()

        with first.opening():
            thread = threading.Thread(target=enter)
            thread.start()
            assert not is_in.is_set()

        wait_until(is_in.is_set)
        thread.join()


class TestReserve:
    def test_room_is_kept_and_given_back(self, store, path):
        store.list()
        reserve = path.with_name("runs.db.reserve")

        store.keep_reserve()
        assert reserve.stat().st_size == 1_000_000

        store.database.file.release_reserve()
        assert not reserve.exists()

    def test_where_there_is_no_room_there_is_none(self, store, path, monkeypatch):
        store.list()

        def refuse(_path, content):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
        store.keep_reserve()

        assert not path.with_name("runs.db.reserve").exists()

    def test_without_a_store_none_is_kept(self, tmp_path):
        StoreFile(tmp_path / "runs.db").keep_reserve()

        assert list(tmp_path.iterdir()) == []
