"""What is loaded or computed once."""

import dataclasses

import numpy as np
import pytest

from mnist_core.data.parts import Part
from mnist_core.store.run_store import RunStore
from pages.ui.base import cache
from tests.conftest import add_fine_tuned, add_finished


class Untouchable(dict):
    """Must not be looked into, as hashing it would do."""

    def __iter__(self):
        raise AssertionError

    def items(self):
        raise AssertionError


def test_the_store_is_that_of_the_url(store: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path):
    here = cache.store()
    assert here.url == store.url
    assert cache.store() is here

    monkeypatch.setenv("MNIST_RUNS_URL", f"sqlite:///{tmp_path / 'other.db'}")

    assert cache.store() is not here
    assert cache.own_digits() is cache.own_digits()


def test_the_images_are_loaded_once_and_read_only():
    assert cache.dataset() is cache.dataset()
    assert not cache.dataset().train_images.flags.writeable


def test_a_network_is_found_again_whatever_else_is_known_of_its_run(store: RunStore):
    run = add_finished(store)
    network = cache.network(run)

    renamed = dataclasses.replace(run, name="other", history=Untouchable(), started_at=1.0)

    assert cache.network(renamed) is network
    assert cache.answers(renamed, Part.TEST) is cache.test_answers(run)


def test_a_run_that_ended_anew_has_another_network(store: RunStore):
    run = add_finished(store)

    again = dataclasses.replace(run, finished_at=run.finished_at + 1)

    assert cache.network(again) is not cache.network(run)
    assert cache.test_answers(again) is not cache.test_answers(run)


def test_a_run_of_another_store_has_another_network(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path
):
    run = store.get("mlp-512")
    network = cache.network(run)

    monkeypatch.setenv("MNIST_RUNS_URL", f"sqlite:///{tmp_path / 'other.db'}")

    assert cache.network(run) is not network


def test_each_part_has_its_answers(store: RunStore):
    run = store.get("mlp-256")

    results = [cache.answers(run, part) for part in (Part.TEST, Part.VALIDATION)]

    assert [len(result) for result in results] == [10_000, 12_000]


@pytest.mark.parametrize(("owner", "is_own"), [("mlp-256", True), ("mlp-512", False)])
def test_answers_are_shared_with_a_run_that_has_the_same_images(
    store: RunStore, owner: str, is_own: bool
):
    run = store.get("mlp-256")

    result = cache.answers_on(run, Part.TRAIN, owner=store.get(owner))

    assert result is cache.answers_on(run, Part.TRAIN, owner=store.get(owner))
    assert (result is cache.answers(run, Part.TRAIN)) == is_own
    assert len(result) == (48_000 if is_own else 60_000)


def test_answers_by_epoch_are_read_anew_when_a_run_goes_on(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
):
    run = store.get("mlp-256")
    assert cache.epochs(run) is cache.epochs(dataclasses.replace(run, name="other"))
    assert cache.epoch_answers(run, 1) is cache.epoch_answers(run, 1)
    assert cache.epoch_answers(run, 1) is not cache.epoch_answers(run, 2)

    again = dataclasses.replace(run, started_at=1.0)

    assert cache.epochs(again) is not cache.epochs(run)
    assert cache.epoch_answers(again, 1) is not cache.epoch_answers(run, 1)


def test_the_probability_of_the_true_digit_is_that_of_the_epochs(store: RunStore):
    run = store.get("mlp-256")
    stored = store.p_true_by_epoch(run.id)

    p_true = cache.p_true_by_epoch(run)

    assert p_true is cache.p_true_by_epoch(dataclasses.replace(run, name="other"))
    assert list(p_true) == list(cache.epochs(run)) == list(stored)
    for epoch, values in stored.items():
        np.testing.assert_array_equal(p_true[epoch], values)


def test_what_a_run_began_with_is_known_of_fine_tuned_runs_only(store: RunStore):
    images, labels = np.ones((2, 28, 28), np.uint8), np.ones(2, np.uint8)
    run = add_fine_tuned(store, images, labels)

    tuning = cache.fine_tuning(run)

    assert tuning is not None
    assert cache.fine_tuning(dataclasses.replace(run, finished_at=1.0)) is tuning
    assert cache.fine_tuning(store.get("mlp-256")) is None


def test_the_answers_at_the_start_do_not_change_with_the_end(store: RunStore):
    images, labels = np.ones((2, 28, 28), np.uint8), np.ones(2, np.uint8)
    run, start = add_fine_tuned(store, images, labels, favourite=9), store.network("mlp-256")

    result = cache.start_test_answers(run, start)

    assert cache.start_test_answers(dataclasses.replace(run, finished_at=1.0), start) is result
    assert result.accuracy == cache.test_answers(store.get("mlp-256")).accuracy
    assert result.accuracy > cache.test_answers(run).accuracy
