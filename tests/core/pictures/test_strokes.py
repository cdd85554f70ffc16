"""Strokes of a pen as a picture."""

import numpy as np

from mnist_core.pictures.strokes import draw_strokes


def test_a_stroke_is_as_wide_as_the_pen_with_round_ends():
    picture = draw_strokes([[(50, 20), (50, 80)]], pen=10, side=100)

    assert picture.shape == (100, 100)
    assert picture.dtype == np.uint8
    assert (picture[50] > 127).sum() == 10
    rows = np.flatnonzero(picture[:, 50] > 127)
    assert (rows[0], rows[-1]) == (15, 84)
    assert (picture[16] > 127).sum() < 10  # the end is round


def test_a_point_is_a_dot():
    picture = draw_strokes([[(30, 40)]], pen=8, side=64)

    rows, columns = np.nonzero(picture > 127)
    assert abs(rows.mean() - 39.5) <= 0.5
    assert abs(columns.mean() - 29.5) <= 0.5
    assert np.ptp(rows) + 1 == np.ptp(columns) + 1 == 8


def test_a_corner_has_no_gap():
    picture = draw_strokes([[(20, 20), (60, 20), (60, 70)]], pen=14, side=80)

    assert picture[20, 60] == 255
    assert picture[15, 65] > 127  # the outer side of the corner, which is round


def test_several_strokes_stand_apart():
    picture = draw_strokes([[(20, 10), (20, 60)], [(50, 10), (50, 60)]], pen=6, side=70)

    assert picture[30, 20] == picture[30, 50] == 255
    assert picture[30, 35] == 0
