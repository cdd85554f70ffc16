import dataclasses

import numpy as np
import pytest
import sqlalchemy as sa

from mnist_core.errors import (
    DamagedError,
    EpochNotFoundError,
    InvalidAnswersError,
    InvalidCheckpointError,
    InvalidFineTuningError,
    InvalidWeightsError,
    RunNotReadyError,
)
from mnist_core.store.baselines import BASELINE_SEEDS
from mnist_core.store.run_store import RunStore
from mnist_core.store.schema import CHECKPOINTS, EPOCHS, FINE_TUNINGS, WEIGHTS
from tests.core.samples import (
    ANSWERS,
    CHECKPOINT,
    HISTORY,
    PROGRESS,
    RESULT,
    TINY_CONFIG,
    TINY_WEIGHTS,
)
from tests.core.store.conftest import (
    answers_with,
    finish,
    held,
    new_run,
    running,
)


class TestList:
    def test_runs_come_newest_first_without_the_baselines(self, store):
        ids = [new_run(store) for _ in range(3)]

        assert [run.id for run in store.list()] == ids[::-1]

    def test_they_come_without_their_progress(self, store):
        run_id = running(store)
        store.update_progress(held(store, run_id), PROGRESS, HISTORY)

        (run,) = store.list()

        assert run == dataclasses.replace(store.get(run_id), progress=None)

    def test_an_empty_store_lists_nothing_but_has_its_baselines(self, store):
        assert list(store.list()) == []
        assert {run.id for run in store.baselines()} == set(BASELINE_SEEDS)

    def test_a_workspace_lists_its_own_runs_only(self, runs_url, opened):
        ada, bob = (opened(RunStore(runs_url, workspace=name)) for name in ("ada", "bob"))
        run_id = new_run(ada)

        assert [run.id for run in ada.list()] == [run_id]
        assert list(bob.list()) == []
        assert bob.get(run_id).id == run_id  # a shared link works everywhere
        assert bob.get("mlp-256").is_baseline

    def test_another_store_on_the_same_url_sees_the_run(self, store, runs_url, opened):
        run_id = new_run(store)
        store.close()

        assert opened(RunStore(runs_url)).get(run_id) == store.get(run_id)


class TestNetwork:
    def test_the_network_of_a_finished_run_has_its_weights_to_the_bit(self, store):
        run_id = running(store)
        finish(store, run_id)

        network = store.network(run_id)

        assert network.config == TINY_CONFIG
        for array, expected in zip(network.weights, TINY_WEIGHTS, strict=True):
            np.testing.assert_array_equal(array, expected)

    def test_before_its_end_a_run_has_no_network(self, store):
        run_id = running(store)

        with pytest.raises(RunNotReadyError, match=r"^the run mine has no trained network"):
            store.network(run_id)


class TestCheckpoint:
    def test_a_run_has_none_at_first(self, store):
        run_id = running(store)

        assert store.checkpoint(run_id) is None
        assert not store.get(run_id).has_checkpoint


class TestEpochs:
    def test_a_run_has_none_at_first(self, store):
        run_id = running(store)

        assert store.epochs(run_id) == []
        assert store.p_true_by_epoch(run_id) == {}
        with pytest.raises(EpochNotFoundError, match=r"^the run mine has no stored answers"):
            store.epoch(run_id, 1)

    def test_the_answers_of_every_epoch_are_kept(self, store):
        run_id, other = running(store), running(store)

        for epoch in (1, 2, 10):
            assert store.save_epoch(held(store, run_id), epoch, answers_with(epoch / 16))
        store.save_epoch(held(store, other), 3, ANSWERS)

        assert store.epochs(run_id) == [1, 2, 10]
        found = store.epoch(run_id, 2)
        np.testing.assert_array_equal(found.y_pred, ANSWERS.y_pred)
        np.testing.assert_allclose(found.confidence, ANSWERS.confidence, atol=1e-5)
        np.testing.assert_allclose(found.p_true, 0.125, atol=1e-5)
        with pytest.raises(EpochNotFoundError):
            store.epoch(run_id, 3)

    def test_one_image_can_be_followed_from_epoch_to_epoch(self, store):
        run_id = running(store)
        store.save_epoch(held(store, run_id), 2, ANSWERS)
        store.save_epoch(held(store, run_id), 1, answers_with(0.5))

        p_true = store.p_true_by_epoch(run_id)

        assert list(p_true) == [1, 2]
        assert p_true[1][1] == pytest.approx(0.5, abs=1e-5)
        assert p_true[2][1] == pytest.approx(0.25, abs=1e-5)

    def test_a_baseline_has_all_of_its_epochs(self, store, baseline_networks, dataset):
        assert store.epochs("mlp-512") == [1, 2, 3, 4, 5]
        p_true = store.p_true_by_epoch("mlp-512")

        assert list(p_true) == [1, 2, 3, 4, 5]
        last = store.epoch("mlp-512", 5)
        np.testing.assert_array_equal(p_true[5], last.p_true)
        answers = baseline_networks["mlp-512"].probabilities(dataset.test_images)
        expected = answers[np.arange(10_000), dataset.test_labels]
        np.testing.assert_allclose(p_true[5], expected, rtol=0, atol=1e-4)
        with pytest.raises(
            EpochNotFoundError, match=r"^the run mlp-512 has no stored answers for epoch 6$"
        ):
            store.epoch("mlp-512", 6)


class TestDamaged:
    """Bytes in the database are not what they were."""

    @pytest.fixture
    def damaged(self, store) -> str:
        """A fine-tuned run of which no stored bytes can be read."""
        images, labels = np.ones((1, 28, 28), np.uint8), np.ones(1, np.uint8)
        run = store.fine_tune("mlp-256", images, labels, n_epochs=1, name="mine")
        claim = store.claim_next()
        store.save_checkpoint(claim, CHECKPOINT)
        store.save_epoch(claim, 1, ANSWERS)
        weights = store.network("mlp-256").weights
        store.finish(claim, history=HISTORY, result=RESULT, weights=weights)
        with store.database.read() as connection:
            for table in (WEIGHTS, CHECKPOINTS, EPOCHS, FINE_TUNINGS):
                connection.execute(sa.update(table).values(content=b"nothing"))
        return run.id

    @pytest.mark.parametrize(
        ("read", "error", "message"),
        [
            (RunStore.network, InvalidWeightsError, "the stored weights cannot be read: "),
            (RunStore.checkpoint, InvalidCheckpointError, "the stored checkpoint cannot be read: "),
            (
                lambda store, run_id: store.epoch(run_id, 1),
                InvalidAnswersError,
                "the stored answers of an epoch cannot be read: ",
            ),
            (
                RunStore.p_true_by_epoch,
                InvalidAnswersError,
                "the stored answers of an epoch cannot be read: ",
            ),
            (
                RunStore.fine_tuning,
                InvalidFineTuningError,
                "what the fine-tuning begins with cannot be read: ",
            ),
        ],
        ids=["weights", "checkpoint", "epoch", "epochs", "fine-tuning"],
    )
    def test_the_error_says_what_is_damaged(self, store, damaged, read, error, message):
        with pytest.raises(DamagedError, match=f"^{message}") as caught:
            read(store, damaged)
        assert type(caught.value) is error

    def test_what_is_whole_can_still_be_read(self, store, damaged):
        assert store.get(damaged).result == RESULT
        assert [run.id for run in store.list()] == [damaged]
        assert store.epochs(damaged) == [1]
