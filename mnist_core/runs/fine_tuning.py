"""Fine-tuning: a trained network learns on, from MNIST with somebody's own digits among it."""

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np

from mnist_core import npz
from mnist_core.arrays import FloatArray, Images, Labels
from mnist_core.data.dataset import Dataset
from mnist_core.data.preprocessing import check_labels, normalise
from mnist_core.errors import (
    InvalidConfigError,
    InvalidFineTuningError,
    InvalidLabelsError,
    InvalidWeightsError,
)
from mnist_core.i18n import N_
from mnist_core.network.forward import pack_weights, unpack_weights
from mnist_core.runs.run import Run
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.fields import limit_of

# A share of the images that an epoch learns from. With 50 digits of other writers, a network that
# takes small steps learns less at half this share, and others learn no more at double.
_SHARE: Final = 0.1

_WEIGHTS: Final = "weights"
_IMAGES: Final = "images"
_LABELS: Final = "labels"
_KNOWN: Final = "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuning:
    """What a fine-tuned run begins with.

    Attributes:
        base: Title, at that time, of the run whose weights it began with.
        weights: Those weights, as `Network` has them.
        images: The own digits it learns from, uint8, shape (n, 28, 28), n at least 1.
        labels: Their labels, uint8, shape (n,).
        known: The own digits that the other run had learned from, uint8, shape (m, 28, 28). They
            are not learned again, but are nothing new to this one.

    Raises:
        InvalidImageError: The images, or those known, are not uint8 of shape (n, 28, 28).
        InvalidLabelsError: There are no digits, not as many labels, or a label is not a digit.
    """

    base: str
    weights: tuple[FloatArray, ...]
    images: Images
    labels: Labels
    known: Images

    def __post_init__(self) -> None:
        for images in (self.images, self.known):
            normalise(images[:1])  # raises where training would
        if not len(self.images) or self.labels.shape != (len(self.images),):
            raise InvalidLabelsError(
                N_("fine-tuning needs at least one digit, and a label for each of them")
            )
        check_labels(self.labels)

    @property
    def learned(self) -> Images:
        """All own digits that the network has learned from, each once; uint8, (k, 28, 28)."""
        return np.unique(np.concatenate([self.images, self.known]), axis=0)

    def to_bytes(self) -> bytes:
        """Write all but the base as the bytes of an npz file."""
        weights = np.frombuffer(pack_weights(self.weights), np.uint8)
        return npz.pack(
            {_WEIGHTS: weights, _IMAGES: self.images, _LABELS: self.labels, _KNOWN: self.known}
        )

    @classmethod
    def from_bytes(cls, content: bytes, *, base: str) -> "FineTuning":
        """Read what `to_bytes` wrote.

        Raises:
            InvalidFineTuningError: The bytes are damaged or of another kind.
        """
        try:
            arrays = npz.unpack(content)
            # Earlier versions did not store what the other run had learned.
            known = arrays.get(_KNOWN, arrays[_IMAGES][:0])
            return cls(
                base=base,
                weights=unpack_weights(arrays[_WEIGHTS].tobytes()),
                images=arrays[_IMAGES],
                labels=arrays[_LABELS],
                known=known,
            )
        except InvalidWeightsError as error:
            raise _unreadable(error.values["reason"]) from error
        # The last two are what arrays of unexpected shapes and dtypes raise.
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise _unreadable(error) from error


def _unreadable(reason: object) -> InvalidFineTuningError:
    return InvalidFineTuningError(
        N_("what the fine-tuning begins with cannot be read: {reason}"), reason=reason
    )


def fine_tuning_config(base: Run, *, n_epochs: int) -> TrainingConfig:
    """Return the settings for a trained run to learn on: steps as small as its last, no decay.

    Raises:
        InvalidConfigError: The number of epochs is outside its limits.
    """
    n_trained = 1
    if base.result:
        n_trained = max(1, base.result.kept_epoch or base.result.n_epochs)
    rate = base.config.learning_rate_in(n_trained)
    return dataclasses.replace(
        base.config,
        epochs=n_epochs,
        learning_rate=max(rate, limit_of("learning_rate").low),
        learning_rate_decay=0.0,
        patience=0,
    )


def n_mixed(config: TrainingConfig, n_own: int) -> int:
    """Return how many images of an epoch are replaced by own digits.

    Each own digit has at least one place; no digit has over one place more than another.

    Raises:
        InvalidConfigError: There are fewer images than own digits.
    """
    if n_own > config.n_fit:
        raise InvalidConfigError(
            N_("the run learns from only {n_fit} images, too few to mix {n_own} digits in"),
            n_fit=config.n_fit,
            n_own=n_own,
        )
    return max(n_own, round(_SHARE * config.n_fit))


def mix(dataset: Dataset, config: TrainingConfig, images: Images, labels: Labels) -> Dataset:
    """Let own digits take the places of some of the images that weights are fitted to.

    The places are evenly spread, and the digits take them in turn; the part held back for
    validation stays as it is, and so does everything when this is done again.

    Args:
        dataset: Where the training images come from.
        config: Says which of them the weights are fitted to.
        images: The own digits, uint8, shape (n, 28, 28), n at least 1.
        labels: Their labels, uint8, shape (n,).

    Raises:
        InvalidConfigError: There are fewer images than own digits.
    """
    n_places = n_mixed(config, len(images))
    places = np.arange(n_places) * config.n_fit // n_places
    turns = np.arange(n_places) % len(images)
    train_images, train_labels = dataset.train_images.copy(), dataset.train_labels.copy()
    train_images[places], train_labels[places] = images[turns], labels[turns]
    return dataclasses.replace(dataset, train_images=train_images, train_labels=train_labels)
