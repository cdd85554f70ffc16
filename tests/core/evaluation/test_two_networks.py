import numpy as np
import pytest

from mnist_core.errors import InvalidLabelsError
from mnist_core.evaluation.answers import Answers, evaluate
from mnist_core.evaluation.two_networks import compare


def answers(
    digits: list[int], y_true: list[int], confidences: list[float] | None = None
) -> Answers:
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
def test_answers_to_other_images_are_not_compared(other: Answers):
    with pytest.raises(InvalidLabelsError, match=r"^two networks are compared on the same images"):
        compare(A, other)


def test_images_of_other_rows_are_other_images():
    elsewhere = evaluate(np.eye(10, dtype=np.float32)[TRUE], np.array(TRUE), first_index=0)

    with pytest.raises(InvalidLabelsError):
        compare(A, elsewhere)
