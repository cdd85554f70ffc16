import dataclasses
import time

import numpy as np
import pytest

from mnist_core.errors import (
    InvalidConfigError,
    RunNotFoundError,
    RunNotReadyError,
)
from mnist_core.runs.run import RunStatus
from mnist_core.settings.presets import PRESETS
from tests.core.samples import (
    TINY_CONFIG,
)
from tests.core.store.conftest import (
    finish,
    new_run,
    running,
)


class TestCreate:
    def test_a_new_run_waits_with_its_config(self, store):
        before = time.time()
        config = PRESETS["dropout-256"].config

        run = store.create(config, name="mine")

        assert run.status is RunStatus.QUEUED
        assert (run.name, run.config) == ("mine", config)
        assert before <= run.created_at <= time.time()
        assert (run.started_at, run.finished_at) == (None, None)
        assert (run.progress, run.history, run.result, run.failure) == (None, {}, None, None)
        assert (run.is_stop_requested, run.is_baseline, run.is_ended) == (False, False, False)
        assert store.get(run.id) == run

    def test_runs_are_numbered_from_1(self, store):
        assert [store.create(TINY_CONFIG, name="mine").title for _ in range(2)] == [
            "mine #1",
            "mine #2",
        ]

    def test_the_number_of_a_deleted_run_is_not_given_again(self, store):
        store.delete(new_run(store))

        assert store.get(new_run(store)).number == 2

    def test_a_claimed_run_waits_for_no_worker(self, store):
        claim = store.create_claimed(TINY_CONFIG, name="mine")

        run = store.get(claim.run_id)
        assert run.status is RunStatus.STARTING
        assert claim.worker == run.worker
        assert run.created_at <= run.started_at
        assert store.claim_next() is None

    @pytest.mark.parametrize(
        ("name", "stored"),
        [
            ("  my \n first\trun ", "my first run"),
            ("x" * 100, "x" * 80),
            ("", "run"),
            (" \n ", "run"),
            ("数字 ✏️", "数字 ✏️"),
            ("'; DROP TABLE runs; --", "'; DROP TABLE runs; --"),
        ],
    )
    def test_names_are_tidied(self, store, name, stored):
        run_id = new_run(store, name)
        assert store.get(run_id).name == stored

        store.rename(run_id, "other")
        store.rename(run_id, name)
        assert store.get(run_id).name == stored


class TestFineTune:
    IMAGES = np.full((2, 28, 28), 200, np.uint8)
    LABELS = np.array([7, 3], np.uint8)

    def fine_tune(self, store, base="mlp-256", n_epochs=3):
        return store.fine_tune(base, self.IMAGES, self.LABELS, n_epochs=n_epochs, name="tuned")

    def test_it_is_a_new_run_that_waits_and_the_other_stays(self, store):
        base = running(store)
        finish(store, base)
        before = store.get(base)

        run = self.fine_tune(store, base)

        assert (run.status, run.name, run.config.epochs) == (RunStatus.QUEUED, "tuned", 3)
        assert run.base == before.title == "mine #1"
        assert run.base_id == base
        assert store.get(base) == before
        assert before.base is None

    def test_what_it_begins_with_is_kept(self, store, baseline_networks):
        run = self.fine_tune(store)

        tuning = store.fine_tuning(run.id)

        assert tuning.base == "mlp-256"
        np.testing.assert_array_equal(tuning.images, self.IMAGES)
        np.testing.assert_array_equal(tuning.labels, self.LABELS)
        for ours, theirs in zip(tuning.weights, baseline_networks["mlp-256"].weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_the_list_tells_it_from_others(self, store):
        new_run(store)
        self.fine_tune(store)

        assert [run.base for run in store.list()] == ["mlp-256", None]

    def test_its_base_is_known_by_another_name_too(self, store):
        base = running(store)
        finish(store, base)
        run = self.fine_tune(store, base)

        store.rename(base, "other")

        assert store.get(run.id).base_id == base
        assert [run.base_id for run in store.list()] == [base, None]

    def test_what_the_base_had_learned_from_is_known_and_not_learned_again(self, store):
        base = running(store)
        finish(store, base)
        run = self.fine_tune(store, base)
        finish(store, store.claim_next().run_id)
        other = np.full((1, 28, 28), 100, np.uint8)

        again = store.fine_tune(run.id, other, self.LABELS[:1], n_epochs=1, name="again")

        tuning = store.fine_tuning(again.id)
        np.testing.assert_array_equal(tuning.images, other)
        np.testing.assert_array_equal(tuning.known, self.IMAGES[:1])
        assert not len(store.fine_tuning(run.id).known)

    def test_others_began_with_nothing(self, store):
        assert store.fine_tuning(new_run(store)) is None
        assert store.fine_tuning("mlp-256") is None

    def test_without_a_trained_network_there_is_nothing_to_begin_with(self, store):
        with pytest.raises(RunNotReadyError):
            self.fine_tune(store, new_run(store))
        with pytest.raises(RunNotFoundError):
            self.fine_tune(store, "nonsense")

    def test_what_cannot_be_trained_is_refused_and_no_run_is_stored(self, store):
        base = running(store)
        finish(store, base)

        with pytest.raises(InvalidConfigError, match=r"^epochs must be a whole number from 1 to"):
            self.fine_tune(store, n_epochs=0)
        with pytest.raises(InvalidConfigError, match="too few to mix 101 digits"):
            store.fine_tune(
                base,
                np.ones((101, 28, 28), np.uint8),
                np.ones(101, np.uint8),
                n_epochs=1,
                name="tuned",
            )

        assert [run.id for run in store.list()] == [base]


def test_every_setting_of_a_run_is_stored(store):
    for preset in PRESETS.values():
        config = dataclasses.replace(preset.config, seed=7)
        assert store.get(store.create(config, name="mine").id).config == config
