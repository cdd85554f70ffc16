import gzip
import json
import sqlite3
import zlib
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from mnist_core.errors import StoreNewerError
from mnist_core.runs.run import RunStatus
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.store import versions
from mnist_core.store.own_digits import OwnDigits
from mnist_core.store.run_store import RunStore
from mnist_core.store.schema import METADATA, STORE_VERSION
from tests.core.samples import TINY_CONFIG
from tests.stores.make import FOLDER, VERSIONS
from tests.stores.writer import CURVE, HISTORY, NAME

pytestmark = pytest.mark.file

CONFIG = TrainingConfig(layers=(HiddenLayer(2),), epochs=2, n_train=100, seed=7)


@pytest.fixture(params=VERSIONS)
def old(request, tmp_path) -> tuple[Path, dict]:
    """A store as an earlier version left it, and what that version knew of it."""
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress((FOLDER / f"{request.param}.db.gz").read_bytes()))
    return path, json.loads((FOLDER / f"{request.param}.json").read_text(encoding="utf-8"))


@pytest.fixture
def opened_old(old, opened):
    path, facts = old
    return opened(RunStore(f"sqlite:///{path}")), facts


class TestEarlierVersions:
    def test_every_run_is_there(self, opened_old):
        store, facts = opened_old

        runs = {run.id: run for run in store.list()}

        kept = {facts["done"], facts["failed"], facts["tuned"], *facts["waiting"]} - {None}
        assert runs.keys() == kept
        done = runs[facts["done"]]
        assert (done.name, done.status, done.config) == (NAME, RunStatus.FINISHED, CONFIG)
        assert (done.history, done.result.test_accuracy) == (HISTORY, 0.8125)
        assert store.get(done.id).progress.curve == CURVE
        assert str(runs[facts["failed"]].failure) == "the loss is no longer a number"

    def test_its_network_answers_as_it_did(self, opened_old):
        store, facts = opened_old
        black = np.zeros((1, 28, 28), np.uint8)

        answers = store.network(facts["done"]).probabilities(black)

        np.testing.assert_allclose(answers[0], facts["black"], rtol=0, atol=1e-6)

    def test_what_is_kept_beside_a_run_is_there(self, opened_old, opened):
        store, facts = opened_old

        assert (store.checkpoint(facts["done"]) is not None) == facts["has_checkpoint"]
        assert list(store.epochs(facts["done"])) == facts["epochs"]
        if facts["tuned"]:
            assert store.fine_tuning(facts["tuned"]).labels.tolist() == [1]
            assert store.get(facts["tuned"]).base.startswith(NAME)
        own = opened(OwnDigits(store.url, workspace="local"))
        assert own.all().labels.tolist() == facts["labels"]

    def test_the_queue_goes_on_in_its_order(self, opened_old):
        store, facts = opened_old
        latest = store.create(TINY_CONFIG, name="new").id

        taken = [store.claim_next().run_id for _ in range(3)]

        assert taken == [*facts["waiting"], latest]

    def test_its_runs_can_be_worked_with(self, opened_old):
        store, facts = opened_old

        store.rename(facts["done"], "renamed")
        store.delete(facts["failed"])
        store.restore(facts["failed"])
        if facts["deleted"]:
            store.restore(facts["deleted"])
        if facts["has_checkpoint"]:
            store.go_on(facts["done"], n_epochs=1)

        assert store.get(facts["done"]).name == "renamed"

    def test_it_has_the_tables_of_a_new_one(self, opened_old, store):
        old_store, _ = opened_old

        assert columns(old_store) == columns(store)

    def test_a_copy_of_it_is_kept_as_it_was(self, old, opened):
        path, facts = old
        before = tables(path)

        store = opened(RunStore(f"sqlite:///{path}"))
        store.delete(facts["done"])

        copy = path.with_name("old.db.version-0")
        assert tables(copy) == before
        assert facts["done"] in ids(copy)
        assert sorted(each.name for each in path.parent.iterdir() if "version" in each.name) == [
            copy.name
        ]

    def test_all_is_changed_or_nothing(self, old, opened, monkeypatch):
        path, _facts = old
        before = tables(path)

        def fail(_connection) -> None:
            raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("the power failed"))

        with monkeypatch.context() as patch:
            patch.setattr(versions, "_STEPS", (fail,))
            with pytest.raises(sa.exc.OperationalError):
                versions.bring_up_to_date(RunStore(f"sqlite:///{path}").database._engine)

        assert tables(path) == before
        opened(RunStore(f"sqlite:///{path}")).list()
        assert tables(path) != before


def columns(store: RunStore) -> dict[str, set[str]]:
    """Return the names of a store's columns by table."""
    with store.database.read() as connection:
        inspector = sa.inspect(connection)
        return {
            table.name: {column["name"] for column in inspector.get_columns(table.name)}
            for table in METADATA.sorted_tables
        }


def tables(path: Path) -> set[str]:
    """Return how the tables of a file were made."""
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    database.close()
    return {sql for (sql,) in rows}


def ids(path: Path) -> set[str]:
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT id FROM runs").fetchall()
    database.close()
    return {run_id for (run_id,) in rows}


def test_a_store_of_a_later_version_is_refused_and_left_alone(store, runs_url, opened):
    store.create(TINY_CONFIG, name="from tomorrow")
    with store.database.write() as connection:
        connection.execute(sa.update(STORE_VERSION).values(number=versions.VERSION + 1))

    later = opened(RunStore(runs_url))
    with pytest.raises(StoreNewerError, match=r"^the stored runs are of a newer version"):
        later.list()
    with pytest.raises(StoreNewerError):
        later.create(TINY_CONFIG, name="mine")
    assert later.get("mlp-512").is_baseline  # the lessons work all the same


def test_there_is_a_store_of_every_version():
    assert {path.name for path in FOLDER.glob("*.db.gz")} == {f"{name}.db.gz" for name in VERSIONS}


def test_the_tables_change_only_with_a_new_version():
    made = (str(sa.schema.CreateTable(table)) for table in METADATA.sorted_tables)
    checksum = zlib.crc32("".join(made).encode())

    # Where this fails, CONTRIBUTING.md says what a change of the tables needs.
    assert (versions.VERSION, checksum) == (1, 2_871_249_322)
