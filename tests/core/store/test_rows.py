import json
import sqlite3

from tests.core.samples import (
    HISTORY,
    PROGRESS,
    RESULT,
    TINY_CONFIG,
)
from tests.core.store.conftest import (
    finish,
    held,
    running,
)


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
