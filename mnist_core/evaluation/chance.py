"""How much of a score may be chance: intervals and exact tests."""

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Final

# Standard deviations on either side of the mean that hold 95 % of a normal distribution.
_Z_95: Final = NormalDist().inv_cdf(0.975)

# What is rarer is not put down to chance.
_RARE: Final = 0.05
_VERY_RARE: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A range of shares, both ends included; 0..1."""

    low: float
    high: float

    def __contains__(self, share: float) -> bool:
        return self.low <= share <= self.high


def accuracy_interval(n_correct: int, n: int) -> Interval:
    """Return the 95 percent interval of an accuracy, taking the images for a random sample.

    It is the score interval: E. B. Wilson, Probable Inference, the Law of Succession, and
    Statistical Inference, Journal of the American Statistical Association 22 (1927), 209-212.

    Args:
        n_correct: Images read right, 0..n.
        n: Images in all; without any, the interval is 0..1.
    """
    if n == 0:
        return Interval(low=0.0, high=1.0)
    share = n_correct / n
    spread = _Z_95**2 / n
    centre = (share + spread / 2) / (1 + spread)
    reach = math.sqrt(spread * share * (1 - share) + spread**2 / 4) / (1 + spread)
    # When all are right, rounding would leave the end just below 1.
    return Interval(low=centre - reach, high=centre + reach if n_correct < n else 1.0)


def chance_of_misses(n_wrong: int, n: int, *, accuracy: float) -> float:
    """Return the probability of at least so many misses, 0..1: the upper tail of a binomial.

    Args:
        n_wrong: Misses, 0..n.
        n: Images in all, a random sample of those that gave the accuracy.
        accuracy: Share of those images that is read right, 0..1.
    """
    if accuracy in (0, 1):
        return float(accuracy == 0 or n_wrong == 0)
    log_odds = math.log1p(-accuracy) - math.log(accuracy)

    # In logarithms: with thousands of images the factors themselves leave the range of floats.
    def log_chance(wrong: int) -> float:
        ways = math.lgamma(n + 1) - math.lgamma(wrong + 1) - math.lgamma(n - wrong + 1)
        return ways + n * math.log(accuracy) + wrong * log_odds

    return min(1.0, math.fsum(math.exp(log_chance(wrong)) for wrong in range(n_wrong, n + 1)))


def mcnemar_test(n_fixed: int, n_broke: int) -> float:
    """Return the p-value of McNemar's test in its exact form, two-sided.

    If two networks are equally good, each image that only one of them reads right falls to either
    like a coin: so the smaller of the two numbers comes from a binomial distribution with a share
    of one half. Q. McNemar, Note on the sampling error of the difference between correlated
    proportions or percentages, Psychometrika 12 (1947), 153-157.

    Args:
        n_fixed: Images that only the second network reads right.
        n_broke: Images that only the first one reads right.
    """
    n, fewer = n_fixed + n_broke, min(n_fixed, n_broke)
    # Integers are exact however long they are, so nothing is rounded but this quotient.
    likeliest = math.comb(n, fewer) / (1 << n)
    # P(0) + ... + P(fewer), each as a multiple of the last.
    multiple, total = 1.0, 1.0
    for k in range(fewer, 0, -1):
        multiple *= k / (n - k + 1)
        total += multiple
    return min(1.0, 2 * likeliest * total)


class Verdict(StrEnum):
    """How likely it is that a result is due to chance."""

    LIKELY = "likely"
    UNLIKELY = "unlikely"
    VERY_UNLIKELY = "very unlikely"  # fewer than one in 100


def verdict(probability: float) -> Verdict:
    """Judge a result by the probability, 0..1, that chance alone gives one at least as extreme."""
    if probability >= _RARE:
        return Verdict.LIKELY
    return Verdict.UNLIKELY if probability >= _VERY_RARE else Verdict.VERY_UNLIKELY
