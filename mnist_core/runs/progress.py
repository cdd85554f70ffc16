"""How far a training is, and what it reached."""

from dataclasses import asdict, dataclass, field
from typing import Any

# Keras' names: loss and accuracy of the training part, val_loss and val_accuracy of the rest.
# One value per finished epoch.
History = dict[str, list[float]]
# Epochs done, loss, accuracy.
CurvePoint = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a training has come.

    Attributes:
        epoch: The epoch at work, counted from 1.
        n_epochs: Epochs in all.
        batch: Batches of this epoch that are done.
        n_batches: Batches in an epoch.
        images_per_second: Training speed of the latest chunk.
        eta_seconds: Estimated seconds until the last epoch ends.
        curve: Points (epochs done, loss, accuracy) of the training so far, several an epoch;
            loss and accuracy are means over the images since the point before.
    """

    epoch: int
    n_epochs: int
    batch: int
    n_batches: int
    images_per_second: float
    eta_seconds: float
    curve: tuple[CurvePoint, ...] = field(default=())

    @property
    def share(self) -> float:
        """Share of the whole training that is done, 0..1."""
        return (self.epoch - 1 + self.batch / self.n_batches) / self.n_epochs

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Progress":
        """Build from what `to_dict` gave."""
        return cls(**{**values, "curve": tuple(tuple(point) for point in values["curve"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a finished training reached; accuracies are 0..1.

    Attributes:
        train_accuracy: Final weights on the images they were fitted to, dropout off.
        validation_accuracy: Final weights on the part held back; None where there is none.
        test_accuracy: Final weights on the 10,000 test images.
        epoch_seconds: Seconds that each epoch took, its validation included.
        total_seconds: Seconds of training and evaluation, pauses between them not counted.
        kept_epoch: The epoch that early stopping went back to; None where it did not.
        n_threads: Threads that TensorFlow trained with; None in a run of an earlier version.
    """

    train_accuracy: float
    validation_accuracy: float | None
    test_accuracy: float
    epoch_seconds: tuple[float, ...]
    total_seconds: float
    kept_epoch: int | None = None
    n_threads: int | None = None

    @property
    def n_epochs(self) -> int:
        """Epochs that were trained."""
        return len(self.epoch_seconds)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Result":
        """Build from what `to_dict` gave."""
        return cls(**{**values, "epoch_seconds": tuple(values["epoch_seconds"])})
