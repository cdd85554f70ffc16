import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

import mnist_core
from mnist_core.errors import (
    InvalidEnvironmentError,
    RunStoreError,
    StoreDamagedError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreUnreachableError,
    TooManyDigitsError,
)
from mnist_core.store import own_digits
from mnist_core.store.database import Database, default_url
from mnist_core.store.own_digits import OwnDigits
from mnist_core.store.run_store import RunStore
from mnist_core.store.schema import DELETED
from tests import disks
from tests.core.samples import (
    ANSWERS,
    TINY_CONFIG,
)
from tests.core.store.conftest import (
    finish_with_checkpoint,
    held,
    new_run,
    running,
)


class TestDatabase:
    @pytest.mark.file
    def test_pages_read_while_a_worker_writes(self, store, tmp_path):
        run_id = running(store)
        database = sqlite3.connect(tmp_path / "runs.db")
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)

        database.execute("BEGIN IMMEDIATE")
        database.execute("UPDATE runs SET name = 'other'")

        assert store.get(run_id).name == "mine"
        database.close()

    @pytest.mark.file
    def test_a_lock_that_is_never_released_is_one_sentence(self, runs_url, tmp_path, monkeypatch):
        store = RunStore(runs_url, patience_seconds=0.05)
        new_run(store)
        database = sqlite3.connect(tmp_path / "runs.db")
        database.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreLockedError, match=r"^another program keeps"):
            new_run(store)

        database.close()
        monkeypatch.setattr("mnist_core.store.database._REFUSAL_SECONDS", 0.0)
        store = RunStore(runs_url)
        assert store.get(new_run(store)).number == 2

    @pytest.mark.file
    @pytest.mark.file
    @pytest.mark.parametrize("has_been_open", [False, True])
    def test_in_a_folder_that_cannot_be_written_all_is_read_and_then_written_again(
        self, store, runs_url, tmp_path, has_been_open
    ):
        run_id = new_run(store)
        store.close()
        other = store if has_been_open else RunStore(runs_url)
        try:
            with disks.unwritable(tmp_path):
                assert [run.id for run in other.list()] == [run_id]
                with pytest.raises(StoreReadOnlyError, match="nothing can be stored"):
                    new_run(other)
        except disks.NotAllowedError as error:
            pytest.skip(str(error))

        new_run(store)
        assert len(other.list()) == 2
        new_run(other)
        other.close()

    @pytest.mark.file
    def test_who_came_while_nothing_could_be_written_writes_again_later(
        self, store, runs_url, tmp_path
    ):
        run_id = new_run(store)
        other = RunStore(runs_url)
        try:
            with disks.unwritable(*tmp_path.glob("runs.db*")):
                assert [run.id for run in other.list()] == [run_id]
                with pytest.raises(StoreReadOnlyError):
                    new_run(other)
        except disks.NotAllowedError as error:
            pytest.skip(str(error))

        new_run(other)
        assert len(store.list()) == 2
        other.close()

    @pytest.mark.file
    def test_looking_again_at_a_damaged_file_keeps_what_was_written_last(self, store, runs_url):
        other = RunStore(runs_url)
        run_id = new_run(other)  # in the log, as long as somebody has the file open
        assert store.get(run_id)
        with pytest.raises(StoreDamagedError), store.database.read() as connection:
            connection.exec_driver_sql("SELECT * FROM nothing")

        assert [run.id for run in store.list()] == [run_id]
        new_run(other)
        assert len(store.list()) == 2
        other.close()

    def test_constructing_touches_no_disk(self, tmp_path):
        store = RunStore(f"sqlite:///{tmp_path}/deep/below/runs.db")
        assert list(tmp_path.iterdir()) == []

        assert list(store.list()) == []
        assert (tmp_path / "deep" / "below" / "runs.db").is_file()

    @pytest.mark.file
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

    @pytest.mark.file
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
    "mysql://user:secret@host/runs",
    "oracle://user:secret@host/runs",
]


@pytest.mark.parametrize("url", UNUSABLE_URLS)
def test_an_unusable_url_is_explained_in_one_sentence(url):
    message = (
        "^MNIST_RUNS_URL (is not a database that can be used: |must name an SQLite or a Post).+$"
    )

    with pytest.raises(InvalidEnvironmentError, match=message) as caught:
        RunStore(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.fixture
def regular_file(tmp_path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_text("these are no runs\n" * 100)
    return path


# As root no directory is read-only, but nobody can write below a regular file.
@pytest.mark.file
@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("{tmp_path}", StoreUnreachableError),
        ("{tmp_path}/notes.txt", StoreDamagedError),
        ("{tmp_path}/notes.txt/runs.db", StoreUnreachableError),
        ("{tmp_path}/notes.txt/deep/runs.db", StoreUnreachableError),
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
        lambda store: store.beats(),
    ],
    ids=["list", "create", "get", "claim_next", "beats"],
)
def test_a_place_that_cannot_hold_runs_is_explained_in_one_sentence(
    tmp_path, regular_file, place, error, method
):
    store = RunStore(f"sqlite:///{place.format(tmp_path=tmp_path)}")

    with pytest.raises(error, match="stored runs") as caught:
        method(store)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)  # visitors need not see where the app is
    assert store.get("mlp-512").is_baseline  # the lessons work all the same


@pytest.mark.file
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
    assert make_url(default_url()).database == str(app / "runs" / "runs.db")


@pytest.mark.file
def test_a_database_from_before_there_were_any_opens_as_it_is(store, tmp_path):
    run_id = running(store)
    finish_with_checkpoint(store, run_id)
    store.close()
    database = sqlite3.connect(tmp_path / "runs.db")
    database.execute("DROP TABLE store_version")
    database.execute("DROP TABLE epochs")
    database.close()

    reopened = RunStore(store.url)

    assert reopened.epochs(run_id) == []
    reopened.go_on(run_id, n_epochs=1)
    reopened.claim_next()
    assert reopened.save_epoch(held(reopened, run_id), 2, ANSWERS)
    assert reopened.epochs(run_id) == [2]
    reopened.close()


class TestTransaction:
    ROW = sa.insert(DELETED).values(run_id="abcd", deleted_at=0.0)

    @pytest.fixture
    def database(self, runs_url):
        database = Database(runs_url)
        yield database
        database.close()

    @staticmethod
    def n_rows(database: Database) -> int:
        with database.read() as connection:
            return len(connection.execute(sa.select(DELETED)).all())

    def test_what_a_block_did_is_there_for_the_next(self, database):
        with database.write() as connection:
            connection.execute(self.ROW)

        assert self.n_rows(database) == 1

    def test_a_block_that_fails_has_done_nothing(self, database):
        def fail_in_the_middle() -> None:
            with database.write() as connection:
                connection.execute(self.ROW)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_in_the_middle()

        assert self.n_rows(database) == 0


CREATION = """
import sys
from mnist_core.settings.config import TrainingConfig
from mnist_core.store.run_store import RunStore

sys.stdin.readline()  # all begin at once
store = RunStore(sys.argv[1])
store.create(TrainingConfig(), name="mine")
store.close()
"""


@pytest.fixture
def url(postgres) -> str:
    postgres.empty()
    return postgres.url


@pytest.fixture
def served(url):
    """A store on the server."""
    store = RunStore(url)
    yield store
    store.close()


def test_servers_that_start_at_once_on_an_empty_database_all_work(url, served):
    processes = [
        subprocess.Popen([sys.executable, "-c", CREATION, url], stdin=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()

    assert [process.wait(timeout=60) for process in processes] == [0] * 6
    for process in processes:
        process.stdin.close()
    assert len(served.list()) == 6


def test_workers_that_ask_at_once_get_each_run_once(served):
    ids = {served.create(TINY_CONFIG, name="mine").id for _ in range(20)}

    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda _: served.claim_next(), range(25)))

    taken = [claim.run_id for claim in claims if claim is not None]
    assert len(taken) == 20
    assert set(taken) == ids


def test_no_more_digits_are_kept_than_may_be_however_many_come_at_once(url, monkeypatch):
    monkeypatch.setattr(own_digits, "MAX_OWN_DIGITS", 20)
    own = OwnDigits(url, workspace="mine")

    def keep(number: int) -> bool:
        image = np.zeros((28, 28), np.uint8)
        image.flat[number] = 255
        try:
            own.add(image, 3)
        except TooManyDigitsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(keep, range(40)))

    assert kept.count(True) == own.count() == 20
    halves = own.all().is_test
    assert halves.sum() == 10
    own.close()


def test_a_server_that_was_restarted_is_found_again(postgres, served):
    run = served.create(TINY_CONFIG, name="mine")

    postgres.stop()
    with pytest.raises(StoreUnreachableError):
        served.list()
    postgres.start()
    served.database._refusals.clear()

    assert served.list() == [run]
    served.delete(run.id)


def test_a_database_that_was_emptied_is_filled_again(postgres, served):
    served.create(TINY_CONFIG, name="mine")
    postgres.empty()

    assert served.list() == []
    served.create(TINY_CONFIG, name="mine")
