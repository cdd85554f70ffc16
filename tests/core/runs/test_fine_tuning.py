import dataclasses

import numpy as np
import pytest

from mnist_core.errors import (
    InvalidConfigError,
    InvalidFineTuningError,
    InvalidImageError,
    InvalidLabelsError,
)
from mnist_core.network.forward import pack_weights
from mnist_core.npz import pack
from mnist_core.runs.fine_tuning import FineTuning, fine_tuning_config, mix, n_mixed
from mnist_core.runs.progress import Result
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.fields import limit_of
from tests.core.samples import RESULT, TINY_WEIGHTS

CONFIG = TrainingConfig(layers=(HiddenLayer(8),), epochs=2, n_train=250, validation_split=0.2)
OWN_IMAGES = np.stack([np.full((28, 28), level, np.uint8) for level in (10, 20, 30)])
OWN_LABELS = np.array([7, 8, 9], np.uint8)
KNOWN = np.full((1, 28, 28), 40, np.uint8)
STORED = {
    "weights": np.frombuffer(pack_weights(TINY_WEIGHTS), np.uint8),
    "images": OWN_IMAGES,
    "labels": OWN_LABELS,
    "known": KNOWN,
}


def own_rows(images: np.ndarray) -> np.ndarray:
    """Return the rows of the own digits among images."""
    return np.flatnonzero((images == images[:, :1, :1]).all(axis=(1, 2)))


class TestMix:
    def test_a_tenth_of_the_images_give_place_to_own_digits(self, small_dataset):
        mixed = mix(small_dataset, CONFIG, OWN_IMAGES, OWN_LABELS)

        rows = own_rows(mixed.train_images)
        assert len(rows) == CONFIG.n_fit // 10 == 20
        others = np.setdiff1d(np.arange(300), rows)
        np.testing.assert_array_equal(
            mixed.train_images[others], small_dataset.train_images[others]
        )
        np.testing.assert_array_equal(
            mixed.train_labels[others], small_dataset.train_labels[others]
        )
        np.testing.assert_array_equal(mixed.test_images, small_dataset.test_images)

    def test_the_digits_take_turns_evenly_spread_each_with_its_label(self, small_dataset):
        mixed = mix(small_dataset, CONFIG, OWN_IMAGES, OWN_LABELS)

        rows = own_rows(mixed.train_images)
        assert rows.tolist() == list(range(0, 200, 10))
        turns = np.arange(20) % 3
        np.testing.assert_array_equal(mixed.train_images[rows], OWN_IMAGES[turns])
        np.testing.assert_array_equal(mixed.train_labels[rows], OWN_LABELS[turns])

    def test_the_part_held_back_stays_as_it_is(self, small_dataset):
        many = np.repeat(OWN_IMAGES, 66, axis=0)

        mixed = mix(small_dataset, CONFIG, many, np.repeat(OWN_LABELS, 66))

        assert own_rows(mixed.train_images).max() < CONFIG.n_fit
        np.testing.assert_array_equal(
            mixed.train_images[CONFIG.n_fit :], small_dataset.train_images[CONFIG.n_fit :]
        )

    def test_the_dataset_itself_is_not_changed(self, small_dataset):
        before = small_dataset.train_images.copy()

        mix(small_dataset, CONFIG, OWN_IMAGES, OWN_LABELS)

        np.testing.assert_array_equal(small_dataset.train_images, before)

    def test_every_own_digit_has_a_place_where_a_tenth_is_too_small(self):
        assert n_mixed(CONFIG, 50) == 50
        assert n_mixed(CONFIG, 200) == 200

    def test_more_digits_than_images_are_refused(self):
        with pytest.raises(InvalidConfigError, match="learns from only 200 images, too few to mix"):
            n_mixed(CONFIG, 201)


class TestConfig:
    def run(self, result: Result | None = RESULT, **settings: object) -> Run:
        config = dataclasses.replace(CONFIG, **settings)
        return Run(
            id="a",
            name="a",
            config=config,
            status=RunStatus.FINISHED,
            created_at=0.0,
            result=result,
        )

    def test_only_the_epochs_and_the_steps_are_others(self):
        base = self.run(learning_rate=0.01, learning_rate_decay=0.5, patience=3, epochs=9)

        config = fine_tuning_config(base, n_epochs=1)

        # Two epochs are behind its weights, so its last steps were half as large.
        expected = {"learning_rate": 0.005, "learning_rate_decay": 0.0, "patience": 0, "epochs": 1}
        assert config == dataclasses.replace(base.config, **expected)

    def test_after_early_stopping_the_kept_epoch_counts(self):
        result = dataclasses.replace(RESULT, kept_epoch=1)
        base = self.run(result, learning_rate=0.01, learning_rate_decay=0.5)

        assert fine_tuning_config(base, n_epochs=1).learning_rate == 0.01

    def test_one_that_was_stopped_within_its_first_epoch_has_its_first_steps(self):
        base = self.run(dataclasses.replace(RESULT, epoch_seconds=()), learning_rate_decay=0.5)

        assert fine_tuning_config(base, n_epochs=1).learning_rate == base.config.learning_rate

    def test_steps_are_never_smaller_than_they_may_be(self):
        result = dataclasses.replace(RESULT, epoch_seconds=(0.1,) * 200)
        base = self.run(result, learning_rate_decay=0.9)

        config = fine_tuning_config(base, n_epochs=1)

        assert config.learning_rate == limit_of("learning_rate").low


class TestBytes:
    def test_what_is_written_is_read_again(self):
        tuning = FineTuning(
            base="mlp-512",
            weights=TINY_WEIGHTS,
            images=OWN_IMAGES,
            labels=OWN_LABELS,
            known=KNOWN,
        )

        read = FineTuning.from_bytes(tuning.to_bytes(), base="mlp-512")

        assert read.base == "mlp-512"
        np.testing.assert_array_equal(read.images, OWN_IMAGES)
        np.testing.assert_array_equal(read.labels, OWN_LABELS)
        np.testing.assert_array_equal(read.known, KNOWN)
        for ours, theirs in zip(read.weights, TINY_WEIGHTS, strict=True):
            np.testing.assert_array_equal(ours, theirs)

    @pytest.mark.parametrize(
        "content",
        [
            b"nonsense",
            pack({"images": OWN_IMAGES}),
            pack(STORED | {"images": OWN_IMAGES.astype(np.float32)}),
            pack(STORED | {"labels": OWN_LABELS[:2]}),
            pack(STORED | {"labels": OWN_LABELS[:, np.newaxis]}),
            pack(STORED | {"labels": np.array(["7", "8", "9"])}),
            pack(STORED | {"weights": np.zeros(3, np.uint8)}),
            *[pack(STORED | {name: np.array(7, np.uint8)}) for name in STORED],
        ],
    )
    def test_what_is_damaged_is_a_sentence(self, content):
        with pytest.raises(
            InvalidFineTuningError, match=r"^what the fine-tuning begins with cannot be"
        ):
            FineTuning.from_bytes(content, base="mlp-512")

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"nonsense", "not an npz file"),
            (pack(STORED | {"weights": np.zeros(3, np.uint8)}), "not an npz file"),
            (
                pack(STORED | {"weights": np.frombuffer(pack({"a": KNOWN}), np.uint8)}),
                "no weights",
            ),
        ],
    )
    def test_one_sentence_holds_one_short_reason(self, content, reason):
        message = f"^what the fine-tuning begins with cannot be read: {reason}$"
        with pytest.raises(InvalidFineTuningError, match=message):
            FineTuning.from_bytes(content, base="mlp-512")


def test_what_was_learned_from_before_counts_as_learned_each_digit_once():
    known = np.concatenate([KNOWN, OWN_IMAGES[1:]])

    tuning = FineTuning(
        base="a", weights=TINY_WEIGHTS, images=OWN_IMAGES, labels=OWN_LABELS, known=known
    )

    assert sorted(tuning.learned[:, 0, 0].tolist()) == [10, 20, 30, 40]


@pytest.mark.parametrize(
    ("images", "labels", "error"),
    [
        (OWN_IMAGES[:0], OWN_LABELS[:0], InvalidLabelsError),
        (OWN_IMAGES, OWN_LABELS[:2], InvalidLabelsError),
        (OWN_IMAGES, OWN_LABELS[:, np.newaxis], InvalidLabelsError),
        (OWN_IMAGES, OWN_LABELS + 1, InvalidLabelsError),
        (OWN_IMAGES.astype(np.float32), OWN_LABELS, InvalidImageError),
        (OWN_IMAGES[:, :20], OWN_LABELS, InvalidImageError),
    ],
)
def test_what_cannot_be_learned_is_refused(images, labels, error):
    with pytest.raises(error):
        FineTuning(base="a", weights=TINY_WEIGHTS, images=images, labels=labels, known=KNOWN)
