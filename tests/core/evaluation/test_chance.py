import numpy as np
import pytest
from scipy.stats import binom, binomtest

from mnist_core.evaluation.chance import (
    Verdict,
    accuracy_interval,
    chance_of_misses,
    mcnemar_test,
    verdict,
)


@pytest.mark.parametrize(
    ("n_correct", "n"),
    [(0, 1), (1, 1), (1, 2), (0, 50), (50, 50), (9_783, 10_000), (59_999, 60_000)],
)
def test_the_interval_of_an_accuracy_is_that_of_wilson(n_correct: int, n: int):
    interval = accuracy_interval(n_correct, n)

    expected = binomtest(n_correct, n).proportion_ci(0.95, method="wilson")
    assert interval.low == pytest.approx(expected.low, rel=1e-9, abs=1e-12)
    assert interval.high == pytest.approx(expected.high, rel=1e-9)


@pytest.mark.parametrize(("n_correct", "n"), [(3, 10), (9_783, 10_000)])
def test_at_the_ends_of_the_interval_the_accuracy_is_196_deviations_off(n_correct: int, n: int):
    interval = accuracy_interval(n_correct, n)

    for end in (interval.low, interval.high):
        deviation = (end * (1 - end) / n) ** 0.5
        assert abs(n_correct / n - end) / deviation == pytest.approx(1.959963984540054)


@pytest.mark.parametrize("n", range(1, 60))
def test_the_interval_reaches_the_end_when_all_or_none_are_right(n: int):
    assert 1.0 in accuracy_interval(n, n)
    assert 0.0 in accuracy_interval(0, n)
    assert 0.5 in accuracy_interval(n // 2, n)
    assert 1.1 not in accuracy_interval(n, n)


def test_without_images_an_accuracy_can_be_anything():
    interval = accuracy_interval(0, 0)

    assert (interval.low, interval.high) == (0.0, 1.0)


@pytest.mark.parametrize("accuracy", [0.0, 0.5, 0.9813, 1.0])
@pytest.mark.parametrize(
    ("n_wrong", "n"), [(0, 0), (0, 6), (1, 6), (6, 6), (3, 50), (40, 1_000), (2_500, 5_000)]
)
def test_the_chance_of_misses_is_the_upper_tail_of_a_binomial(
    n_wrong: int, n: int, accuracy: float
):
    chance = chance_of_misses(n_wrong, n, accuracy=accuracy)

    expected = binom.sf(n_wrong - 1, n, 1 - accuracy)
    assert chance == pytest.approx(expected, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("seed", range(60))
def test_the_p_value_is_that_of_the_exact_binomial_test(seed: int):
    random = np.random.default_rng(seed)
    most = int(10 ** random.uniform(0, 4.4))
    n_fixed, n_broke = (int(n) for n in random.integers(0, most + 1, 2))
    # As for two networks that are nearly alike, where it matters most.
    for n_other in (n_broke, n_fixed + int(2 * n_fixed**0.5)):
        if n_fixed + n_other:
            expected = binomtest(n_fixed, n_fixed + n_other).pvalue
            assert mcnemar_test(n_fixed, n_other) == pytest.approx(expected, rel=1e-9, abs=1e-200)


@pytest.mark.parametrize(("n_fixed", "n_broke"), [(0, 0), (1, 1), (30_000, 30_000), (0, 1), (7, 8)])
def test_as_many_better_as_worse_is_what_chance_would_give(n_fixed: int, n_broke: int):
    assert mcnemar_test(n_fixed, n_broke) == pytest.approx(1)


def test_the_p_value_of_a_few_images_is_that_counted_by_hand():
    # Of five coins none, or all, show heads: 2 of 32.
    assert mcnemar_test(0, 5) == mcnemar_test(5, 0) == 2 / 32
    # None, one, five or six of six: (1 + 6) * 2 of 64.
    assert mcnemar_test(1, 5) == pytest.approx(14 / 64)


def test_the_whole_training_set_in_disagreement_is_no_chance():
    assert mcnemar_test(20_000, 40_000) == 0
    assert mcnemar_test(29_700, 30_300) == pytest.approx(binomtest(29_700, 60_000).pvalue, rel=1e-9)


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (1.0, Verdict.LIKELY),
        (0.05, Verdict.LIKELY),
        (0.0499, Verdict.UNLIKELY),
        (0.01, Verdict.UNLIKELY),
        (0.0099, Verdict.VERY_UNLIKELY),
        (0.0, Verdict.VERY_UNLIKELY),
    ],
)
def test_what_is_rare_is_unlikely_to_be_chance(probability: float, expected: Verdict):
    assert verdict(probability) is expected
