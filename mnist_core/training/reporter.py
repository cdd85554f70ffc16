"""What a training tells of itself while it runs: speed, time left, history and curve."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from mnist_core.runs.progress import CurvePoint, History, Progress
from mnist_core.settings.config import TrainingConfig

_MAX_CURVE_POINTS: Final = 600  # of a training that is done in one go
_POINTS_PER_EPOCH: Final = 20


class Reporter:
    """Turns chunks into progress: speed, time left, and the points of the live curve."""

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
        # Chunks as (images, sum of losses, hits): not drawn yet, and those of the latest point.
        self._pending: list[tuple[int, float, int]] = []
        self._latest: list[tuple[int, float, int]] = []
        self._images_per_second = 0.0
        self._epoch_seconds: float | None = None  # of the latest epoch
        n_epochs, n_batches = divmod(n_batches_before, config.n_batches)
        self._n_seen = n_epochs * config.n_fit + n_batches * config.batch_size
        self._n_chunks = 0

    @property
    def curve(self) -> tuple[CurvePoint, ...]:
        """Points (epochs done, loss, accuracy) so far."""
        return tuple(self._curve)

    def add(self, n_images: int, loss_sum: float, n_correct: int, seconds: float) -> None:
        """Take in one chunk."""
        self._n_seen += n_images
        self._n_chunks += 1
        speed = n_images / seconds
        # Smoothed, so that the time left does not dance, but for the first chunk.
        is_first = self._n_chunks <= 2
        self._images_per_second += (1.0 if is_first else 0.2) * (speed - self._images_per_second)
        self._pending.append((n_images, loss_sum, n_correct))
        self._draw_point()

    def _draw_point(self, *, is_last: bool = False) -> None:
        """Turn what is pending into a point, when it is enough, or the epoch or all ends."""
        n_pending = sum(n for n, _, _ in self._pending)
        epochs_done = self._n_seen / self._config.n_fit
        is_end = is_last or self._n_seen % self._config.n_fit == 0
        if n_pending < self._images_per_point and not is_end:
            return
        is_small = n_pending < self._images_per_point / 2
        # A point of few images would jump about: they join the one before, of the same epoch.
        if is_small and self._latest and self._curve[-1][0] > math.ceil(epochs_done) - 1:
            self._curve.pop()
            self._pending = self._latest + self._pending
        n_images = sum(n for n, _, _ in self._pending)
        loss = sum(loss for _, loss, _ in self._pending) / n_images
        accuracy = sum(correct for _, _, correct in self._pending) / n_images
        self._curve.append((epochs_done, loss, accuracy))
        self._latest, self._pending = self._pending, []

    def end_epoch(self, epoch: int, values: dict[str, float], seconds: float) -> None:
        """Append the values of a finished epoch to the history, and tell the listener."""
        self._epoch_seconds = seconds
        for name, value in values.items():
            self.history.setdefault(name, []).append(value)
        self.report(epoch, self._config.n_batches)

    def end(self) -> None:
        """Tell the listener all there is, when the training ends where nobody expected it."""
        if self._pending:
            self._draw_point(is_last=True)
        epoch = math.ceil(self._n_seen / self._config.n_fit)
        n_in_epoch = self._n_seen - (epoch - 1) * self._config.n_fit
        self._tell(epoch, math.ceil(n_in_epoch / self._config.batch_size))

    def report(self, epoch: int, batch: int) -> None:
        """Tell the listener how far the training has come."""
        # The first chunk pays for the tracing of the graph: its speed says nothing.
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
        # Whole epochs, with their distortions and their validation.
        return n_left / self._config.n_fit * self._epoch_seconds
