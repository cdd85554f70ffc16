"""Networks with random weights, for what must hold for any network."""

import itertools

import numpy as np

from mnist_core.network.forward import Network
from mnist_core.settings.config import HiddenLayer, TrainingConfig


def random_network(*units: int, activation: str = "relu") -> Network:
    """Return a network with hidden layers of these sizes, its biases not zero."""
    rng = np.random.default_rng(1)
    sizes = [784, *units, 10]
    weights: list[np.ndarray] = []
    for n_inputs, n_outputs in itertools.pairwise(sizes):
        kernel = rng.normal(0, np.sqrt(2 / n_inputs), (n_inputs, n_outputs))
        weights += [kernel, rng.normal(0, 0.1, n_outputs)]
    return Network(
        TrainingConfig(layers=tuple(HiddenLayer(n, activation) for n in units)),
        tuple(array.astype(np.float32) for array in weights),
    )
