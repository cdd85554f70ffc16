"""What a network reads, in words and as bars."""

import numpy as np

from pages.ui.widgets import answer
from tests.pages.conftest import app_from_function


def surely(digit: int, confidence: float) -> np.ndarray:
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[digit] = confidence
    return probabilities


def test_the_most_probable_digit_is_what_is_read():
    assert answer.sentence(surely(7, 0.905)) == "It reads 7, 90.5% sure"


def test_what_are_no_numbers_is_no_reading():
    nothing = np.full(10, np.nan, np.float32)

    assert answer.sentence(nothing) == ("It reads nothing: its scores are too large to be numbers")


def script(confidence_before: float | None) -> None:
    from pages.ui.widgets import answer
    from tests.pages.widgets.test_answer import surely

    before = None if confidence_before is None else surely(4, confidence_before)
    answer.show(surely(7, 0.9), key="test.answer", before=before)


def test_the_answer_before_is_told_where_there_was_one():
    with_one = app_from_function(script, 0.8).run()
    without = app_from_function(script, None).run()

    assert [text.value for text in with_one.caption] == ["Before: 4, 80.0% sure."]
    assert [text.value for text in without.markdown] == ["### It reads 7, 90.0% sure"]
    assert not without.caption
