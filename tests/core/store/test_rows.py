import dataclasses
import json
import sqlite3

import pytest
import sqlalchemy as sa

from mnist_core.errors import InvalidConfigError, RunNotFoundError, TrainingDivergedError
from mnist_core.runs.run import RunStatus
from mnist_core.store.rows import (
    clean_name,
    failure_row,
    former_row,
    not_found,
    run_from,
    select_runs,
    update_of,
)
from mnist_core.store.schema import RUNS
from tests.conftest import add_interrupted
from tests.core.samples import HISTORY, PROGRESS, RESULT, TINY_CONFIG
from tests.core.store.conftest import finish, held, new_run, running


@pytest.mark.file
def test_the_stored_values_are_plain_json(store, tmp_path):
    run_id = running(store)
    store.update_progress(held(store, run_id), PROGRESS, HISTORY)
    finish(store, run_id)

    database = sqlite3.connect(tmp_path / "runs.db")
    row = database.execute("SELECT config, progress, history, result FROM runs").fetchone()
    database.close()

    assert json.loads(row[0]) == json.loads(json.dumps(TINY_CONFIG.to_dict()))
    assert json.loads(row[1]) == json.loads(json.dumps(PROGRESS.to_dict()))
    assert json.loads(row[2]) == HISTORY
    assert json.loads(row[3]) == json.loads(json.dumps(RESULT.to_dict()))


def rows(store, **options):
    with store.database.read() as connection:
        return connection.execute(select_runs(**options)).all()


def test_a_run_is_built_from_its_row(store):
    run_id = running(store)
    store.update_progress(held(store, run_id), PROGRESS, HISTORY)

    (row,) = rows(store)

    assert run_from(row) == store.get(run_id)


def test_the_progress_can_be_left_out(store):
    run_id = running(store)
    store.update_progress(held(store, run_id), PROGRESS, HISTORY)

    (row,) = rows(store, with_progress=False)

    assert run_from(row) == dataclasses.replace(store.get(run_id), progress=None)


def test_deleted_runs_are_not_among_the_rows(store):
    store.delete(new_run(store))

    assert rows(store) == []


def test_a_row_of_another_version_is_refused(store):
    run_id = new_run(store)
    with store.database.write() as connection:
        connection.execute(sa.update(RUNS).values(config={"convolutions": 3}))

    (row,) = rows(store)

    assert row.id == run_id
    with pytest.raises(InvalidConfigError, match=r"^there is no setting named convolutions$"):
        run_from(row)


def test_a_failure_of_an_earlier_version_is_still_told(store):
    # Until there were classes for what happens to workers, all of it was an error of the store.
    run = add_interrupted(store)
    sentence = "the training process stopped responding; its progress is kept"
    with store.database.read() as connection:
        failure = {"template": sentence, "values": {}, "kind": "RunStoreError"}
        connection.execute(sa.update(RUNS).values(failure=failure))

    found = store.get(run.id)

    assert (str(found.failure), found.failure.kind) == (sentence, "RunStoreError")
    assert found.can_go_on


class TestUpdateOf:
    @staticmethod
    def n_updated(store, run_id, statuses) -> int:
        with store.database.write() as connection:
            return connection.execute(update_of(run_id, statuses).values(name="new")).rowcount

    def test_the_run_alone_is_changed(self, store):
        run_id, other = new_run(store), new_run(store)

        assert self.n_updated(store, run_id, [RunStatus.QUEUED]) == 1
        assert (store.get(run_id).name, store.get(other).name) == ("new", "mine")

    def test_a_run_in_another_state_stays_as_it_is(self, store):
        assert self.n_updated(store, new_run(store), [RunStatus.RUNNING]) == 0

    def test_a_deleted_run_stays_as_it_is(self, store):
        run_id = new_run(store)
        store.delete(run_id)

        assert self.n_updated(store, run_id, tuple(RunStatus)) == 0


def test_the_error_of_a_run_that_is_not_there_names_it():
    assert isinstance(not_found("abcd"), RunNotFoundError)
    assert str(not_found("abcd")) == "there is no run abcd"


@pytest.mark.parametrize(
    ("name", "clean"), [("  my \n run ", "my run"), ("x" * 100, "x" * 80), (" \t", "run")]
)
def test_a_name_is_one_line_and_never_empty(name, clean):
    assert clean_name(name) == clean


def test_an_error_is_stored_as_its_sentence_its_values_and_its_class():
    row = failure_row(TrainingDivergedError("the loss of {name} is {value}", name="a", value=1.5))

    assert row == {
        "template": "the loss of {name} is {value}",
        "values": {"name": "a", "value": "1.5"},
        "kind": "TrainingDivergedError",
    }


def test_what_a_run_was_is_plain_json(store):
    run_id = running(store)
    finish(store, run_id)
    run = store.get(run_id)

    row = json.loads(json.dumps(former_row(run)))

    assert (row["status"], row["finished_at"]) == ("finished", run.finished_at)
    assert row["config"] == json.loads(json.dumps(TINY_CONFIG.to_dict()))
    assert row["failure"] is None
