"""Rectangles of a sheet."""

import pytest

from mnist_core.pictures.box import Box


def test_a_box_has_a_size_a_longer_side_and_a_middle():
    box = Box(10, 40, 60, 100)

    assert (box.height, box.width, box.side, box.middle) == (50, 60, 60, 35)


def test_a_box_can_be_made_of_its_size():
    assert Box.of_size(left=40, top=10, width=60, height=50) == Box(10, 40, 60, 100)


def test_a_box_is_given_as_shares_of_its_sheet_too():
    assert Box(10, 40, 60, 100).shares(height=200, width=400) == (0.1, 0.05, 0.15, 0.25)


def test_its_slices_cut_it_out():
    assert Box(1, 2, 3, 5).slices == (slice(1, 3), slice(2, 5))


def test_joined_it_goes_around_both():
    assert Box(10, 40, 60, 100).joined(Box(0, 50, 20, 120)) == Box(0, 40, 60, 120)


@pytest.mark.parametrize(
    ("other", "gaps"),
    [
        (Box(0, 13, 10, 20), (3, 0)),  # beside it
        (Box(15, 0, 20, 10), (0, 5)),  # below it
        (Box(12, 14, 20, 20), (4, 2)),
        (Box(10, 10, 20, 20), (0, 0)),  # it touches
        (Box(5, 5, 7, 7), (0, 0)),  # inside
    ],
)
def test_gaps_are_the_empty_columns_and_rows_between_two(other, gaps):
    box = Box(0, 0, 10, 10)

    assert box.gaps(other) == other.gaps(box) == gaps
