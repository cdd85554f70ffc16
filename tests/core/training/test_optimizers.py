import dataclasses

import numpy as np
import pytest

from mnist_core.settings.choices import OPTIMIZERS
from mnist_core.training.keras_model import build_model, weights_of
from mnist_core.training.train import train
from tests.core.training.trainings import SMALL_CONFIG, fit_with_keras


def test_a_step_of_adam_is_as_long_as_that_of_keras(small_dataset):
    # The fused kernel rounds 1 - beta; uncorrected, each step is 0.000007 too long.
    config = dataclasses.replace(SMALL_CONFIG, learning_rate=1e-4, batch_size=250, epochs=10)
    before = weights_of(build_model(config))[0]

    ours = weights_of(train(config, small_dataset).model)[0] - before
    theirs = weights_of(fit_with_keras(config, small_dataset)[0])[0] - before

    has_moved = np.abs(theirs) > 1e-5
    assert has_moved.any()
    assert np.mean(ours[has_moved] / theirs[has_moved]) == pytest.approx(1, abs=2e-6)


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_an_optimizer_keeps_as_many_numbers_for_each_weight_as_its_entry_says(slug):
    model = build_model(dataclasses.replace(SMALL_CONFIG, optimizer=slug))
    model.optimizer.build(model.trainable_variables)
    kernel = model.trainable_variables[0].shape

    kept = [variable for variable in model.optimizer.variables if variable.shape == kernel]

    assert len(kept) == OPTIMIZERS[slug].n_slots
