"""What a network answered to the test images after an epoch, small enough to keep for every one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mnist_core import npz
from mnist_core.arrays import N_CLASSES, FloatArray
from mnist_core.errors import InvalidAnswersError
from mnist_core.evaluation.answers import Answers, answers_of, evaluate
from mnist_core.i18n import N_
from mnist_core.npz import Array

# A probability is written as a whole number 0..65,535, two bytes.
_STEPS: Final = np.iinfo(np.uint16).max
_HALF: Final = 0.5
_DTYPES: Final = {"y_pred": np.uint8, "confidence": np.uint16, "p_true": np.uint16}


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochAnswers:
    """A network's answers to the test images, in their order.

    Attributes:
        y_pred: The most probable digit of each image, uint8, shape (n,).
        confidence: Probability of that digit, float32, shape (n,), 0..1.
        p_true: Probability of the true digit, float32, shape (n,), 0..1.
    """

    y_pred: NDArray[np.uint8]
    confidence: FloatArray
    p_true: FloatArray

    @classmethod
    def from_probabilities(
        cls, probabilities: FloatArray, y_true: NDArray[np.integer]
    ) -> "EpochAnswers":
        """Keep what is needed of probabilities (n, 10), given the true digits (n,).

        Raises:
            InvalidLabelsError: Lengths differ, or a label is out of range.
        """
        answers = evaluate(probabilities, y_true)
        return cls(
            y_pred=answers.y_pred.astype(np.uint8),
            confidence=answers.confidence,
            p_true=answers.p_true,
        )

    def answers(self, y_true: NDArray[np.integer]) -> Answers:
        """Score the answers against the true digits (n,).

        Raises:
            InvalidLabelsError: Lengths differ, or a label is out of range.
        """
        return answers_of(
            indices=np.arange(len(self.y_pred)),
            y_true=y_true,
            y_pred=self.y_pred,
            confidence=self.confidence,
            p_true=self.p_true,
        )

    def to_bytes(self) -> bytes:
        """Write them as the bytes of an npz file, for 10,000 images at most 51,000.

        The digits are exact, the probabilities rounded to the nearest of 65,536 steps.
        """
        arrays: dict[str, Array] = {
            "y_pred": self.y_pred,
            "confidence": _to_steps(self.confidence),
            "p_true": _to_steps(self.p_true),
        }
        return npz.pack(arrays, is_compressed=True)

    @classmethod
    def from_bytes(cls, content: bytes) -> "EpochAnswers":
        """Read what `to_bytes` wrote.

        Raises:
            InvalidAnswersError: The bytes are damaged or of another kind.
        """
        try:
            arrays = npz.unpack(content)
        except ValueError as error:
            raise _unreadable(error) from error
        if not _are_answers(arrays):
            raise _unreadable("no answers of an epoch")
        return cls(
            y_pred=arrays["y_pred"],
            confidence=_from_steps(arrays["confidence"]),
            p_true=_from_steps(arrays["p_true"]),
        )


@dataclass(frozen=True, slots=True)
class Learning:
    """When a network learned to read an image.

    Attributes:
        since: The epoch, from 1, from which on the true digit kept a probability above one half;
            None where it is not above one half at the end.
        lost_after: In that case, the last epoch in which it was; None where it never was.
    """

    since: int | None
    lost_after: int | None


def learning(p_true: Mapping[int, float], *, kept_epoch: int | None = None) -> Learning:
    """Say when an image was learned, from the probability of its true digit after each epoch.

    Args:
        p_true: Epoch, from 1, ascending -> probability, 0..1.
        kept_epoch: The epoch that early stopping went back to; later ones do not count.
    """
    epochs = [epoch for epoch in p_true if kept_epoch is None or epoch <= kept_epoch]
    known = [epoch for epoch in epochs if p_true[epoch] > _HALF]
    unknown = [epoch for epoch in epochs if p_true[epoch] <= _HALF]
    if not known or known[-1] != epochs[-1]:
        return Learning(since=None, lost_after=known[-1] if known else None)
    since = epochs.index(unknown[-1]) + 1 if unknown else 0
    return Learning(since=epochs[since], lost_after=None)


def _unreadable(reason: object) -> InvalidAnswersError:
    return InvalidAnswersError(
        N_("the stored answers of an epoch cannot be read: {reason}"), reason=reason
    )


def _are_answers(arrays: dict[str, Array]) -> bool:
    if {name: array.dtype for name, array in arrays.items()} != _DTYPES:
        return False
    y_pred = arrays["y_pred"]
    is_one_each = y_pred.ndim == 1 and {array.shape for array in arrays.values()} == {y_pred.shape}
    return is_one_each and bool(np.all(y_pred < N_CLASSES))


def _to_steps(probabilities: FloatArray) -> NDArray[np.uint16]:
    return np.round(probabilities * np.float32(_STEPS)).astype(np.uint16)


def _from_steps(steps: NDArray[np.uint16]) -> FloatArray:
    return steps.astype(np.float32) / np.float32(_STEPS)
