"""What the tests of training share: small trainings, and how two are compared."""

import dataclasses

import numpy as np

from mnist_core.data.dataset import Dataset
from mnist_core.data.preprocessing import normalise, one_hot
from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig
from mnist_core.training.keras_model import build_model, weights_of
from mnist_core.training.train import TrainingOutcome

SMALL_CONFIG = TrainingConfig(
    layers=(HiddenLayer(16),), batch_size=32, epochs=3, n_train=250, validation_split=0.2
)
DROPOUT_CONFIG = dataclasses.replace(
    SMALL_CONFIG, layers=(HiddenLayer(16, dropout=0.5), HiddenLayer(8, dropout=0.1)), batch_size=10
)
AUGMENTED_CONFIG = dataclasses.replace(
    DROPOUT_CONFIG, augmentation=Augmentation(shift=2, rotation=10, zoom=0.1, elastic=1.0)
)


class InOrder:
    """A random generator that leaves the images in their order, as `fit(shuffle=False)` does."""

    def __init__(self, seed: object) -> None:
        self.seed = seed
        self.n_shuffled = 0

    def permutation(self, n: int) -> np.ndarray:
        self.n_shuffled += 1
        return np.arange(n)


def fit_with_keras(config: TrainingConfig, dataset: Dataset):
    """Train with Keras' own loop, in the order of the images."""
    model = build_model(config)
    labels = dataset.train_labels[: config.n_train]
    history = model.fit(
        normalise(dataset.train_images[: config.n_train]),
        one_hot(labels) if config.loss == "categorical_crossentropy" else labels,
        batch_size=config.batch_size,
        epochs=config.epochs,
        validation_split=config.validation_split,
        shuffle=False,
        verbose=0,
    )
    return model, history.history


def assert_same_training(outcome: TrainingOutcome, model, history) -> None:
    assert set(outcome.history) == set(history)
    for name, values in history.items():
        np.testing.assert_allclose(outcome.history[name], values, rtol=1e-3, err_msg=name)
    for ours, theirs in zip(weights_of(outcome.model), weights_of(model), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)
    # What the optimiser remembers is stored with the model and has to be right as well.
    ours, theirs = outcome.model.optimizer.variables, model.optimizer.variables
    for our_variable, their_variable in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(
            our_variable.numpy(), their_variable.numpy(), rtol=1e-3, atol=1e-5
        )


def assert_same_bits(first: TrainingOutcome, again: TrainingOutcome) -> None:
    for ours, theirs in zip(weights_of(first.model), weights_of(again.model), strict=True):
        np.testing.assert_array_equal(ours, theirs)
