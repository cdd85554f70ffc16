"""What stands around a digit and belongs to none."""

import cv2
import numpy as np
import pytest

from mnist_core.pictures.surroundings import (
    find_at_rim,
    find_corners,
    find_rings,
    find_rods,
    find_underlines,
)


def seven(shape: tuple[int, int] = (300, 300)) -> np.ndarray:
    """A 7 of 110 x 160 px in the middle, 12 px thick."""
    ink = np.zeros(shape, np.uint8)
    left, top = shape[1] // 2 - 55, shape[0] // 2 - 80
    points = np.array([(left, top), (left + 110, top), (left + 50, top + 160)])
    cv2.polylines(ink, [points], False, 255, 12)
    return ink


def rectangle(ink: np.ndarray, *corners: tuple[int, int], thickness: int = -1) -> np.ndarray:
    return cv2.rectangle(ink.copy(), *corners, 255, thickness)


def ellipse(axes: tuple[int, int], turn: int, start: int, end: int, *how: int) -> np.ndarray:
    ink = np.zeros((300, 300), np.uint8)
    return cv2.ellipse(ink, (150, 150), axes, turn, start, end, *how)


class TestAtRim:
    @pytest.mark.parametrize(
        ("corner", "other"),
        [((0, 0), (299, 25)), ((285, 0), (299, 299)), ((0, 0), (80, 90)), ((0, 120), (20, 190))],
        ids=["bar", "strip", "corner", "cut"],
    )
    def test_what_the_rim_cuts_off_is_found(self, corner, other):
        ink = rectangle(seven(), corner, other)

        found = find_at_rim(ink > 0)

        np.testing.assert_array_equal(found, (ink > 0) & (seven() == 0))

    def test_a_desk_all_around_is_found(self):
        ink = rectangle(seven(), (0, 0), (299, 299), thickness=50)

        np.testing.assert_array_equal(find_at_rim(ink > 0), (ink > 0) & (seven() == 0))

    def test_a_digit_that_is_cut_out_tightly_stays(self):
        rows, columns = (np.flatnonzero(seven().any(axis=axis)) for axis in (1, 0))
        tight = seven()[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]

        assert not find_at_rim(tight > 0).any()

    def test_the_body_of_a_5_stays_beside_its_hat(self):
        ink = np.zeros((200, 120), np.uint8)
        cv2.ellipse(ink, (60, 130), (54, 64), 0, -90, 150, 255, 12)  # to the rim
        ink[20:32, 50:100] = 255  # the hat, apart from it

        assert not find_at_rim(ink > 0).any()


class TestRings:
    @pytest.mark.parametrize("end", [360, 335], ids=["closed", "open"])
    def test_a_circle_around_a_digit_is_found(self, end):
        ring = ellipse((125, 130), 0, 0, end, 255, 5)

        found = find_rings((ring > 0) | (seven() > 0))

        np.testing.assert_array_equal(found, ring > 0)

    def test_what_a_hand_drew_twice_goes_with_its_ring(self):
        ring = ellipse((125, 130), 0, 0, 360, 255, 5)
        cv2.ellipse(ring, (150, 150), (132, 137), 0, 10, 40, 255, 4)

        found = find_rings((ring > 0) | (seven() > 0))

        np.testing.assert_array_equal(found, ring > 0)

    @pytest.mark.parametrize("end", [360, 200], ids=["0", "bow"])
    def test_a_digit_is_no_ring(self, end):
        ink = ellipse((70, 100), 0, 0, end, 255, 9)

        assert not find_rings(ink > 0).any()

    def test_a_bow_beside_a_digit_is_none(self):
        bow = ellipse((125, 130), 0, 90, 270, 255, 5)

        assert not find_rings((bow > 0) | (seven() > 0)).any()

    def test_a_dot_in_a_0_makes_it_no_ring(self):
        ink = ellipse((70, 100), 0, 0, 360, 255, 9)
        cv2.circle(ink, (150, 150), 12, 255, -1)

        assert not find_rings(ink > 0).any()

    @pytest.mark.parametrize(("dash", "step"), [(12, 20), (20, 32), (6, 16)])
    def test_so_are_dashes_and_dots_that_make_a_box_together(self, dash, step):
        box = np.zeros((300, 300), np.uint8)
        for place in range(30, 270, step):
            box[[30, 31, 32, 268, 269, 270], place : place + dash] = 255
            box[place : place + dash, [30, 31, 32, 268, 269, 270]] = 255

        np.testing.assert_array_equal(find_rings((box > 0) | (seven() > 0)), box > 0)

    def test_dashes_on_three_sides_are_none(self):
        lines = np.zeros((300, 300), np.uint8)
        for place in range(30, 270, 20):
            lines[[30, 31, 32], place : place + 12] = 255
            lines[place : place + 12, [30, 31, 32, 268, 269, 270]] = 255

        assert not find_rings((lines > 0) | (seven() > 0)).any()

    def test_dashes_on_two_sides_are_none(self):
        lines = np.zeros((300, 300), np.uint8)
        for place in range(30, 270, 20):
            lines[[30, 31, 268, 269], place : place + 12] = 255

        assert not find_rings((lines > 0) | (seven() > 0)).any()


class TestCorners:
    def marks(self, *corners: tuple[int, int], length: int = 30) -> np.ndarray:
        ink = np.zeros((300, 300), np.uint8)
        for x, y in corners:
            across, down = (length if place < 150 else -length for place in (x, y))
            cv2.polylines(ink, [np.array([(x + across, y), (x, y), (x, y + down)])], False, 255, 3)
        return ink

    def test_marks_at_all_four_are_found(self):
        marks = self.marks((30, 30), (270, 30), (30, 270), (270, 270))

        np.testing.assert_array_equal(find_corners((marks > 0) | (seven() > 0)), marks > 0)

    def test_marks_at_three_are_none(self):
        marks = self.marks((30, 30), (270, 30), (30, 270))

        assert not find_corners((marks > 0) | (seven() > 0)).any()

    def test_four_digits_around_a_fifth_are_none(self):
        marks = self.marks((10, 10), (290, 10), (10, 290), (290, 290), length=70)

        assert not find_corners((marks > 0) | (seven() > 0)).any()


class TestRods:
    def lines(self, *places: tuple[int, int, int, int], thickness: int = 8) -> np.ndarray:
        ink = np.zeros((400, 500), np.uint8)
        for x, y, to_x, to_y in places:
            cv2.line(ink, (x, y), (to_x, to_y), 255, thickness)
        return ink

    def with_seven(self, lines: np.ndarray) -> np.ndarray:
        return (lines > 0) | (seven(lines.shape) > 0)

    @pytest.mark.parametrize(
        "places",
        [[(90, 20, 90, 380)], [(60, 20, 110, 380)], [(80, 20, 80, 380), (100, 20, 100, 380)]],
        ids=["line", "pen", "double"],
    )
    def test_what_is_far_longer_than_the_digit_beside_it_is_found(self, places):
        lines = self.lines(*places)

        np.testing.assert_array_equal(find_rods(self.with_seven(lines)), lines > 0)

    def test_a_1_beside_a_digit_is_none(self):
        assert not find_rods(self.with_seven(self.lines((90, 100, 90, 300)))).any()

    def test_nor_is_a_1_beside_a_speck(self):
        ink = self.lines((200, 100, 200, 300))
        cv2.circle(ink, (300, 280), 14, 255, -1)

        assert not find_rods(ink > 0).any()

    def test_nor_is_the_stem_that_another_stroke_of_its_digit_is_near(self):
        assert not find_rods(self.with_seven(self.lines((160, 20, 160, 380)))).any()

    def test_nor_are_three_of_them_or_a_1_beside_one_that_is_broken(self):
        ones = self.lines((60, 30, 60, 350), (100, 30, 100, 350), (400, 30, 400, 350))
        broken = self.lines((60, 50, 60, 250), (200, 50, 200, 140), (200, 160, 200, 250))

        assert not find_rods(self.with_seven(ones)).any()
        assert not find_rods(broken > 0).any()


class TestUnderlines:
    def line(self, left: int, right: int, top: int) -> np.ndarray:
        return rectangle(np.zeros((300, 300), np.uint8), (left, top), (right, top + 5))

    @pytest.mark.parametrize("span", [(90, 210), (60, 260)])
    def test_a_line_beneath_a_digit_is_found(self, span):
        line = self.line(*span, top=255)

        np.testing.assert_array_equal(find_underlines((line > 0) | (seven() > 0)), line > 0)

    def test_two_are_found(self):
        lines = self.line(80, 220, 250) | self.line(80, 220, 264)

        np.testing.assert_array_equal(find_underlines((lines > 0) | (seven() > 0)), lines > 0)

    def test_one_above_is_found_where_it_reaches_over_both_sides(self):
        line = self.line(60, 240, 30)

        np.testing.assert_array_equal(find_underlines((line > 0) | (seven() > 0)), line > 0)

    @pytest.mark.parametrize(
        "place",
        [(110, 260, 40), (130, 160, 255), (210, 290, 255)],
        ids=["hat", "short", "beside"],
    )
    def test_other_strokes_are_none(self, place):
        assert not find_underlines((self.line(*place) > 0) | (seven() > 0)).any()
