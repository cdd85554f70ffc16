"""Ink in pieces."""

import cv2
import numpy as np
import pytest

from mnist_core.pictures.dots import join_dashes, join_dots


def n_pieces(ink: np.ndarray) -> int:
    return cv2.connectedComponents((ink > 0).astype(np.uint8))[0] - 1


def seven(thickness: int = 30) -> np.ndarray:
    ink = np.zeros((300, 300), np.uint8)
    cv2.polylines(ink, [np.array([(80, 60), (220, 60), (140, 250)])], False, 255, thickness)
    return ink


class TestDots:
    def test_sprayed_ink_becomes_strokes(self):
        drops = np.random.default_rng(0).random((300, 300)) < 0.25
        levels = np.where(drops, seven(), np.uint8(0)).astype(np.float32)
        assert n_pieces(levels) > 100

        joined = join_dots(levels, 0.25)

        is_ink = joined >= 0.25 * joined.max()
        assert n_pieces(is_ink) == 1
        assert is_ink[seven() > 0].mean() > 0.9
        assert is_ink[seven() == 0].mean() < 0.1

    def test_strokes_stay_as_they_are(self):
        levels = seven().astype(np.float32)

        assert join_dots(levels, 0.25) is levels

    def test_grain_around_strokes_leaves_them_sharp(self):
        levels = seven().astype(np.float32)
        levels[np.random.default_rng(0).random((300, 300)) < 0.01] = 255

        assert join_dots(levels, 0.25) is levels


def dashed(*points: tuple[int, int], thickness: int = 6, dash: int = 16, gap: int = 14):
    ink = np.zeros((300, 300), np.uint8)
    corners = np.array(points, float)
    way = np.r_[0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T))]
    for start in np.arange(0, way[-1], dash + gap):
        ends = [
            tuple(round(np.interp(place, way, corners[:, axis])) for axis in (0, 1))
            for place in (start, min(start + dash, way[-1]))
        ]
        cv2.line(ink, *ends, 255, thickness)
    return ink


class TestDashes:
    @pytest.mark.parametrize("thickness", [4, 6, 8])
    def test_dashes_become_strokes(self, thickness):
        ink = dashed((80, 60), (220, 60), (140, 250), thickness=thickness)
        assert n_pieces(ink) > 8

        joined = join_dashes(ink)

        assert n_pieces(joined) == 1
        assert (joined[ink > 0] == ink[ink > 0]).all()
        assert (joined > 0).sum() < 2.5 * (ink > 0).sum()

    def test_ones_in_a_row_are_no_dashes(self):
        ink = np.zeros((100, 300), np.uint8)
        for x in range(20, 290, 24):
            ink[30:70, x : x + 8] = 255

        np.testing.assert_array_equal(join_dashes(ink), ink)

    def test_digits_in_a_row_are_none(self):
        ink = np.zeros((120, 600), np.uint8)
        for x in range(20, 560, 90):
            cv2.ellipse(ink, (x + 30, 60), (25, 40), 0, 0, 360, 255, 8)

        np.testing.assert_array_equal(join_dashes(ink), ink)

    def test_a_net_of_splashes_is_none(self):
        ink = np.tile(np.pad(np.full((12, 12), 255, np.uint8), 10), (8, 8))

        np.testing.assert_array_equal(join_dashes(ink), ink)
