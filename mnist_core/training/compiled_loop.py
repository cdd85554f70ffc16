"""The compiled steps of training. Imports TensorFlow: for worker processes and the terminal only.

Keras' own `model.fit` spends most of an epoch between the batches. Here a single `tf.function`
runs through a chunk of batches: it gathers each from the uint8 images and applies the optimiser,
with TensorFlow's fused kernels, directly to the variables of the Keras model and its optimiser.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mnist_core.arrays import MAX_PIXEL, N_CLASSES, N_INPUTS, FloatArray
from mnist_core.data.augmentation import Distorter
from mnist_core.data.dataset import Dataset
from mnist_core.data.preprocessing import flatten
from mnist_core.errors import InvalidCheckpointError
from mnist_core.i18n import N_
from mnist_core.npz import Array
from mnist_core.settings.choices import LOSSES
from mnist_core.settings.config import TrainingConfig
from mnist_core.training.optimizers import fused_update
from mnist_core.training.quiet import silenced_stderr

with silenced_stderr():
    import keras
    import tensorflow as tf

# A worker that stays alive traces a new graph for every run; TensorFlow would warn about that.
tf.get_logger().setLevel("ERROR")

# A chunk is what runs between two looks at the clock: long enough for Python's overhead not to
# matter, short enough for progress to look lively and for a stop to be prompt.
_CHUNK_SECONDS: Final = 0.1
_EVALUATION_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What training on a few batches gave.

    Attributes:
        end: Batches of the epoch that are done when the chunk ends.
        n_images: Images in the chunk, at least 1.
        loss_sum: Sum of their losses, each with the penalty on the weights.
        n_correct: Images among them that were read right, while dropout was on.
        seconds: Time the chunk took.
    """

    end: int
    n_images: int
    loss_sum: float
    n_correct: int
    seconds: float


class CompiledLoop:
    """Trains and evaluates one model on one dataset, in compiled steps.

    Args:
        config: The settings.
        model: The model of these settings, as `build_model` makes it; it is trained in place.
        dataset: The images; at least `config.n_train` to train on.
    """

    def __init__(self, config: TrainingConfig, model: keras.Sequential, dataset: Dataset) -> None:
        self._config = config
        self._n_batches = 1  # in a chunk, until the next look at the clock
        self._model = model
        self._update = fused_update(config, model)
        self._loss = keras.losses.get(LOSSES[config.loss].keras)
        self._takes_one_hot = LOSSES[config.loss].takes_one_hot
        n_fit = config.n_fit
        images = flatten(dataset.train_images)[: config.n_train]
        labels = dataset.train_labels[: config.n_train].astype(np.int32)
        # A variable, since distortions replace the images in every epoch; the labels stay.
        self._fit_images = tf.Variable(images[:n_fit], trainable=False)
        self._fit_labels = tf.constant(labels[:n_fit])
        self._validation_images = tf.constant(images[n_fit:])
        self._validation_labels = tf.constant(labels[n_fit:])
        self._test_images = tf.constant(flatten(dataset.test_images))
        self._test_labels = tf.constant(dataset.test_labels.astype(np.int32))
        self._undistorted = dataset.train_images[:n_fit]
        self._distorter = (
            Distorter(self._undistorted, config.augmentation) if config.augmentation.is_on else None
        )
        self._order = tf.Variable(tf.zeros(n_fit, tf.int32), trainable=False)
        # Bound to this object's tensors: each training traces a graph of its own, once.
        self._train_chunk = tf.function(self._trace_train_chunk)
        # Accepts any number of images, so that one trace serves all parts of the data.
        self._evaluate = tf.function(
            self._trace_evaluate,
            input_signature=(
                tf.TensorSpec((None, N_INPUTS), tf.uint8),
                tf.TensorSpec((None,), tf.int32),
            ),
        )

    def state(self) -> tuple[Array, ...]:
        """Return copies of all variables: of the model with its dropout, and of the optimiser."""
        return tuple(np.array(variable.numpy()) for variable in self._variables())

    def set_state(self, arrays: Sequence[Array]) -> None:
        """Set the variables to what `state` returned.

        Raises:
            InvalidCheckpointError: The state is that of another network.
        """
        variables = self._variables()
        if [array.shape for array in arrays] != [tuple(each.shape) for each in variables]:
            raise InvalidCheckpointError(N_("the checkpoint belongs to another network"))
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)

    def _variables(self) -> list[keras.Variable]:
        return [*self._model.variables, *self._model.optimizer.variables]

    def prepare_epoch(self, epoch: int) -> None:
        """Set what changes with every epoch, counted from 1: learning rate, order, distortions."""
        config = self._config
        self._model.optimizer.learning_rate.assign(config.learning_rate_in(epoch))
        # Seeded by the number of the epoch, so that a training that was resumed draws the same.
        rng = np.random.default_rng((config.seed, epoch))
        self._order.assign(rng.permutation(config.n_fit).astype(np.int32))
        if self._distorter is not None:
            distorted = self._distorter.distort(seed=(config.seed, epoch, 1))
            self._fit_images.assign(flatten(distorted))

    def run_chunk(self, start: int) -> Chunk:
        """Train on as many batches as take about a tenth of a second, at least one.

        Args:
            start: Batches of this epoch that are done, 0..n_batches - 1.
        """
        config = self._config
        end = min(config.n_batches, start + self._n_batches)
        began_at = time.perf_counter()
        loss_sum, n_correct = self._train_chunk(tf.constant(start), tf.constant(end))
        chunk = Chunk(
            end=end,
            n_images=min(end * config.batch_size, config.n_fit) - start * config.batch_size,
            loss_sum=float(loss_sum),
            n_correct=int(n_correct),
            seconds=time.perf_counter() - began_at,
        )
        # At most double, since one fast chunk may be chance; the first also pays for tracing.
        fitting = round((end - start) * _CHUNK_SECONDS / chunk.seconds)
        self._n_batches = max(1, min(2 * self._n_batches, fitting))
        return chunk

    def validate(self) -> dict[str, float]:
        """Return `val_loss` and `val_accuracy`, 0..1, on the part held back; empty without one."""
        n_validation = len(self._validation_labels)
        if not n_validation:
            return {}
        loss_sum, n_correct, _ = self._evaluate(self._validation_images, self._validation_labels)
        return {
            "val_loss": float(loss_sum) / n_validation,
            "val_accuracy": int(n_correct) / n_validation,
        }

    def evaluate_fit(self) -> tuple[float, float]:
        """Return loss and accuracy, 0..1, on the images learned from.

        They are evaluated without distortions and without dropout.
        """
        if self._distorter is not None:
            self._fit_images.assign(flatten(self._undistorted))
        loss_sum, n_correct, _ = self._evaluate(self._fit_images.read_value(), self._fit_labels)
        n_fit = self._config.n_fit
        return float(loss_sum) / n_fit, int(n_correct) / n_fit

    def test_probabilities(self) -> FloatArray:
        """Return what the network answers to the test images, shape (n, 10), rows sum to 1."""
        _, _, probabilities = self._evaluate(self._test_images, self._test_labels)
        return np.asarray(probabilities)

    def _trace_train_chunk(self, start: tf.Tensor, end: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss_sum = tf.constant(0.0, tf.float64)
        n_correct = tf.constant(0, tf.int64)
        size = self._config.batch_size
        for batch in tf.range(start, end):
            chosen = self._order[batch * size : tf.minimum((batch + 1) * size, self._config.n_fit)]
            labels = tf.gather(self._fit_labels, chosen)
            with tf.GradientTape() as tape:
                x = _normalised(tf.gather(self._fit_images, chosen))
                probabilities = self._model(x, training=True)
                losses = self._losses(labels, probabilities)
                loss = tf.reduce_mean(losses)
            variables = self._model.trainable_variables
            self._update(tape.gradient(loss, [variable.value for variable in variables]))
            loss_sum += tf.cast(tf.reduce_sum(losses), tf.float64)
            n_correct += _count_correct(labels, probabilities)
        return loss_sum, n_correct

    def _trace_evaluate(
        self, images: tf.Tensor, labels: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        loss_sum = tf.constant(0.0, tf.float64)
        n_correct = tf.constant(0, tf.int64)
        n_images = tf.shape(images)[0]
        answers = tf.TensorArray(
            tf.float32, 0, dynamic_size=True, infer_shape=False, element_shape=(None, N_CLASSES)
        )
        for first in tf.range(0, n_images, _EVALUATION_BATCH):
            part = slice(first, tf.minimum(first + _EVALUATION_BATCH, n_images))
            probabilities = self._model(_normalised(images[part]), training=False)
            losses = self._losses(labels[part], probabilities)
            loss_sum += tf.cast(tf.reduce_sum(losses), tf.float64)
            n_correct += _count_correct(labels[part], probabilities)
            answers = answers.write(answers.size(), probabilities)
        return loss_sum, n_correct, answers.concat()

    def _losses(self, labels: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
        """Return the loss of each image, shape (n,); as in Keras, each includes the penalty."""
        y_true = tf.one_hot(labels, N_CLASSES) if self._takes_one_hot else labels
        losses = self._loss(y_true, probabilities)
        penalties = self._model.losses
        return losses + tf.add_n(penalties) if penalties else losses


def _normalised(pixels: tf.Tensor) -> tf.Tensor:
    return tf.cast(pixels, tf.float32) / np.float32(MAX_PIXEL)


def _count_correct(labels: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    predicted = tf.argmax(probabilities, axis=1, output_type=tf.int32)
    return tf.math.count_nonzero(tf.equal(predicted, labels))
