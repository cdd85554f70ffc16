"""Seconds an epoch: this project's loop against plain Keras, same network, data and batch."""

import dataclasses
import statistics
import time

from benchmarks.table import Row
from mnist_core.config import PRESETS, TrainingConfig
from mnist_core.dataset import Dataset, load_dataset
from mnist_core.keras_model import build_model
from mnist_core.preprocessing import normalise
from mnist_core.training import train

_N_EPOCHS = 6  # the first pays for tracing and does not count


def measure() -> list[Row]:
    """Compare the loop with `model.fit`, metrics included in both."""
    dataset = load_dataset()
    config = dataclasses.replace(PRESETS["mlp-512"].config, epochs=_N_EPOCHS)
    ours = statistics.median(train(config, dataset).epoch_seconds[1:])
    plain = statistics.median(_fit_seconds(config, dataset)[1:])
    return [
        Row(
            what="mlp-512, seconds an epoch",
            ours=f"{ours:.2f} s",
            other=f"model.fit {plain:.2f} s",
            figure=ours / plain,
            at_most=0.5,
        )
    ]


def _fit_seconds(config: TrainingConfig, dataset: Dataset) -> list[float]:
    model = build_model(config)
    x = normalise(dataset.train_images)
    seconds = []
    for _ in range(_N_EPOCHS):
        start = time.perf_counter()
        model.fit(x, dataset.train_labels, batch_size=config.batch_size, epochs=1, verbose=0)
        seconds.append(time.perf_counter() - start)
    return seconds
