"""How sure a network is of its answers, compared with how often it is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mnist_core.evaluation.answers import Answers
from mnist_core.evaluation.chance import Interval, accuracy_interval

DoubleArray = NDArray[np.float64]

N_BINS: Final = 10
_N_CURVE: Final = 200


class Calibration(StrEnum):
    """How the mean confidence compares with the accuracy."""

    FITTING = "fitting"  # within the 95 percent interval of the accuracy
    OVERCONFIDENT = "overconfident"
    UNDERCONFIDENT = "underconfident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Answers sorted into bins of equal width by their confidence.

    Bin i holds the confidences above i / n_bins, up to and including (i + 1) / n_bins; the first
    holds 0 too.

    Attributes:
        counts: Answers in each bin, shape (n_bins,).
        n_correct: How many of them are right, shape (n_bins,).
        confidence: Their mean confidence, shape (n_bins,); NaN where there is none.
        accuracy: The share of them that is right, shape (n_bins,); NaN where there is none.
        mean_confidence: Mean confidence of all answers; 0 where there is none.
        calibration_error: The expected calibration error: how far confidence and accuracy are
            apart in a bin, averaged over all answers, 0..1. C. Guo, G. Pleiss, Y. Sun and
            K. Q. Weinberger, On Calibration of Modern Neural Networks, ICML 2017,
            arXiv:1706.04599.
        calibration: Whether the mean confidence is too high, too low, or neither.
    """

    counts: NDArray[np.int64]
    n_correct: NDArray[np.int64]
    confidence: DoubleArray
    accuracy: DoubleArray
    mean_confidence: float
    calibration_error: float
    calibration: Calibration

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The 95 percent interval of the accuracy of each bin; 0..1 where there is no answer."""
        pairs = zip(self.n_correct.tolist(), self.counts.tolist(), strict=True)
        return tuple(accuracy_interval(n_correct, n) for n_correct, n in pairs)


def reliability(answers: Answers, *, n_bins: int = N_BINS) -> Reliability:
    """Sort answers into bins by their confidence.

    Args:
        answers: The answers.
        n_bins: How many bins of equal width, at least 1.
    """
    stated = answers.confidence.astype(np.float64)
    inner_edges = np.arange(1, n_bins) / n_bins
    bins = np.searchsorted(inner_edges, stated, side="left")
    counts = np.bincount(bins, minlength=n_bins)
    n_correct = np.bincount(bins[answers.is_correct], minlength=n_bins)
    sums = np.bincount(bins, weights=stated, minlength=n_bins)
    n = max(1, len(answers))
    mean_confidence = float(stated.sum()) / n
    return Reliability(
        counts=counts,
        n_correct=n_correct,
        confidence=_share(sums, counts),
        accuracy=_share(n_correct, counts),
        mean_confidence=mean_confidence,
        calibration_error=float(np.abs(sums - n_correct).sum()) / n,
        calibration=_calibration(answers, mean_confidence),
    )


def _calibration(answers: Answers, mean_confidence: float) -> Calibration:
    interval = accuracy_interval(answers.n_correct, len(answers))
    if mean_confidence > interval.high:
        return Calibration.OVERCONFIDENT
    if mean_confidence < interval.low:
        return Calibration.UNDERCONFIDENT
    return Calibration.FITTING


@dataclass(frozen=True, slots=True, kw_only=True)
class SureAnswers:
    """What is left when a network answers only where it is sure enough; arrays of shape (k,).

    Attributes:
        thresholds: How sure it must be at least, 0..1.
        answered: The share of the images that it answers, 0..1.
        accuracy: The share of these that it reads right; NaN where it answers none.
    """

    thresholds: DoubleArray
    answered: DoubleArray
    accuracy: DoubleArray


def sure_answers(answers: Answers, thresholds: Sequence[float] | DoubleArray) -> SureAnswers:
    """Score, for each threshold of confidence (0..1), the answers that reach it."""
    order = np.argsort(answers.confidence, kind="stable")
    n_right_before = np.concatenate(([0], np.cumsum(answers.is_correct[order])))
    # In float32, as `Answers.at_least` compares.
    least = np.asarray(thresholds, dtype=answers.confidence.dtype)
    n_before = np.searchsorted(answers.confidence[order], least, side="left")
    n_answered = len(answers) - n_before
    n_right = answers.n_correct - n_right_before[n_before]
    return SureAnswers(
        thresholds=np.asarray(thresholds, dtype=np.float64),
        answered=n_answered / max(1, len(answers)),
        accuracy=_share(n_right, n_answered),
    )


def sure_answers_curve(answers: Answers, *, n_points: int = _N_CURVE) -> SureAnswers:
    """Score the answers at the confidences that occur, ascending.

    Where more than n_points occur, it scores at about n_points of them, the lowest and the highest
    included, with about the same number of answers between one and the next.
    """
    by_confidence = np.sort(answers.confidence)
    if not len(by_confidence):
        return sure_answers(answers, ())
    levels = np.unique(by_confidence)
    if len(levels) > n_points:
        places = np.linspace(0, len(by_confidence) - 1, n_points).round().astype(np.int64)
        levels = np.unique(by_confidence[places])
    return sure_answers(answers, levels.astype(np.float64))


def _share(part: NDArray[np.number], whole: NDArray[np.integer]) -> DoubleArray:
    answers = np.full(len(whole), np.nan)
    np.divide(part, whole, out=answers, where=whole > 0)
    return answers
