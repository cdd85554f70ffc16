"""Digits in reading order."""

from mnist_core.pictures.blobs import Blob
from mnist_core.pictures.box import Box
from mnist_core.pictures.lines import sort_into_lines


def blob(top: int, left: int) -> Blob:
    return Blob(Box(top, left, top + 20, left + 10), (1,))


def test_lines_go_from_the_top_and_each_from_left_to_right():
    a, b, c, d = blob(0, 0), blob(2, 40), blob(50, 5), blob(48, 30)

    assert sort_into_lines([d, b, c, a], 20) == [[a, b], [c, d]]


def test_a_line_may_fall_slowly_by_more_than_its_height():
    digits = [blob(9 * number, 20 * number) for number in range(5)]

    assert sort_into_lines(digits[::-1], 20) == [digits]


def test_half_a_height_further_down_is_the_same_line_and_more_is_the_next():
    first = blob(0, 0)

    assert len(sort_into_lines([first, blob(10, 20)], 20)) == 1
    assert len(sort_into_lines([first, blob(11, 20)], 20)) == 2
