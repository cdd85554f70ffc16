"""Which ink on a sheet is a digit."""

import numpy as np
import pytest

from mnist_core.errors import InvalidImageError
from mnist_core.pictures.blobs import MAX_BLOBS, find_blobs, is_too_large, usual_height
from mnist_core.pictures.box import Box


def ink_with(*boxes: Box) -> np.ndarray:
    """Bright bars on black, 240 x 400 px."""
    ink = np.zeros((240, 400), np.uint8)
    for box in boxes:
        ink[box.slices] = 255
    return ink


FIRST, SECOND = Box(20, 300, 120, 308), Box(20, 350, 120, 358)  # two plain digits 1


def test_ink_apart_is_a_digit_each():
    found = find_blobs(ink_with(FIRST, SECOND))

    assert {digit.box for digit in found.digits} == {FIRST, SECOND}


def test_each_pixel_of_a_digit_belongs_to_one_of_its_components():
    hat = Box(10, 60, 16, 100)
    body = Box(20, 62, 120, 70)
    ink = ink_with(hat, body, FIRST)

    found = find_blobs(ink)

    (five,) = (digit for digit in found.digits if digit.box == hat.joined(body))
    assert len(five.components) == 2
    assert set(np.unique(found.components[hat.slices])) < set(five.components)
    np.testing.assert_array_equal(found.components > 0, ink > 0)


@pytest.mark.parametrize(
    "speck",
    [
        pytest.param(Box(30, 50, 40, 60), id="speck"),
        pytest.param(Box(30, 50, 38, 88), id="dash"),
        pytest.param(Box(20, 50, 100, 130), id="blot"),
    ],
)
def test_what_is_too_small_or_too_compact_is_no_digit(speck):
    found = find_blobs(ink_with(speck, FIRST, SECOND))

    assert {digit.box for digit in found.digits} == {FIRST, SECOND}


def test_only_a_blot_gives_no_digit():
    assert find_blobs(ink_with(Box(20, 50, 100, 130))).digits == ()


def test_as_many_blobs_as_are_allowed_are_taken_and_one_more_is_refused():
    ink = np.zeros((240, 400), np.uint8)
    places = [(row, column) for row in range(0, 200, 8) for column in range(0, 200, 8)]
    for row, column in places[:MAX_BLOBS]:
        ink[row : row + 4, column] = 255
    find_blobs(ink)

    row, column = places[MAX_BLOBS]
    ink[row : row + 4, column] = 255
    with pytest.raises(InvalidImageError, match=r"^the picture has more than 500 pieces of ink"):
        find_blobs(ink)


def test_the_usual_height_is_the_median_without_what_is_low():
    found = find_blobs(ink_with(FIRST, SECOND, Box(20, 50, 110, 58), Box(20, 100, 64, 108)))

    assert usual_height(found.digits) == 100


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(100, 114, False), (100, 116, True), (150, 100, False), (151, 100, True)],
)
def test_a_digit_is_at_most_half_as_high_again_as_usual_and_little_wider_than_high(
    height, width, expected
):
    assert is_too_large(Box(0, 0, height, width), 100) == expected
