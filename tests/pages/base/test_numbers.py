"""Numbers as people read them."""

import pytest

from pages.ui.base.numbers import PERCENT_FORMAT, percent


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [(0.97836, 2, "97.84%"), (0.5, 0, "50%"), (1, 1, "100.0%"), (0, 2, "0.00%")],
)
def test_a_share_is_written_as_a_percentage(share: float, digits: int, text: str):
    assert percent(share, digits=digits) == text


def test_a_table_writes_percentages_as_sentences_do():
    assert percent(0.975) == PERCENT_FORMAT % 97.5
