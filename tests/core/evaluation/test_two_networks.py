import numpy as np
import pytest
from scipy.stats import binomtest

from mnist_core.errors import InvalidLabelsError
from mnist_core.evaluation.answers import Evaluation, evaluate
from mnist_core.evaluation.chance import mcnemar_test
from mnist_core.evaluation.two_networks import compare


def answers(
    digits: list[int], y_true: list[int], confidences: list[float] | None = None
) -> Evaluation:
    probabilities = np.zeros((len(digits), 10), np.float32)
    probabilities[np.arange(len(digits)), digits] = confidences or [0.75] * len(digits)
    return evaluate(probabilities, np.array(y_true), first_index=100)


TRUE = [4, 4, 4, 9, 9, 7]
A = answers([9, 4, 9, 9, 9, 1], TRUE)
B = answers([4, 9, 9, 9, 4, 2], TRUE)


def test_images_are_told_apart_by_who_reads_them_right():
    both = compare(A, B)

    assert both.fixed.tolist() == [0]
    assert both.broke.tolist() == [1, 4]
    assert both.both_wrong.tolist() == [2, 5]
    assert both.n_other_answers == 4


def test_the_most_confident_mistakes_come_first():
    wrong = answers([9, 9, 9], [4, 4, 4], [0.5, 0.9, 0.7])
    right = answers([4, 4, 4], [4, 4, 4], [0.9, 0.5, 0.6])

    assert compare(wrong, right).fixed.tolist() == [1, 2, 0]
    assert compare(right, wrong).broke.tolist() == [1, 2, 0]


def test_a_network_does_not_differ_from_itself():
    both = compare(A, A)

    assert (len(both.fixed), len(both.broke), both.n_other_answers) == (0, 0, 0)
    assert both.both_wrong.tolist() == [0, 2, 5]
    assert both.p_value == 1


@pytest.mark.parametrize(
    "other",
    [answers([4], [4]), answers([4] * 6, [4] * 6), A.without([100])],
    ids=["fewer", "other digits", "one left out"],
)
def test_answers_to_other_images_are_not_compared(other: Evaluation):
    with pytest.raises(InvalidLabelsError, match=r"^two networks are compared on the same images"):
        compare(A, other)


def test_images_of_other_rows_are_other_images():
    elsewhere = evaluate(np.eye(10, dtype=np.float32)[TRUE], np.array(TRUE), first_index=0)

    with pytest.raises(InvalidLabelsError):
        compare(A, elsewhere)


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
