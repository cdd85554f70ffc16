"""Counts of predictions, and the metrics that are computed from them."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import N_CLASSES
from mnist_core.data.preprocessing import check_labels
from mnist_core.errors import InvalidLabelsError
from mnist_core.i18n import N_


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
    check_same_length(y_true, y_pred)
    for labels in (y_true, y_pred):
        check_labels(labels, n_classes=n_classes)
    # One integer per (true, predicted) pair, so one bincount counts them all.
    pair = y_true.astype(np.int64) * n_classes + y_pred
    return np.bincount(pair, minlength=n_classes**2).reshape(n_classes, n_classes)


class Unit(StrEnum):
    """What the cells of a confusion matrix are given in."""

    COUNT = "count"
    ROW = "row"  # percent of the true digit: recall on the diagonal
    COLUMN = "column"  # percent of the predicted digit: precision on the diagonal


def in_unit(counts: NDArray[np.integer], unit: Unit) -> NDArray[np.float64]:
    """Give a confusion matrix in another unit, same shape; 0 where a row or column is empty."""
    if unit is Unit.COUNT:
        return counts.astype(np.float64)
    totals = counts.sum(axis=1 if unit is Unit.ROW else 0, keepdims=True)
    return np.asarray(100 * counts / np.maximum(totals, 1))


def worst_error(values: NDArray[np.number]) -> float:
    """Return the highest value off the diagonal of a confusion matrix, in whatever unit."""
    return float(values[~np.eye(len(values), dtype=bool)].max())


def check_same_length(y_true: NDArray[np.integer], y_pred: NDArray[np.integer]) -> None:
    """Check that there is one prediction for each label.

    Raises:
        InvalidLabelsError: There is not.
    """
    if y_true.shape != y_pred.shape:
        raise InvalidLabelsError(
            N_("there must be as many predictions as labels, got {n_pred} for {n_true}"),
            n_pred=len(y_pred),
            n_true=len(y_true),
        )


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
class MacroAverage:
    """Means over the classes, each counting the same however often it occurs; 0..1."""

    precision: float
    recall: float
    f1: float


def macro_average(metrics: ClassMetrics) -> MacroAverage:
    """Average the metrics of the classes; a class without cases counts with its 0."""
    return MacroAverage(
        precision=float(metrics.precision.mean()),
        recall=float(metrics.recall.mean()),
        f1=float(metrics.f1.mean()),
    )
