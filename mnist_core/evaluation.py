"""How well a network reads: accuracy, confusion matrix, per-class metrics, ranked mistakes."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mnist_core.dataset import N_CLASSES
from mnist_core.errors import InvalidLabelsError
from mnist_core.network import FloatArray
from mnist_core.preprocessing import check_labels
from mnist_core.text import N_


def confusion_matrix(
    y_true: NDArray[np.integer], y_pred: NDArray[np.integer], *, n_classes: int = N_CLASSES
) -> NDArray[np.int64]:
    """Count the predictions made for each true digit.

    Args:
        y_true: True digits, shape (n,), integers in 0..n_classes-1.
        y_pred: Predicted digits, same shape and range.
        n_classes: Number of digits, at least 1.

    Returns:
        Counts, shape (n_classes, n_classes); row = true, column = predicted.

    Raises:
        InvalidLabelsError: Lengths differ, or a label is out of range.
    """
    if y_true.shape != y_pred.shape:
        raise InvalidLabelsError(
            N_("there must be as many predictions as labels, got {n_pred} for {n_true}"),
            n_pred=len(y_pred),
            n_true=len(y_true),
        )
    for labels in (y_true, y_pred):
        check_labels(labels, n_classes=n_classes)
    # One integer per (true, predicted) pair, so one bincount counts them all.
    pair = y_true.astype(np.int64) * n_classes + y_pred
    return np.bincount(pair, minlength=n_classes**2).reshape(n_classes, n_classes)


class Fit(StrEnum):
    """How the accuracy on the images learned from compares with that on new ones."""

    UNDERFITTING = "underfitting"
    GOOD = "good"
    SLIGHT_OVERFITTING = "slight overfitting"
    OVERFITTING = "overfitting"


LEARNED: Final = 0.9  # below this on its own training images, a network has not learned MNIST
_SLIGHT_GAP: Final = 0.005
OVERFITTING_GAP: Final = 0.03


def judge_fit(train_accuracy: float, test_accuracy: float) -> Fit:
    """Judge a training by two accuracies, 0..1."""
    gap = train_accuracy - test_accuracy
    if train_accuracy < LEARNED:
        return Fit.UNDERFITTING
    if gap >= OVERFITTING_GAP:
        return Fit.OVERFITTING
    return Fit.SLIGHT_OVERFITTING if gap >= _SLIGHT_GAP else Fit.GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Lowest, mean and highest of several values."""

    low: float
    mean: float
    high: float


def summarise(values: Sequence[float]) -> Spread:
    """Return the spread of at least one value."""
    return Spread(low=min(values), mean=statistics.fmean(values), high=max(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMetrics:
    """Metrics of each class, arrays of shape (n_classes,); 0 where a ratio has no cases.

    Attributes:
        precision: Of the predictions of this digit, the share that is right.
        recall: Of the true digits, the share that is found.
        f1: Harmonic mean of precision and recall.
        support: Number of true digits.
    """

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    support: NDArray[np.int64]


def class_metrics(counts: NDArray[np.integer]) -> ClassMetrics:
    """Compute precision, recall and F1 from a confusion matrix (rows true)."""
    hits = np.diagonal(counts).astype(np.float64)
    n_true = counts.sum(axis=1)
    n_predicted = counts.sum(axis=0)

    def ratio(
        numerator: NDArray[np.float64], denominator: NDArray[np.integer]
    ) -> NDArray[np.float64]:
        result = np.zeros_like(hits)
        np.divide(numerator, denominator, out=result, where=denominator > 0)
        return result

    return ClassMetrics(
        precision=ratio(hits, n_predicted),
        recall=ratio(hits, n_true),
        # 2 hits / (true + predicted) is the harmonic mean, without its division by zero.
        f1=ratio(2 * hits, n_true + n_predicted),
        support=n_true.astype(np.int64),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """A pair of digits that is confused, and how often."""

    true: int
    predicted: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A network's answers to labelled images.

    Attributes:
        y_true: True digits, shape (n,).
        probabilities: float32, shape (n, 10).
        y_pred: The most probable digit of each image, shape (n,).
        counts: The confusion matrix; rows true, columns predicted.
    """

    y_true: NDArray[np.integer]
    probabilities: FloatArray
    y_pred: NDArray[np.int64]
    counts: NDArray[np.int64]

    @property
    def n_correct(self) -> int:
        """Images read right."""
        return int(np.trace(self.counts))

    def count_correct(self, n: int) -> int:
        """Count the images read right among the first n."""
        return int((self.y_pred[:n] == self.y_true[:n]).sum())

    @property
    def accuracy(self) -> float:
        """Share of images read right, 0..1; 0 where there are none."""
        return self.n_correct / max(1, len(self.y_true))

    def most_confused(self, n: int) -> tuple[Confusion, ...]:
        """Return up to n pairs of different digits, most frequent first; never a pair of 0."""
        errors = self.counts.copy()
        np.fill_diagonal(errors, 0)
        order = np.argsort(-errors, axis=None, kind="stable")[:n]
        pairs = (divmod(int(flat), len(errors)) for flat in order)
        return tuple(
            Confusion(true=true, predicted=predicted, count=int(errors[true, predicted]))
            for true, predicted in pairs
            if errors[true, predicted]
        )

    def indices_in_cell(self, true: int, predicted: int) -> NDArray[np.int64]:
        """Return the images of a cell, the instructive first.

        Mistakes come most confident first; hits, on the diagonal, least certain first.
        """
        indices = np.flatnonzero((self.y_true == true) & (self.y_pred == predicted))
        confidence = self.probabilities[indices, predicted]
        order = np.argsort(confidence if true == predicted else -confidence, kind="stable")
        return indices[order]


def evaluate(probabilities: FloatArray, y_true: NDArray[np.integer]) -> Evaluation:
    """Compare probabilities (n, 10) with true digits (n,).

    Raises:
        InvalidLabelsError: Lengths differ, or a label is out of range.
    """
    y_pred = probabilities.argmax(axis=1)
    return Evaluation(
        y_true=y_true,
        probabilities=probabilities,
        y_pred=y_pred,
        counts=confusion_matrix(y_true, y_pred),
    )
