"""The compiled training loop. Imports TensorFlow: for worker processes and the terminal only.

An epoch of Keras' own `model.fit` spends most of its time between the batches. Here one
`tf.function` runs over a chunk of batches, gathers them from the uint8 images, and applies the
optimiser with TensorFlow's fused kernels, to the very variables of the Keras model and optimiser.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from mnist_core.config import TrainingConfig
from mnist_core.dataset import N_CLASSES, Dataset
from mnist_core.errors import InvalidConfigError, TrainingDivergedError
from mnist_core.keras_model import build_model
from mnist_core.preprocessing import MAX_PIXEL, flatten
from mnist_core.quiet import silenced_stderr
from mnist_core.records import History, Progress
from mnist_core.reporter import Reporter
from mnist_core.text import N_

with silenced_stderr():
    import keras
    import tensorflow as tf

# A warm worker traces a graph for every run; that is no reason to warn.
tf.get_logger().setLevel("ERROR")

# A chunk is what runs between two looks at the clock: long enough that Python costs nothing,
# short enough that progress is lively and stop is prompt.
_CHUNK_SECONDS: Final = 0.1
_EVALUATION_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOutcome:
    """What a training leaves.

    Attributes:
        model: The trained Keras model, its optimiser's state included.
        history: One value per finished epoch, under Keras' names.
        epoch_seconds: Seconds each finished epoch took, its validation included.
        was_stopped: Whether somebody asked to stop before the last epoch was done.
    """

    model: keras.Sequential
    history: History
    epoch_seconds: tuple[float, ...]
    was_stopped: bool


def train(
    config: TrainingConfig,
    dataset: Dataset,
    *,
    on_progress: Callable[[Progress, History], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> TrainingOutcome:
    """Train the network of a config on the first `n_train` training images.

    As `model.fit(..., validation_split=...)` does it: the last part is held back, the rest is
    shuffled in every epoch, loss and accuracy are means over the images of the epoch.
    Same config and seed give the same weights, to the bit, on the same machine.

    Args:
        config: The settings.
        dataset: Where the training images come from.
        on_progress: Called some ten times a second, and at the end of every epoch.
        should_stop: Asked after every chunk of batches; true ends the training there.

    Raises:
        InvalidConfigError: The dataset has fewer images than `n_train`.
        TrainingDivergedError: The loss is no longer a number.
    """
    _check_size(config, dataset)
    model = build_model(config)
    loop = _Loop(config, model, dataset)
    reporter = Reporter(config, on_progress)
    epoch_seconds: list[float] = []
    for epoch in range(1, config.epochs + 1):
        start = time.perf_counter()
        means = _train_epoch(loop, reporter, epoch, should_stop)
        if means is None:
            break
        epoch_values = means | loop.validate()
        _check_finite(*epoch_values.values())
        epoch_seconds.append(time.perf_counter() - start)
        reporter.end_epoch(epoch, epoch_values)
    _check_finite(loop.final_loss())  # the last step of all is in no loss yet
    return TrainingOutcome(
        model=model,
        history=reporter.history,
        epoch_seconds=tuple(epoch_seconds),
        was_stopped=len(epoch_seconds) < config.epochs,
    )


def _check_finite(*values: float) -> None:
    if not all(math.isfinite(value) for value in values):
        raise TrainingDivergedError(
            N_("the loss is no longer a number: try a smaller learning rate")
        )


def _check_size(config: TrainingConfig, dataset: Dataset) -> None:
    n_images = len(dataset.train_images)
    if config.n_train > n_images:
        raise InvalidConfigError(
            N_("n_train must be at most {n_images}, the images there are, got {value}"),
            n_images=n_images,
            value=config.n_train,
        )


def _train_epoch(
    loop: "_Loop", reporter: "Reporter", epoch: int, should_stop: Callable[[], bool]
) -> dict[str, float] | None:
    """Train one epoch and return its mean loss and accuracy; None when it was stopped."""
    config = loop.config
    loop.shuffle()
    loss_sum = 0.0
    n_correct = 0
    batch = 0
    while batch < config.n_batches:
        if should_stop():
            return None
        end = min(config.n_batches, batch + loop.chunk)
        start = time.perf_counter()
        chunk_loss, chunk_correct = loop.run(batch, end)
        seconds = time.perf_counter() - start
        _check_finite(chunk_loss)
        loss_sum += chunk_loss
        n_correct += chunk_correct
        n_images = min(end * config.batch_size, config.n_fit) - batch * config.batch_size
        reporter.add(n_images, chunk_loss, chunk_correct, seconds)
        # At most double: the first chunk also pays for tracing, later ones for noise.
        fitting = round((end - batch) * _CHUNK_SECONDS / seconds)
        loop.chunk = max(1, min(2 * loop.chunk, fitting))
        batch = end
        if batch < config.n_batches:
            reporter.report(epoch, batch)
    return {"loss": loss_sum / config.n_fit, "accuracy": n_correct / config.n_fit}


class _Loop:
    """The compiled steps over one model and its data."""

    def __init__(self, config: TrainingConfig, model: keras.Sequential, dataset: Dataset) -> None:
        self.config = config
        self.chunk = 1  # batches until the next look at the clock
        self._model = model
        self._update = _fused_update(model)
        self._loss = keras.losses.get(config.loss)
        images = flatten(dataset.train_images)[: config.n_train]
        labels = dataset.train_labels[: config.n_train].astype(np.int32)
        self._images = tf.constant(images)
        self._labels = tf.constant(labels)
        self._rng = np.random.default_rng(config.seed)
        self._order = tf.Variable(tf.zeros(config.n_fit, tf.int32), trainable=False)
        # Bound to this object's tensors, so that each training traces its own graph once.
        self._train_chunk = tf.function(self._trace_train_chunk)
        self._evaluate = tf.function(self._trace_evaluate)

    def shuffle(self) -> None:
        """Draw the order in which the next epoch takes the images."""
        self._order.assign(self._rng.permutation(self.config.n_fit).astype(np.int32))

    def run(self, start: int, end: int) -> tuple[float, int]:
        """Train on the batches start..end-1; return the sum of losses and the hits."""
        loss_sum, n_correct = self._train_chunk(tf.constant(start), tf.constant(end))
        return float(loss_sum), int(n_correct)

    def validate(self) -> dict[str, float]:
        """Return loss and accuracy on the part held back; empty where there is none."""
        n_validation = self.config.n_train - self.config.n_fit
        if not n_validation:
            return {}
        loss_sum, n_correct = self._evaluate(tf.constant(self.config.n_fit))
        return {
            "val_loss": float(loss_sum) / n_validation,
            "val_accuracy": int(n_correct) / n_validation,
        }

    def final_loss(self) -> float:
        """Return the sum of losses, with the weights as they are, on the last training images."""
        loss_sum, _ = self._evaluate(tf.constant(max(0, self.config.n_train - _EVALUATION_BATCH)))
        return float(loss_sum)

    def _trace_train_chunk(self, start: tf.Tensor, end: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss_sum = tf.constant(0.0, tf.float64)
        n_correct = tf.constant(0, tf.int64)
        size = self.config.batch_size
        for batch in tf.range(start, end):
            chosen = self._order[batch * size : tf.minimum((batch + 1) * size, self.config.n_fit)]
            x, labels = self._take(chosen)
            with tf.GradientTape() as tape:
                probabilities = self._model(x, training=True)
                losses = self._losses(labels, probabilities)
                loss = tf.reduce_mean(losses)
            variables = self._model.trainable_variables
            self._update(tape.gradient(loss, [variable.value for variable in variables]))
            loss_sum += tf.cast(tf.reduce_sum(losses), tf.float64)
            n_correct += _count_correct(labels, probabilities)
        return loss_sum, n_correct

    def _trace_evaluate(self, start: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss_sum = tf.constant(0.0, tf.float64)
        n_correct = tf.constant(0, tf.int64)
        for first in tf.range(start, self.config.n_train, _EVALUATION_BATCH):
            last = tf.minimum(first + _EVALUATION_BATCH, self.config.n_train)
            x, labels = self._take(tf.range(first, last))
            probabilities = self._model(x, training=False)
            loss_sum += tf.cast(tf.reduce_sum(self._losses(labels, probabilities)), tf.float64)
            n_correct += _count_correct(labels, probabilities)
        return loss_sum, n_correct

    def _take(self, indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        pixels = tf.gather(self._images, indices)
        x = tf.cast(pixels, tf.float32) / np.float32(MAX_PIXEL)
        return x, tf.gather(self._labels, indices)

    def _losses(self, labels: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
        is_sparse = self.config.loss == "sparse_categorical_crossentropy"
        return self._loss(labels if is_sparse else tf.one_hot(labels, N_CLASSES), probabilities)


def _count_correct(labels: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    predicted = tf.argmax(probabilities, axis=1, output_type=tf.int32)
    return tf.math.count_nonzero(tf.equal(predicted, labels))


def _fused_update(model: keras.Sequential) -> Callable[[list[tf.Tensor]], None]:
    """Return the optimiser's update as one kernel a variable.

    The formulas are those of Keras' optimisers, which take one pass over the memory for each
    term; the state stays in the optimiser's own variables, which Keras orders
    iterations, learning rate, then the slots.
    """
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    iterations = optimizer.iterations.value
    learning_rate = optimizer.learning_rate
    weights = [variable.value.handle for variable in model.trainable_variables]
    slots = [variable.value.handle for variable in optimizer.variables[2:]]

    def apply_adam(gradients: list[tf.Tensor]) -> None:
        step = tf.cast(iterations.assign_add(1), tf.float32)
        # Keras makes the slots of a variable together: first moment, second moment.
        for var, m, v, grad in zip(weights, slots[0::2], slots[1::2], gradients, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=var,
                m=m,
                v=v,
                beta1_power=tf.pow(optimizer.beta_1, step),
                beta2_power=tf.pow(optimizer.beta_2, step),
                lr=learning_rate.value,
                beta1=optimizer.beta_1,
                beta2=optimizer.beta_2,
                epsilon=optimizer.epsilon,
                grad=grad,
            )

    def apply_momentum(gradients: list[tf.Tensor]) -> None:
        iterations.assign_add(1)
        for var, accum, grad in zip(weights, slots, gradients, strict=True):
            tf.raw_ops.ResourceApplyKerasMomentum(
                var=var,
                accum=accum,
                lr=learning_rate.value,
                grad=grad,
                momentum=optimizer.momentum,
            )

    def apply_keras(gradients: list[tf.Tensor]) -> None:
        optimizer.apply(gradients)

    if isinstance(optimizer, keras.optimizers.Adam):
        return apply_adam
    if isinstance(optimizer, keras.optimizers.SGD):
        return apply_momentum
    return apply_keras
