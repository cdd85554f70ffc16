"""How sure an answer is, in percent."""

import pytest

from mnist_core.evaluation.certainty import certainty


@pytest.mark.parametrize(
    ("probability", "digits", "expected"),
    [
        (1.0, 1, ">99.9%"),
        (0.99951, 1, ">99.9%"),
        (0.99949, 1, "99.9%"),
        (1.0, 0, ">99%"),
        (0.994, 0, "99%"),
        (0.5, 1, "50.0%"),
    ],
)
def test_a_wrong_answer_is_never_told_as_wholly_sure(probability, digits, expected):
    assert certainty(probability, digits=digits, is_right=False) == expected


def test_a_right_one_may_be():
    assert certainty(0.9999, digits=1, is_right=True) == "100.0%"
