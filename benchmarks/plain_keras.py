"""The script that a whole run is compared with; prints the seconds of its parts as JSON.

Keras as the tutorials write it: build, `fit`, `evaluate`, with Keras' own defaults. TensorFlow is
loaded and used once before the clock starts, and the images are in memory.
"""

import dataclasses
import itertools
import json
import sys
import time

from mnist_core.data.dataset import load_dataset
from mnist_core.data.preprocessing import normalise
from mnist_core.settings.presets import PRESETS
from mnist_core.training.keras_model import build_model


def main(preset: str) -> None:
    """Train and evaluate the network of a preset that holds no images back."""
    config = PRESETS[preset].config
    dataset = load_dataset()
    x_train, y_train = normalise(dataset.train_images), dataset.train_labels
    x_test, y_test = normalise(dataset.test_images), dataset.test_labels
    tiny = build_model(dataclasses.replace(config, n_train=100))
    tiny.fit(x_train[:100], y_train[:100], verbose=0)

    times = [time.perf_counter()]
    model = build_model(config)
    times.append(time.perf_counter())
    model.fit(x_train, y_train, batch_size=config.batch_size, epochs=config.epochs, verbose=0)
    times.append(time.perf_counter())
    model.evaluate(x_train, y_train, verbose=0)
    model.evaluate(x_test, y_test, verbose=0)
    times.append(time.perf_counter())

    seconds = (end - start for start, end in itertools.pairwise(times))
    print(json.dumps(dict(zip(("build", "epochs", "evaluation"), seconds, strict=True))))


if __name__ == "__main__":
    main(*sys.argv[1:])
