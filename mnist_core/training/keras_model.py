"""TrainingConfig -> a compiled keras.Sequential. Imports keras: for worker processes only."""

import inspect
import random

import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import N_CLASSES, N_INPUTS
from mnist_core.settings.choices import INITIALIZERS, LOSSES
from mnist_core.settings.config import TrainingConfig
from mnist_core.training.optimizers import build_optimizer
from mnist_core.training.quiet import silenced_stderr
from mnist_core.training.threads import set_threads

with silenced_stderr():
    import keras


def build_model(config: TrainingConfig) -> keras.Sequential:
    """Build and compile the network of a config; its initial weights follow from the seed.

    Layers are named as in `layer_summaries`. Input (n, 784) float32 0..1, output (n, 10).

    Raises:
        KeyError: The tables of `settings.choices` have no such initialiser, loss or optimiser.
        AttributeError: Keras has no class of the name that an entry gives.
    """
    set_threads()
    # A generator of its own: anything else in the process may draw from Python's.
    seeds = random.Random(config.seed)  # noqa: S311  # no secret
    model = keras.Sequential([keras.Input((N_INPUTS,))])
    for number, layer in enumerate(config.layers, start=1):
        model.add(
            keras.layers.Dense(
                layer.units,
                activation=layer.activation,
                kernel_initializer=_initializer(config, seeds),
                kernel_regularizer=_regularizer(config),
                name=f"hidden_{number}",
            )
        )
        if layer.dropout:
            dropout = keras.layers.Dropout(
                layer.dropout, seed=_draw(seeds), name=f"dropout_{number}"
            )
            model.add(dropout)
    model.add(
        keras.layers.Dense(
            N_CLASSES,
            activation="softmax",
            kernel_initializer=_initializer(config, seeds),
            kernel_regularizer=_regularizer(config),
            name="output",
        )
    )
    model.compile(
        optimizer=build_optimizer(config), loss=LOSSES[config.loss].keras, metrics=["accuracy"]
    )
    return model


def _draw(seeds: random.Random) -> int:
    return seeds.randint(1, int(1e9))  # as Keras draws a seed that is not given


def _initializer(config: TrainingConfig, seeds: random.Random) -> keras.initializers.Initializer:
    initializer = INITIALIZERS[config.initializer]
    cls = getattr(keras.initializers, initializer.keras)
    # Some draw nothing, and take no seed.
    is_random = "seed" in inspect.signature(cls).parameters
    return cls(**initializer.options, **({"seed": _draw(seeds)} if is_random else {}))


def _regularizer(config: TrainingConfig) -> keras.regularizers.Regularizer | None:
    return keras.regularizers.L2(config.l2) if config.l2 else None


def weights_of(model: keras.Sequential) -> tuple[NDArray[np.float32], ...]:
    """Return kernel and bias of each dense layer in turn, as `forward.Network` takes them."""
    return tuple(np.asarray(array, dtype=np.float32) for array in model.get_weights())
