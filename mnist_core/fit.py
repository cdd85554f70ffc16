"""What accuracies say of a training: how well it fits, and how much of it is chance."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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
