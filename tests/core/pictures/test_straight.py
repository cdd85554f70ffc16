"""Straight lines in ink."""

import cv2
import numpy as np
import pytest

from mnist_core.pictures.straight import find_lines


def drawn(start: tuple[int, int], stop: tuple[int, int], thickness: int) -> np.ndarray:
    return cv2.line(ink(), start, stop, 255, thickness)


def ink(shape: tuple[int, int] = (400, 600)) -> np.ndarray:
    return np.zeros(shape, np.uint8)


@pytest.mark.parametrize("rise", [0, 20, -45])
@pytest.mark.parametrize("thickness", [2, 3, 5])
def test_a_line_is_found_where_it_is(rise, thickness):
    picture = drawn((50, 200), (550, 200 + rise), thickness)

    (line,) = find_lines(picture > 0)

    assert line.start == pytest.approx(50, abs=15)
    assert line.stop == pytest.approx(551, abs=15)
    assert line.length == line.stop - line.start
    assert line.thickness == pytest.approx(thickness, abs=2.0)
    for column in (100, 300, 500):
        assert line.middle(column) == pytest.approx(200 + rise * (column - 50) / 500, abs=1.5)


def test_a_line_that_bends_is_followed():
    columns = np.arange(20, 580)
    rows = 200 + 12 * np.sin((columns - 20) / 560 * np.pi)
    points = np.stack([columns, rows], axis=1).round().astype(np.int32)
    picture = cv2.polylines(ink(), [points], False, 255, 2)

    (line,) = find_lines(picture > 0)

    assert line.length > 540
    assert line.middle(300) == pytest.approx(212, abs=1.5)


def test_thick_strokes_that_cross_it_leave_it_one_line():
    picture = cv2.line(ink(), (50, 200), (550, 200), 255, 2)
    for x in (150, 300, 420):
        cv2.line(picture, (x, 100), (x + 10, 300), 255, 25)

    lines = [line for line in find_lines(picture > 0) if line.length > 300]

    assert [(line.start, line.stop) for line in lines] == [(49, 552)]


def test_two_in_a_row_with_paper_between_are_two():
    picture = cv2.line(ink(), (50, 200), (250, 200), 255, 2)
    cv2.line(picture, (350, 200), (550, 200), 255, 2)

    lines = sorted(find_lines(picture > 0), key=lambda line: line.start)

    assert [(line.start, line.stop) for line in lines] == [(49, 252), (349, 552)]


@pytest.mark.parametrize("stop", [(300, 350), (550, 350)], ids=["upright", "slanting"])
def test_what_is_steep_is_none(stop):
    assert not find_lines(drawn((300, 50), stop, 2) > 0)


def test_what_is_thick_is_none():
    picture = ink()
    picture[180:210, 50:550] = 255

    assert not find_lines(picture > 0)


def test_paper_has_none():
    assert not find_lines(ink() > 0)
