"""Ways to train the same network; each runs in a process of its own: `ways.py WAY PRESET`.

In one process the thread pools of TensorFlow, PyTorch and NumPy hinder each other.
"""

import dataclasses
import itertools
import json
import sys
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from mnist_core.arrays import N_CLASSES, N_INPUTS
from mnist_core.data.dataset import load_dataset
from mnist_core.data.preprocessing import normalise
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.presets import PRESETS

N_EPOCHS: Final = 5  # counted ones; one more before them pays for tracing and warm-up


def config_of(preset: str) -> TrainingConfig:
    """Return the preset's settings on all training images, for the epochs that are timed."""
    config = PRESETS[preset].config
    return dataclasses.replace(config, validation_split=0.0, epochs=N_EPOCHS + 1)


def _time_epochs(epoch: Callable[[], object]) -> list[float]:
    seconds = []
    for _ in range(N_EPOCHS + 1):
        start = time.perf_counter()
        epoch()
        seconds.append(time.perf_counter() - start)
    return seconds[1:]


def _this_loop(config: TrainingConfig) -> list[float]:
    from mnist_core.training.train import train

    return list(train(config, load_dataset()).epoch_seconds[1:])


def _fit(config: TrainingConfig, *, steps_per_execution: int = 1) -> list[float]:
    from mnist_core.training.keras_model import build_model

    dataset = load_dataset()
    x, y = normalise(dataset.train_images), dataset.train_labels
    model = build_model(config)
    model.compile(
        optimizer=model.optimizer,
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=steps_per_execution,
    )
    return _time_epochs(lambda: model.fit(x, y, batch_size=config.batch_size, epochs=1, verbose=0))


def _fit_64_steps(config: TrainingConfig) -> list[float]:
    return _fit(config, steps_per_execution=64)


def _torch(config: TrainingConfig) -> list[float]:
    import torch

    torch.manual_seed(config.seed)
    dataset = load_dataset()
    images = torch.from_numpy(normalise(dataset.train_images))
    labels = torch.from_numpy(dataset.train_labels.astype(np.int64))
    modules: list[torch.nn.Module] = []
    n_inputs = N_INPUTS
    for layer in config.layers:
        modules += [torch.nn.Linear(n_inputs, layer.units), torch.nn.ReLU()]
        if layer.dropout:
            modules.append(torch.nn.Dropout(layer.dropout))
        n_inputs = layer.units
    model = torch.nn.Sequential(*modules, torch.nn.Linear(n_inputs, N_CLASSES))
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate)

    def epoch() -> tuple[float, int]:
        # Sums as tensors: to ask for the number after each batch would cost it time.
        loss_sum, n_correct = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        order = torch.randperm(len(images))
        for start in range(0, len(images), config.batch_size):
            chosen = order[start : start + config.batch_size]
            logits = model(images[chosen])
            loss = torch.nn.functional.cross_entropy(logits, labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.detach() * len(chosen)
            n_correct += (logits.argmax(1) == labels[chosen]).sum()
        return float(loss_sum), int(n_correct)

    return _time_epochs(epoch)


def _scikit_learn(config: TrainingConfig) -> list[float]:
    from sklearn.neural_network import MLPClassifier

    dataset = load_dataset()
    x, y = normalise(dataset.train_images), dataset.train_labels
    model = MLPClassifier(
        tuple(layer.units for layer in config.layers),
        batch_size=config.batch_size,
        learning_rate_init=config.learning_rate,
        alpha=0.0,
        random_state=config.seed,
    )
    return _time_epochs(lambda: model.partial_fit(x, y, classes=np.arange(N_CLASSES)))


def _matrix_products(config: TrainingConfig) -> list[float]:
    """Multiply what an epoch multiplies: forward, weight gradients, and gradients passed back."""
    rng = np.random.default_rng(config.seed)
    sizes = [N_INPUTS, *(layer.units for layer in config.layers), N_CLASSES]
    kernels = [rng.random(shape, dtype=np.float32) for shape in itertools.pairwise(sizes)]
    values = [rng.random((config.batch_size, size), dtype=np.float32) for size in sizes]

    def epoch() -> None:
        for _ in range(config.n_batches):
            for number, kernel in enumerate(kernels):
                values[number] @ kernel
                values[number].T @ values[number + 1]
                if number:  # nothing is passed back to the pixels
                    values[number + 1] @ kernel.T

    return _time_epochs(epoch)


WAYS: Final[Mapping[str, Callable[[TrainingConfig], list[float]]]] = MappingProxyType(
    {
        "this loop": _this_loop,
        "model.fit": _fit,
        "model.fit, 64 steps at once": _fit_64_steps,
        "PyTorch, eager": _torch,
        "scikit-learn": _scikit_learn,
        "matrix products, NumPy": _matrix_products,
    }
)


if __name__ == "__main__":
    way, preset = sys.argv[1:]
    print(json.dumps(WAYS[way](config_of(preset))))
