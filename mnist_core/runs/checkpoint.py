"""Where a training stands, complete enough to go on as if it had never paused."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from mnist_core import npz
from mnist_core.errors import InvalidCheckpointError
from mnist_core.i18n import N_
from mnist_core.npz import Array
from mnist_core.runs.progress import CurvePoint, History

_META: Final = "meta"
_VARIABLE: Final = "variable"
_BEST: Final = "best"


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunEpoch:
    """What is done of the epoch at work.

    Attributes:
        n_batches: Batches that are done.
        loss_sum: Sum of the losses of their images.
        n_correct: Images read right in them.
        seconds: Seconds they took.
    """

    n_batches: int = 0
    loss_sum: float = 0.0
    n_correct: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of a training between two batches.

    Attributes:
        variables: Every variable of the Keras model, then of its optimiser, in Keras' order; each
            of the shape and dtype it has there.
        history: One value per finished epoch, under Keras' names.
        epoch_seconds: Seconds that each finished epoch took.
        curve: Points (epochs done, loss, accuracy) so far.
        begun: What is done of the next epoch.
        best: The variables after the epoch with the lowest loss; None without early stopping,
            and where they are `variables`.
        patience_from: The epochs that were done when early stopping last ended the training; its
            patience counts from there.
    """

    variables: tuple[Array, ...]
    history: History
    epoch_seconds: tuple[float, ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    begun: BegunEpoch = BegunEpoch()
    best: tuple[Array, ...] | None = None
    patience_from: int = 0

    @property
    def n_epochs(self) -> int:
        """Epochs that are finished."""
        return len(self.epoch_seconds)

    @property
    def seconds(self) -> float:
        """Seconds of training so far."""
        return sum(self.epoch_seconds) + self.begun.seconds

    def to_bytes(self) -> bytes:
        """Write it as the bytes of an npz file."""
        meta = {
            "history": self.history,
            "epoch_seconds": self.epoch_seconds,
            "curve": self.curve,
            "begun": asdict(self.begun),
            "patience_from": self.patience_from,
        }
        arrays = {_META: np.array(json.dumps(meta))}
        arrays |= _named(_VARIABLE, self.variables)
        arrays |= _named(_BEST, self.best or ())
        return npz.pack(arrays)

    @classmethod
    def from_bytes(cls, content: bytes) -> "Checkpoint":
        """Read what `to_bytes` wrote.

        Raises:
            InvalidCheckpointError: The bytes are damaged or of another kind.
        """
        try:
            arrays = npz.unpack(content)
            meta: dict[str, Any] = json.loads(arrays[_META].item())
            return cls(
                variables=_numbered(_VARIABLE, arrays),
                history=meta["history"],
                epoch_seconds=tuple(meta["epoch_seconds"]),
                curve=tuple(tuple(point) for point in meta["curve"]),
                begun=BegunEpoch(**meta["begun"]),
                best=_numbered(_BEST, arrays) or None,
                patience_from=meta.get("patience_from", 0),  # earlier versions had none
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidCheckpointError(
                N_("the stored checkpoint cannot be read: {reason}"), reason=error
            ) from error


def _named(prefix: str, arrays: tuple[Array, ...]) -> dict[str, Array]:
    return {f"{prefix}_{number}": array for number, array in enumerate(arrays)}


def _numbered(prefix: str, arrays: dict[str, Array]) -> tuple[Array, ...]:
    # In the order they were written in.
    return tuple(array for name, array in arrays.items() if name.startswith(f"{prefix}_"))
