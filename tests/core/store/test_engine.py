import sqlite3

import pytest
import sqlalchemy as sa

from mnist_core.errors import InvalidEnvironmentError
from mnist_core.store.engine import UNREADABLE, create_engine, for_writing
from mnist_core.store.schema import RUNS
from tests.core.samples import TINY_CONFIG


@pytest.mark.parametrize("backend", ["mysql", "mariadb", "oracle", "mssql"])
def test_other_databases_are_refused_in_a_sentence(backend):
    with pytest.raises(InvalidEnvironmentError, match=f"SQLite or a PostgreSQL.*got {backend}"):
        create_engine(f"{backend}://user:secret@host/runs", patience_seconds=1.0)


@pytest.mark.file
class TestFile:
    @pytest.fixture
    def engine(self, tmp_path):
        engine = create_engine(f"sqlite:///{tmp_path}/new.db", patience_seconds=0.05)
        yield engine
        engine.dispose()

    def test_a_new_one_gives_freed_room_back(self, engine):
        with engine.begin() as connection:
            assert connection.exec_driver_sql("PRAGMA auto_vacuum").scalar() == 2

    def test_who_writes_holds_the_lock_from_the_beginning(self, engine):
        with (
            for_writing(engine).begin(),
            pytest.raises(sa.exc.OperationalError, match="database is locked"),
            for_writing(engine).begin(),
        ):
            pass

    def test_who_reads_waits_for_no_writer(self, engine):
        with for_writing(engine).begin() as writer:
            writer.exec_driver_sql("CREATE TABLE things (name TEXT)")
            with engine.begin() as reader:
                assert sa.inspect(reader).get_table_names() == []

    def test_tables_are_made_within_the_transaction(self, engine):
        def make_and_fail() -> None:
            with for_writing(engine).begin() as connection:
                connection.exec_driver_sql("CREATE TABLE things (name TEXT)")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            make_and_fail()

        with engine.begin() as connection:
            assert sa.inspect(connection).get_table_names() == []


@pytest.mark.file
@pytest.mark.parametrize(
    ("damage", "column"), [("config = '{'", "config"), ("name = CAST(x'ff41' AS TEXT)", "name")]
)
def test_a_damaged_value_hides_no_row(store, tmp_path, damage, column):
    for name in ("first", "second"):
        store.create(TINY_CONFIG, name=name)
    with sqlite3.connect(tmp_path / "runs.db") as database:
        database.execute(f"UPDATE runs SET {damage} WHERE name = 'first'")
    database.close()

    with store.database.read() as connection:
        rows = connection.execute(sa.select(RUNS.c[column]).order_by(RUNS.c.number)).scalars().all()

    assert rows[0] in (UNREADABLE, "\ufffdA")
    assert rows[1] not in (UNREADABLE, "first")
