"""What a training reports while it runs: speed, time left, history and curve."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from mnist_core.runs.progress import CurvePoint, History, Progress
from mnist_core.settings.config import TrainingConfig

_MAX_CURVE_POINTS: Final = 600  # more only where a training is resumed
_POINTS_PER_EPOCH: Final = 20


class Reporter:
    """Turns chunks into progress: speed, time left, and the points of the live curve.

    Args:
        config: The settings of the training.
        on_progress: Called with the progress and the history so far; None where nobody listens.
        history: The history of the epochs done before; it is not changed.
        curve: The curve of what was done before.
        n_batches_before: Batches done before, over all epochs.
    """

    def __init__(
        self,
        config: TrainingConfig,
        on_progress: Callable[[Progress, History], None] | None,
        *,
        history: History,
        curve: Sequence[CurvePoint],
        n_batches_before: int,
    ) -> None:
        self.history: History = {name: list(values) for name, values in history.items()}
        self._config = config
        self._on_progress = on_progress
        points_per_epoch = max(1, min(_POINTS_PER_EPOCH, _MAX_CURVE_POINTS // config.epochs))
        self._images_per_point = config.n_fit / points_per_epoch
        self._curve = list(curve)
        # Chunks as (images, sum of losses, hits): those not drawn yet, those of the latest point.
        self._pending: list[tuple[int, float, int]] = []
        self._latest: list[tuple[int, float, int]] = []
        self._images_per_second = 0.0
        self._epoch_seconds: float | None = None  # of the latest epoch
        n_epochs, n_batches = divmod(n_batches_before, config.n_batches)
        self._n_seen = n_epochs * config.n_fit + n_batches * config.batch_size
        self._n_chunks = 0

    @property
    def curve(self) -> tuple[CurvePoint, ...]:
        """The points so far: (epochs done, loss, accuracy)."""
        return tuple(self._curve)

    def add(self, n_images: int, loss_sum: float, n_correct: int, seconds: float) -> None:
        """Take in one chunk.

        Args:
            n_images: Images in the chunk, at least 1.
            loss_sum: Sum of their losses.
            n_correct: How many of them were read right.
            seconds: Time the chunk took, above 0.
        """
        self._n_seen += n_images
        self._n_chunks += 1
        speed = n_images / seconds
        # Smoothed, so that the time left does not jump about. The second chunk replaces the first,
        # which includes tracing the graph.
        weight = 1.0 if self._n_chunks <= 2 else 0.2
        self._images_per_second += weight * (speed - self._images_per_second)
        self._pending.append((n_images, loss_sum, n_correct))
        self._draw_point()

    def _draw_point(self, *, is_last: bool = False) -> None:
        """Turn the pending chunks into a point, if they are enough or if an epoch ends.

        Args:
            is_last: Whether the training ends here, so that any number is enough.
        """
        n_pending = sum(n for n, _, _ in self._pending)
        epochs_done = self._n_seen / self._config.n_fit
        is_end = is_last or self._n_seen % self._config.n_fit == 0
        if n_pending < self._images_per_point and not is_end:
            return
        is_small = n_pending < self._images_per_point / 2
        # A point of few images would be noisy: they join the point before, if of the same epoch.
        if is_small and self._latest and self._curve[-1][0] > math.ceil(epochs_done) - 1:
            self._curve.pop()
            self._pending = self._latest + self._pending
        n_images = sum(n for n, _, _ in self._pending)
        loss = sum(loss for _, loss, _ in self._pending) / n_images
        accuracy = sum(correct for _, _, correct in self._pending) / n_images
        self._curve.append((epochs_done, loss, accuracy))
        self._latest, self._pending = self._pending, []

    def end_epoch(self, epoch: int, values: dict[str, float], seconds: float) -> None:
        """Append the values of a finished epoch to the history, and report it.

        Args:
            epoch: Its number, counted from 1.
            values: What to append, under Keras' names.
            seconds: Time the epoch took, its distortions and validation included.
        """
        self._epoch_seconds = seconds
        for name, value in values.items():
            self.history.setdefault(name, []).append(value)
        self.report(epoch, self._config.n_batches)

    def end(self) -> None:
        """Report all there is when the training breaks off."""
        if self._pending:
            self._draw_point(is_last=True)
        epoch = math.ceil(self._n_seen / self._config.n_fit)
        n_in_epoch = self._n_seen - (epoch - 1) * self._config.n_fit
        self._tell(epoch, math.ceil(n_in_epoch / self._config.batch_size))

    def report(self, epoch: int, batch: int) -> None:
        """Report how far the training has come.

        Args:
            epoch: The epoch at work, counted from 1.
            batch: Batches of this epoch that are done.
        """
        # The first chunk includes tracing the graph: its speed says nothing.
        if self._n_chunks > 1 or batch == self._config.n_batches:
            self._tell(epoch, batch)

    def _tell(self, epoch: int, batch: int) -> None:
        if self._on_progress is None:
            return
        self._on_progress(
            Progress(
                epoch=epoch,
                n_epochs=self._config.epochs,
                batch=batch,
                n_batches=self._config.n_batches,
                images_per_second=self._images_per_second,
                eta_seconds=self._seconds_left(),
                curve=self.curve,
            ),
            self.history,
        )

    def _seconds_left(self) -> float:
        n_left = self._config.epochs * self._config.n_fit - self._n_seen
        if self._epoch_seconds is None:
            return n_left / self._images_per_second
        # From a whole epoch, since that includes distortions and validation.
        return n_left / self._config.n_fit * self._epoch_seconds
