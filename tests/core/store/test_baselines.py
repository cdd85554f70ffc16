import dataclasses

import numpy as np
import pytest

from mnist_core.errors import InvalidBaselineError
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.runs.run import RunStatus
from mnist_core.settings.presets import PRESETS
from mnist_core.store.baselines import (
    BASELINE_SEEDS,
    load_baseline_epochs,
    load_baseline_weights,
    load_baselines,
    save_baseline,
)
from tests.core.samples import ANSWERS, HISTORY, RESULT, TINY_CONFIG, TINY_WEIGHTS

# One image of the test set: what another processor may round differently.
ONE_IMAGE = 1e-4


def accuracy(network, images, labels) -> float:
    return float(np.mean(network.probabilities(images).argmax(axis=1) == labels))


def test_both_tutorial_networks_and_the_best_one_ship_with_the_app():
    assert list(load_baselines()) == ["mlp-512", "mlp-256", "best-mlp"]


@pytest.mark.parametrize("slug", BASELINE_SEEDS)
class TestShippedBaseline:
    def test_is_a_finished_read_only_run(self, slug):
        run = load_baselines()[slug]

        assert (run.id, run.name, run.title) == (slug, slug, slug)
        assert run.status is RunStatus.FINISHED
        assert run.is_baseline
        assert run.created_at > 0

    def test_is_trained_from_its_preset_with_its_seed(self, slug):
        expected = dataclasses.replace(PRESETS[slug].config, seed=BASELINE_SEEDS[slug])

        assert load_baselines()[slug].config == expected

    def test_reads_as_many_test_images_as_it_says(self, slug, baseline_networks, dataset):
        found = accuracy(baseline_networks[slug], dataset.test_images, dataset.test_labels)

        assert load_baselines()[slug].result.test_accuracy == pytest.approx(found, abs=ONE_IMAGE)

    def test_reads_as_many_training_images_as_it_says(self, slug, baseline_networks, dataset):
        run = load_baselines()[slug]
        known, held_back = slice(run.config.n_fit), slice(run.config.n_fit, None)

        def found(part: slice) -> float:
            images, labels = dataset.train_images[part], dataset.train_labels[part]
            return accuracy(baseline_networks[slug], images, labels)

        assert run.result.train_accuracy == pytest.approx(found(known), abs=ONE_IMAGE)
        if run.config.validation_split:
            expected = pytest.approx(found(held_back), abs=ONE_IMAGE)
            assert run.result.validation_accuracy == expected
        else:
            assert run.result.validation_accuracy is None

    def test_has_one_value_and_one_time_for_every_epoch(self, slug):
        run = load_baselines()[slug]
        names = {"loss", "accuracy"}
        if run.config.validation_split:
            names |= {"val_loss", "val_accuracy"}

        assert set(run.history) == names
        assert {len(values) for values in run.history.values()} == {run.config.epochs}
        assert len(run.result.epoch_seconds) == run.config.epochs

    def test_has_the_answers_of_every_epoch_each_in_less_than_100_000_bytes(self, slug):
        contents = load_baseline_epochs(slug)

        assert list(contents) == list(range(1, load_baselines()[slug].config.epochs + 1))
        assert max(len(content) for content in contents.values()) <= 100_000

    def test_answered_after_its_last_epoch_what_it_answers_now(
        self, slug, baseline_networks, dataset
    ):
        now = EpochAnswers.from_probabilities(
            baseline_networks[slug].probabilities(dataset.test_images), dataset.test_labels
        )
        *_, last = map(EpochAnswers.from_bytes, load_baseline_epochs(slug).values())

        assert np.mean(last.y_pred != now.y_pred) <= ONE_IMAGE
        np.testing.assert_allclose(last.confidence, now.confidence, rtol=0, atol=1e-4)
        np.testing.assert_allclose(last.p_true, now.p_true, rtol=0, atol=1e-4)

    def test_knew_less_after_its_first_epoch_than_after_its_last(self, slug, dataset):
        first, *_, last = (
            EpochAnswers.from_bytes(content).answers(dataset.test_labels).accuracy
            for content in load_baseline_epochs(slug).values()
        )

        assert first < last

    def test_ends_its_validation_curve_at_its_validation_accuracy(self, slug):
        run = load_baselines()[slug]
        last = run.history.get("val_accuracy", [None])[-1]

        assert run.result.validation_accuracy == pytest.approx(last, abs=ONE_IMAGE)


@pytest.mark.parametrize(
    ("slug", "low", "high"),
    [("mlp-256", 0.978, 0.981), ("mlp-512", 0.977, 0.982), ("best-mlp", 0.994, 0.995)],
)
def test_a_baseline_is_as_good_as_is_said_of_it(slug, low, high):
    assert low <= load_baselines()[slug].result.test_accuracy <= high


def test_what_is_saved_is_loaded(tmp_path):
    for slug in BASELINE_SEEDS:
        save_baseline(
            slug,
            history=HISTORY,
            result=RESULT,
            weights=TINY_WEIGHTS,
            epochs={1: ANSWERS, 2: ANSWERS},
            config=TINY_CONFIG,
            created_at=12.5,
            directory=tmp_path / "baselines",
        )

    run = load_baselines(tmp_path / "baselines")["mlp-512"]
    weights = load_baseline_weights("mlp-512", tmp_path / "baselines")

    assert (run.config, run.history, run.result) == (TINY_CONFIG, HISTORY, RESULT)
    assert run.created_at == 12.5
    contents = load_baseline_epochs("mlp-512", tmp_path / "baselines")
    assert contents == {1: ANSWERS.to_bytes(), 2: ANSWERS.to_bytes()}
    for array, expected in zip(weights, TINY_WEIGHTS, strict=True):
        np.testing.assert_array_equal(array, expected)


def test_only_a_preset_can_become_a_baseline(tmp_path):
    with pytest.raises(KeyError, match="my-network"):
        save_baseline(
            "my-network",
            history=HISTORY,
            result=RESULT,
            weights=TINY_WEIGHTS,
            epochs={},
            config=TINY_CONFIG,
            created_at=0.0,
            directory=tmp_path,
        )
    assert list(tmp_path.iterdir()) == []


class TestDamaged:
    """A copy of the app whose files are not whole."""

    @pytest.fixture
    def directory(self, tmp_path):
        for slug in BASELINE_SEEDS:
            save_baseline(
                slug,
                history=HISTORY,
                result=RESULT,
                weights=TINY_WEIGHTS,
                epochs={1: ANSWERS},
                config=TINY_CONFIG,
                created_at=12.5,
                directory=tmp_path,
            )
        return tmp_path

    @pytest.mark.parametrize(
        ("suffix", "load"),
        [
            (".json", load_baselines),
            (".npz", lambda directory: load_baseline_weights("mlp-256", directory)),
            (".epochs.npz", lambda directory: load_baseline_epochs("mlp-256", directory)),
        ],
        ids=["settings", "weights", "answers"],
    )
    @pytest.mark.parametrize("content", [None, b"", b"{}", b"[1]", b"\xff\xfe"])
    def test_the_sentence_names_the_network(self, directory, suffix, load, content):
        path = directory / f"mlp-256{suffix}"
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)

        message = r"^the included network mlp-256 cannot be read: .+"
        with pytest.raises(InvalidBaselineError, match=message):
            load(directory)

    def test_the_reason_is_not_a_second_sentence(self, directory):
        (directory / "mlp-256.npz").write_bytes(b"[1]")

        message = r"^the included network mlp-256 cannot be read: not an npz file$"
        with pytest.raises(InvalidBaselineError, match=message):
            load_baseline_weights("mlp-256", directory)
