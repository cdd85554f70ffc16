"""Numbers as people read them."""

import pytest

from pages.ui.base.numbers import PERCENT_FORMAT, duration, percent


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [(0.97836, 2, "97.84%"), (0.5, 0, "50%"), (1, 1, "100.0%"), (0, 2, "0.00%")],
)
def test_a_share_is_written_as_a_percentage(share: float, digits: int, text: str):
    assert percent(share, digits=digits) == text


def test_a_table_writes_percentages_as_sentences_do():
    assert percent(0.975) == PERCENT_FORMAT % 97.5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4.4, "4\u00a0s"), (89, "89\u00a0s"), (90, "2\u00a0min"), (5_400, "1.5\u00a0h")],
)
def test_a_time_is_told_in_the_largest_unit_that_fits(seconds: float, text: str):
    assert duration(seconds) == text
