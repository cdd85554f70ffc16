import sqlite3
import threading

import numpy as np
import pytest

from mnist_core.errors import (
    InvalidConfigError,
    RunNotFoundError,
    RunReadOnlyError,
)
from mnist_core.runs.run import RunStatus
from mnist_core.store.run_store import RunStore
from tests.core.samples import (
    HISTORY,
    PROGRESS,
    RESULT,
    TINY_WEIGHTS,
)
from tests.core.store.conftest import (
    new_run,
)


class TestLife:
    def test_a_run_goes_from_waiting_to_finished(self, store):
        run_id = new_run(store)
        claim = store.claim_next()
        assert (claim.run_id, store.get(run_id).status) == (run_id, RunStatus.STARTING)
        assert store.get(run_id).started_at >= store.get(run_id).created_at

        assert store.start(claim)
        assert store.get(run_id).status is RunStatus.RUNNING

        assert store.beat(claim)
        assert store.update_progress(claim, PROGRESS, HISTORY)
        assert (store.get(run_id).progress, store.get(run_id).history) == (PROGRESS, HISTORY)

        longer = {"loss": [1.75, 1.5], "accuracy": [0.375, 0.5]}
        assert store.finish(claim, history=longer, result=RESULT, weights=TINY_WEIGHTS)
        run = store.get(run_id)
        assert run.status is RunStatus.FINISHED
        assert (run.history, run.result, run.progress) == (longer, RESULT, PROGRESS)
        assert run.finished_at >= run.started_at


class TestNotFound:
    @pytest.mark.parametrize(
        "method",
        [
            lambda store: store.get("nothing"),
            lambda store: store.network("nothing"),
            lambda store: store.rename("nothing", "name"),
            lambda store: store.delete("nothing"),
            lambda store: store.request_stop("nothing"),
            lambda store: store.epochs("nothing"),
            lambda store: store.epoch("nothing", 1),
            lambda store: store.p_true_by_epoch("nothing"),
        ],
        ids=[
            "get",
            "network",
            "rename",
            "delete",
            "request_stop",
            "epochs",
            "epoch",
            "p_true_by_epoch",
        ],
    )
    def test_an_unknown_run_is_named(self, store, method):
        with pytest.raises(RunNotFoundError, match=r"^there is no run nothing$"):
            method(store)

    def test_an_unknown_run_waits_nowhere(self, store):
        assert store.queue_position("nothing") == 0


class TestBaselines:
    @pytest.mark.parametrize(
        "method",
        [
            lambda store: store.rename("mlp-512", "mine"),
            lambda store: store.delete("mlp-512"),
            lambda store: store.request_stop("mlp-512"),
        ],
        ids=["rename", "delete", "request_stop"],
    )
    def test_a_baseline_cannot_be_changed(self, store, method):
        message = "^mlp-512 ships with the app and cannot be changed$"
        before = store.get("mlp-512")

        with pytest.raises(RunReadOnlyError, match=message):
            method(store)
        assert store.get("mlp-512") == before

    def test_a_baseline_has_a_trained_network(self, store, baseline_networks):
        network = store.network("mlp-512")

        assert network.config == store.get("mlp-512").config
        for array, expected in zip(
            network.weights, baseline_networks["mlp-512"].weights, strict=True
        ):
            np.testing.assert_array_equal(array, expected)

    def test_a_baseline_is_not_in_the_queue(self, store):
        assert store.queue_position("mlp-512") == 0


@pytest.mark.file
class TestOtherVersion:
    """A run whose settings this version does not know: stored by a newer app."""

    @pytest.fixture
    def foreign(self, store, tmp_path) -> str:
        run_id = new_run(store, "from tomorrow")
        database = sqlite3.connect(tmp_path / "runs.db")
        database.execute("UPDATE runs SET config = '{\"convolutions\": 3}'")
        database.commit()
        database.close()
        return run_id

    def test_is_left_out_of_the_list(self, store, foreign):
        known = new_run(store)

        assert [run.id for run in store.list()] == [known]

    def test_is_explained_when_it_is_opened(self, store, foreign):
        with pytest.raises(InvalidConfigError, match=r"^there is no setting named convolutions$"):
            store.get(foreign)

    def test_does_not_block_the_queue(self, store, foreign):
        known = new_run(store)

        assert store.claim_next().run_id == known

    def test_can_be_deleted(self, store, foreign):
        store.delete(foreign)

        with pytest.raises(RunNotFoundError):
            store.get(foreign)


def test_every_method_of_the_store_says_what_it_does():
    methods = [name for name in vars(RunStore) if not name.startswith("_")]

    assert len(methods) > 25
    assert not [name for name in methods if not getattr(RunStore, name).__doc__]


def test_the_store_of_one_url_can_be_reached_from_several_threads(store):
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.append(new_run(store))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(run.id for run in store.list()) == sorted(ids)
    assert sorted(run.number for run in store.list()) == list(range(1, 9))
