"""Training, epoch by epoch. Imports TensorFlow: for worker processes and the terminal only."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mnist_core.arrays import FloatArray
from mnist_core.data.dataset import Dataset
from mnist_core.errors import InvalidConfigError, TrainingDivergedError
from mnist_core.evaluation.answers import evaluate
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.i18n import N_
from mnist_core.network.forward import Network
from mnist_core.npz import Array
from mnist_core.runs.checkpoint import BegunEpoch, Checkpoint
from mnist_core.runs.progress import CurvePoint, History, Progress, Result
from mnist_core.settings.config import TrainingConfig
from mnist_core.training.compiled_loop import CompiledLoop
from mnist_core.training.keras_model import build_model
from mnist_core.training.quiet import silenced_stderr
from mnist_core.training.reporter import Reporter
from mnist_core.training.threads import n_threads

with silenced_stderr():
    import keras

# About what is lost when the process is killed: an epoch that takes longer is kept when it ends.
_CHECKPOINT_SECONDS: Final = 1.0
# Seconds of training for each second of writing, since a large network takes seconds to write.
_WRITING_SHARE: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOutcome:
    """What a training leaves.

    Attributes:
        model: The trained Keras model, its optimiser's state included.
        history: One value per finished epoch, under Keras' names.
        epoch_seconds: Seconds each finished epoch took, its validation included.
        was_stopped: Whether somebody asked to stop before the last epoch was done.
        kept_epoch: The epoch, counted from 1, whose weights were restored when early stopping
            ended the training; None where it did not.
        checkpoint: The state to go on from.
        train_accuracy: Accuracy of the final weights on the images they were fitted to, 0..1,
            without dropout and distortions.
        validation_accuracy: The same on the images held back; None where there are none.
    """

    model: keras.Sequential
    history: History
    epoch_seconds: tuple[float, ...]
    was_stopped: bool
    kept_epoch: int | None
    checkpoint: Checkpoint
    train_accuracy: float
    validation_accuracy: float | None


def train(
    config: TrainingConfig,
    dataset: Dataset,
    *,
    start_from: Checkpoint | None = None,
    start_weights: Sequence[FloatArray] | None = None,
    on_progress: Callable[[Progress, History], None] | None = None,
    on_checkpoint: Callable[[Checkpoint], None] | None = None,
    on_epoch: Callable[[int, EpochAnswers], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> TrainingOutcome:
    """Train the network of a config on the first `n_train` training images.

    As in `model.fit(..., validation_split=...)`, the last part of them is held back, the rest is
    shuffled in every epoch, and loss and accuracy are means over the images of the epoch.
    The same config gives the same weights, to the bit, on the same machine, even if the training
    was paused and resumed from a checkpoint.

    Args:
        config: The settings.
        dataset: Where the images come from.
        start_from: The end of an earlier training with the same settings, apart from the number
            of epochs.
        start_weights: The weights to begin with if there is no `start_from`: kernel and bias of
            each layer in turn, as in `Network`; None draws them from the seed.
        on_progress: Called about ten times a second, and at the end of every epoch.
        on_checkpoint: Called after an epoch, if the last call was long enough ago.
        on_epoch: Called after every epoch with its number, counted from 1, and what the network
            then answers to the test images; not if these answers are not finite.
        should_stop: Asked before every chunk of batches; True ends the training there.

    Raises:
        InvalidConfigError: The dataset has fewer images than `n_train`.
        InvalidCheckpointError: The checkpoint is of another network.
        InvalidWeightsError: The weights are of another network.
        TrainingDivergedError: The loss is no longer a number.
    """
    _check_size(config, dataset)
    training = _Training(config, dataset, start_from, start_weights, on_progress)
    was_stopped = False
    next_checkpoint = time.perf_counter() + _CHECKPOINT_SECONDS
    while not was_stopped and not training.is_done():
        was_stopped = not training.train_epoch(should_stop)
        if on_epoch and not was_stopped:
            training.tell_answers(on_epoch)
        start = time.perf_counter()
        if on_checkpoint and not was_stopped and start >= next_checkpoint:
            on_checkpoint(training.checkpoint())
            end = time.perf_counter()
            next_checkpoint = end + max(_CHECKPOINT_SECONDS, _WRITING_SHARE * (end - start))
    return training.finish(was_stopped=was_stopped)


def measure(
    outcome: TrainingOutcome, network: Network, dataset: Dataset, *, start: float
) -> Result:
    """Score a trained network: on the images it was fitted to, those held back, the test images.

    Args:
        outcome: What the training left.
        network: The trained network.
        dataset: Where the test images come from.
        start: `time.perf_counter()` when the training began.
    """
    # With the network that the pages use, so that they count the same mistakes.
    answers = evaluate(network.probabilities(dataset.test_images), dataset.test_labels)
    return Result(
        train_accuracy=outcome.train_accuracy,
        validation_accuracy=outcome.validation_accuracy,
        test_accuracy=answers.accuracy,
        epoch_seconds=outcome.epoch_seconds,
        total_seconds=time.perf_counter() - start,
        kept_epoch=outcome.kept_epoch,
        n_threads=n_threads(),
    )


def _check_size(config: TrainingConfig, dataset: Dataset) -> None:
    n_images = len(dataset.train_images)
    if config.n_train > n_images:
        raise InvalidConfigError(
            N_("n_train must be at most {n_images}, the number of images there are, got {value}"),
            n_images=n_images,
            value=config.n_train,
        )


class _Training:
    """A training in progress: what is done so far, and whether that is enough."""

    def __init__(
        self,
        config: TrainingConfig,
        dataset: Dataset,
        start_from: Checkpoint | None,
        start_weights: Sequence[FloatArray] | None,
        on_progress: Callable[[Progress, History], None] | None,
    ) -> None:
        self._config = config
        self._dataset = dataset
        self._model = build_model(config)
        if start_weights is not None:
            # Network refuses weights of another shape with a sentence for people.
            self._model.set_weights(list(Network(config, tuple(start_weights)).weights))
        self._loop = CompiledLoop(config, self._model, dataset)
        self._begun = BegunEpoch()
        self._epoch_seconds: list[float] = []
        self._best: tuple[Array, ...] | None = None
        self._patience_from = 0
        history: History = {}
        curve: tuple[CurvePoint, ...] = ()
        if start_from is not None:
            self._loop.set_state(start_from.variables)
            self._begun = start_from.begun
            self._epoch_seconds = list(start_from.epoch_seconds)
            if config.patience:
                self._best = start_from.best or start_from.variables
            self._patience_from = start_from.patience_from
            history, curve = start_from.history, start_from.curve
        n_batches_before = self._n_epochs * config.n_batches + self._begun.n_batches
        self._reporter = Reporter(
            config, on_progress, history=history, curve=curve, n_batches_before=n_batches_before
        )

    @property
    def _n_epochs(self) -> int:
        return len(self._epoch_seconds)

    def is_done(self) -> bool:
        """Whether all epochs are done, or patience has run out."""
        return self._n_epochs >= self._config.epochs or self._is_out_of_patience()

    def train_epoch(self, should_stop: Callable[[], bool]) -> bool:
        """Train the next epoch, or the rest of one already begun; False if it was stopped."""
        config, begun = self._config, self._begun
        epoch = self._n_epochs + 1
        start = time.perf_counter() - begun.seconds
        loss_sum, n_correct, batch = begun.loss_sum, begun.n_correct, begun.n_batches
        self._loop.prepare_epoch(epoch)
        while batch < config.n_batches:
            if should_stop():
                self._begun = BegunEpoch(
                    n_batches=batch,
                    loss_sum=loss_sum,
                    n_correct=n_correct,
                    seconds=time.perf_counter() - start,
                )
                return False
            chunk = self._loop.run_chunk(batch)
            self._check_finite(chunk.loss_sum)
            loss_sum += chunk.loss_sum
            n_correct += chunk.n_correct
            batch = chunk.end
            self._reporter.add(chunk.n_images, chunk.loss_sum, chunk.n_correct, chunk.seconds)
            if batch < config.n_batches:
                self._reporter.report(epoch, batch)
        values = {"loss": loss_sum / config.n_fit, "accuracy": n_correct / config.n_fit}
        values |= self._loop.validate()
        self._check_finite(*values.values())
        self._epoch_seconds.append(time.perf_counter() - start)
        self._begun = BegunEpoch()
        self._reporter.end_epoch(epoch, values, self._epoch_seconds[-1])
        if config.patience and self._best_epoch() == epoch:
            self._best = self._loop.state()
        return True

    def tell_answers(self, on_epoch: Callable[[int, EpochAnswers], None]) -> None:
        """Pass on what the network answers to the test images after the latest epoch."""
        probabilities = self._loop.test_probabilities()
        # If the last step broke the weights, no loss shows it yet; the next one will.
        if np.isfinite(probabilities).all():
            labels = self._dataset.test_labels
            on_epoch(self._n_epochs, EpochAnswers.from_probabilities(probabilities, labels))

    def checkpoint(self) -> Checkpoint:
        """Return the state to go on from."""
        history, curve = self._reporter.history, self._reporter.curve
        return Checkpoint(
            variables=self._loop.state(),
            history={name: list(values) for name, values in history.items()},
            epoch_seconds=tuple(self._epoch_seconds),
            curve=curve,
            begun=self._begun,
            best=self._best,
            patience_from=self._patience_from,
        )

    def finish(self, *, was_stopped: bool) -> TrainingOutcome:
        """Restore the best epoch if patience has run out, and return what was reached."""
        kept_epoch = None
        if self._best is not None and self._is_out_of_patience():
            self._loop.set_state(self._best)
            self._best = None  # they are the weights now
            self._patience_from = self._n_epochs
            kept_epoch = self._best_epoch()
        loss, train_accuracy = self._loop.evaluate_fit()
        self._check_finite(loss)  # no other loss shows the very last step
        return TrainingOutcome(
            model=self._model,
            history=self._reporter.history,
            epoch_seconds=tuple(self._epoch_seconds),
            was_stopped=was_stopped,
            kept_epoch=kept_epoch,
            checkpoint=self.checkpoint(),
            train_accuracy=train_accuracy,
            validation_accuracy=self._loop.validate().get("val_accuracy"),
        )

    def _check_finite(self, *values: float) -> None:
        """Report the curves so far and end the training if a value is not finite."""
        if not all(math.isfinite(value) for value in values):
            self._reporter.end()
            raise TrainingDivergedError(
                N_("the loss is no longer a number: try a smaller learning rate")
            )

    def _watched_losses(self) -> list[float]:
        """Return the losses that early stopping watches: of validation images if there are any."""
        history = self._reporter.history
        return history.get("val_loss") or history.get("loss", [])

    def _best_epoch(self) -> int:
        losses = self._watched_losses()
        return losses.index(min(losses)) + 1

    def _is_out_of_patience(self) -> bool:
        if not self._config.patience or not self._epoch_seconds:
            return False
        since = max(self._best_epoch(), self._patience_from)
        return self._n_epochs - since >= self._config.patience
