import numpy as np
import pytest

from mnist_core.data.parts import Part, n_learned_from, part_of, parts_of
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.presets import PRESETS


def test_the_test_images_are_the_test_split(dataset):
    part = part_of(dataset, PRESETS["mlp-512"].config, Part.TEST)

    assert (part.split, part.first_index) == ("test", 0)
    assert part.images is dataset.test_images
    assert part.labels is dataset.test_labels


def test_the_last_training_images_are_those_held_back(dataset):
    config = TrainingConfig(n_train=1_000, validation_split=0.2)

    learned, held_back = (part_of(dataset, config, part) for part in (Part.TRAIN, Part.VALIDATION))

    assert (learned.split, learned.first_index, len(learned.images)) == ("train", 0, 800)
    assert (held_back.split, held_back.first_index, len(held_back.images)) == ("train", 800, 200)
    np.testing.assert_array_equal(held_back.images, dataset.train_images[800:1_000])
    np.testing.assert_array_equal(held_back.labels, dataset.train_labels[800:1_000])
    np.testing.assert_array_equal(learned.labels, dataset.train_labels[:800])


@pytest.mark.parametrize("split", [0.0, 0.2])
def test_only_a_validation_split_gives_a_validation_part(split):
    parts = parts_of(TrainingConfig(n_train=1_000, validation_split=split))

    assert (Part.VALIDATION in parts) == bool(split)
    assert parts[0] is Part.TEST
    assert parts[-1] is Part.TRAIN


def test_images_that_a_run_learned_from_are_counted(dataset):
    whole = TrainingConfig(n_train=1_000, validation_split=0.0)
    most = TrainingConfig(n_train=1_000, validation_split=0.2)
    some = TrainingConfig(n_train=850, validation_split=0.0)
    few = TrainingConfig(n_train=300, validation_split=0.0)
    held_back = part_of(dataset, most, Part.VALIDATION)  # rows 800 to 999

    assert [n_learned_from(each, held_back) for each in (whole, most, some, few)] == [200, 0, 50, 0]
    assert n_learned_from(few, part_of(dataset, most, Part.TRAIN)) == 300
    assert n_learned_from(whole, part_of(dataset, most, Part.TEST)) == 0
