"""Where the time of an epoch goes: `python -m benchmarks.breakdown`.

Each part of a training step runs alone, as often as in an epoch of `mlp-512` over all images; the
whole is the loop itself. What the parts leave of the whole is what they cost each other: shared
caches and the beginning of every operation.
"""

import statistics
import time
from collections.abc import Callable
from typing import Final

import keras
import numpy as np
import tensorflow as tf

from benchmarks import ways
from mnist_core.data.dataset import load_dataset
from mnist_core.training.compiled_loop import CompiledLoop
from mnist_core.training.keras_model import build_model

_PRESET: Final = "mlp-512"
_N_TIMES: Final = 5


def main() -> None:
    """Print the seconds of each part, and its share of the whole."""
    config = ways.config_of(_PRESET)
    dataset = load_dataset()
    model = build_model(config)
    loop = CompiledLoop(config, model, dataset)
    loop.prepare_epoch(1)
    size = config.batch_size
    images = tf.constant(dataset.train_images.reshape(-1, 784))
    labels = tf.constant(dataset.train_labels.astype(np.int32))
    order = tf.constant(np.random.default_rng(0).permutation(len(labels)).astype(np.int32))
    x = tf.constant(dataset.train_images[:size].reshape(size, -1) / np.float32(255))
    y = labels[:size]
    probabilities = model(x, training=False)
    values = [variable.value for variable in model.trainable_variables]
    gradients = [tf.zeros_like(value) for value in values]

    def gather(batch: tf.Tensor) -> tf.Tensor:
        chosen = order[batch * size : (batch + 1) * size]
        taken = tf.cast(tf.gather(images, chosen), tf.float32) / np.float32(255)
        return tf.reduce_sum(taken[:, 0])

    def passes(_batch: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            answers = model(x, training=True)
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, answers))
        return tf.add_n([tf.reduce_sum(each[..., :1]) for each in tape.gradient(loss, values)])

    def update(_batch: tf.Tensor) -> tf.Tensor:
        loop._update(gradients)
        return tf.constant(0.0)

    def metrics(batch: tf.Tensor) -> tf.Tensor:
        # Depends on the batch, so that it is not computed once for all.
        answers = probabilities + tf.cast(batch, tf.float32)
        hits = tf.equal(tf.argmax(answers, axis=1, output_type=tf.int32), y)
        return tf.cast(tf.math.count_nonzero(hits), tf.float32)

    whole = _median(lambda: loop._train_chunk(tf.constant(0), tf.constant(config.n_batches)))
    parts = {
        "matrix products, forward and back": passes,
        "Adam": update,
        "gather and normalise": gather,
        "hits": metrics,
    }
    print(f"{_PRESET}, an epoch of {config.n_batches} batches: {whole:.3f} s")
    for name, step in parts.items():
        seconds = _median(_looped(step, config.n_batches))
        print(f"  {name:36} {seconds:.3f} s  {seconds / whole:4.0%}")


def _looped(step: Callable[[tf.Tensor], tf.Tensor], n_batches: int) -> Callable[[], tf.Tensor]:
    @tf.function
    def run() -> tf.Tensor:
        total = tf.constant(0.0)
        for batch in tf.range(n_batches):
            total += step(batch)
        return total

    return run


def _median(run: Callable[[], object]) -> float:
    run()
    seconds = []
    for _ in range(_N_TIMES):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
