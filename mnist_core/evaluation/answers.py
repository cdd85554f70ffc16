"""What a network answers to labelled images: confusion matrix, and the images behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import N_CLASSES, FloatArray
from mnist_core.data.preprocessing import check_labels
from mnist_core.evaluation.metrics import check_same_length, confusion_matrix

_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often one digit is taken for another."""

    true: int
    predicted: int
    count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen in a confusion matrix; all mistakes where neither digit is given.

    Attributes:
        true: The row; None for all rows but that of the predicted digit.
        predicted: The column; None for all columns but that of the true digit.
        most: How many images at most, those of the surest answers; None for all.
    """

    true: int | None = None
    predicted: int | None = None
    most: int | None = None

    @property
    def are_hits(self) -> bool:
        """Whether it is a cell of the diagonal."""
        return self.true is not None and self.true == self.predicted

    @property
    def order(self) -> "Order":
        """The order that teaches most: the surest mistakes first, or the least sure hits."""
        return Order.LEAST_SURE if self.are_hits else Order.MOST_SURE


class Order(StrEnum):
    """How images are sorted, by the confidence of the answer or by their row in MNIST."""

    MOST_SURE = "most-sure"
    LEAST_SURE = "least-sure"
    INDEX = "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A network's answers to labelled images.

    Attributes:
        indices: Row of each image in MNIST's training or test images, shape (n,),
            ascending.
        y_true: True digits, shape (n,).
        y_pred: The most probable digit of each image, shape (n,).
        confidence: Probability of that digit, float32, shape (n,).
        p_true: Probability of the true digit, float32, shape (n,).
        counts: The confusion matrix; rows true, columns predicted.
    """

    indices: NDArray[np.int64]
    y_true: NDArray[np.integer]
    y_pred: NDArray[np.integer]
    confidence: FloatArray
    p_true: FloatArray
    counts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.y_true)

    @property
    def n_correct(self) -> int:
        """Images read right."""
        return int(np.trace(self.counts))

    @property
    def n_wrong(self) -> int:
        """Images read wrong."""
        return len(self) - self.n_correct

    @property
    def is_correct(self) -> NDArray[np.bool_]:
        """Whether each image is read right, shape (n,)."""
        return np.asarray(self.y_pred == self.y_true)

    @property
    def accuracy(self) -> float:
        """Share of images read right, 0..1; 0 where there are none."""
        return self.n_correct / max(1, len(self))

    def select(self, is_wanted: NDArray[np.bool_]) -> "Answers":
        """Return the answers to some of the images, chosen by a mask of shape (n,)."""
        return answers_of(
            indices=self.indices[is_wanted],
            y_true=self.y_true[is_wanted],
            y_pred=self.y_pred[is_wanted],
            confidence=self.confidence[is_wanted],
            p_true=self.p_true[is_wanted],
        )

    def at_least(self, confidence: float) -> "Answers":
        """Return the answers with at least this confidence, 0..1."""
        return self.select(self.confidence >= confidence)

    def without(self, indices: Iterable[int]) -> "Answers":
        """Return the answers without those to some images, given by their `indices`."""
        return self.select(~np.isin(self.indices, list(indices)))

    def position(self, index: int) -> int | None:
        """Return the position here of an image, given by its index; None if absent."""
        position = int(np.searchsorted(self.indices, index))
        is_here = position < len(self) and self.indices[position] == index
        return position if is_here else None

    def most_confused(self, n: int) -> tuple[Confusion, ...]:
        """Return the n most frequent confusions, or all where there are fewer, by falling count."""
        errors = self.counts.copy()
        np.fill_diagonal(errors, 0)
        order = np.argsort(-errors, axis=None, kind="stable")[:n]
        pairs = (divmod(int(flat), len(errors)) for flat in order)
        return tuple(
            Confusion(true=true, predicted=predicted, count=int(errors[true, predicted]))
            for true, predicted in pairs
            if errors[true, predicted]
        )

    def chosen(self, choice: Choice, *, order: Order | None = None) -> NDArray[np.int64]:
        """Return the positions of the images behind a choice in the matrix.

        Args:
            choice: A cell, all misses of a true digit, all false alarms of a predicted one, or all
                mistakes.
            order: How they are sorted; the choice's own order when None.
        """
        order = order or choice.order
        true, predicted = choice.true, choice.predicted
        is_chosen = np.ones(len(self), dtype=bool)
        if true is not None:
            is_chosen &= self.y_true == true
        if predicted is not None:
            is_chosen &= self.y_pred == predicted
        if true is None or predicted is None:
            is_chosen &= ~self.is_correct
        positions = np.flatnonzero(is_chosen)
        if choice.most is not None:
            surest = np.argsort(-self.confidence[positions], kind="stable")[: choice.most]
            positions = np.sort(positions[surest])
        if order is Order.INDEX:
            return positions
        confidence = self.confidence[positions]
        key = confidence if order is Order.LEAST_SURE else -confidence
        return positions[np.argsort(key, kind="stable")]


def evaluate(
    probabilities: FloatArray, y_true: NDArray[np.integer], *, first_index: int = 0
) -> Answers:
    """Compare probabilities (n, 10) with true digits (n,).

    Args:
        probabilities: A network's answers.
        y_true: The true digits.
        first_index: Row of the first image in MNIST's training or test images; the others follow.

    Raises:
        InvalidLabelsError: Lengths differ, or a label is out of range.
    """
    y_pred = probabilities.argmax(axis=1)
    check_same_length(y_true, y_pred)
    check_labels(y_true, n_classes=N_CLASSES)
    rows = np.arange(len(probabilities))
    return answers_of(
        indices=first_index + rows,
        y_true=y_true,
        y_pred=y_pred,
        confidence=probabilities[rows, y_pred],
        p_true=probabilities[rows, y_true],
    )


def answers_of(
    *,
    indices: NDArray[np.int64],
    y_true: NDArray[np.integer],
    y_pred: NDArray[np.integer],
    confidence: FloatArray,
    p_true: FloatArray,
) -> Answers:
    """Score answers that are known already: the attributes of `Answers` of these names.

    Raises:
        InvalidLabelsError: Lengths differ, or a digit is out of range.
    """
    return Answers(
        indices=_read_only(indices),
        y_true=_read_only(y_true),
        y_pred=_read_only(y_pred),
        confidence=_read_only(confidence),
        p_true=_read_only(p_true),
        counts=_read_only(confusion_matrix(y_true, y_pred)),
    )


def _read_only(array: NDArray[_Number]) -> NDArray[_Number]:
    view = array.view()
    view.setflags(write=False)
    return view
