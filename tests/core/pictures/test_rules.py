"""Straight lines that are no digits."""

import cv2
import numpy as np
import pytest

from mnist_core.pictures.rules import find_rules

SIDE = 400


def strokes(*points: list[tuple[int, int]], thickness: int = 12) -> np.ndarray:
    ink = np.zeros((SIDE, SIDE), np.uint8)
    for stroke in points:
        cv2.polylines(ink, [np.array(stroke)], False, 255, thickness)
    return ink > 0


SEVEN = strokes([(140, 120), (250, 120), (190, 290)])
FOUR = strokes([(190, 110), (130, 230), (270, 230)], [(230, 150), (230, 310)])
DIGITS = {"7": SEVEN, "4": FOUR}


def lines(*, level=(), upright=(), start=0, stop=SIDE, thickness=3) -> np.ndarray:
    ink = np.zeros((SIDE, SIDE), np.uint8)
    for y in level:
        cv2.line(ink, (start, y), (stop, y), 255, thickness)
    for x in upright:
        cv2.line(ink, (x, start), (x, stop), 255, thickness)
    return ink > 0


KINDS = {
    "lined": lines(level=range(20, SIDE, 60)),
    "squared": lines(level=range(20, SIDE, 50), upright=range(20, SIDE, 50), thickness=2),
    "box": lines(level=(80, 330), upright=(80, 330), start=80, stop=330),
    "underline": lines(level=(300,), start=60, stop=340),
    "through": lines(level=(200,), start=40, stop=360),
    "margin": lines(upright=(40,)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("digit", DIGITS)
def test_lines_are_found_and_the_digit_stays(kind, digit):
    rules, alone = KINDS[kind], DIGITS[digit]

    found = find_rules(rules | alone)

    bare = rules & ~alone
    assert (found & bare).sum() >= 0.97 * bare.sum()
    assert (found & alone).sum() <= 0.05 * alone.sum()


@pytest.mark.parametrize("digit", DIGITS)
def test_the_strokes_of_a_digit_are_no_rules(digit):
    assert not find_rules(DIGITS[digit]).any()


@pytest.mark.parametrize("thickness", [3, 6])
@pytest.mark.parametrize(
    "points",
    [
        [[(120, 100), (280, 100), (180, 330)]],
        [[(230, 60), (110, 250), (300, 250)], [(240, 60), (240, 350)]],
        [[(160, 110), (200, 60), (200, 350)]],
        [[(140, 350), (260, 350)], [(200, 50), (200, 350)]],
        [[(260, 60), (140, 60), (140, 180), (260, 190), (260, 340), (130, 340)]],
    ],
    ids=["7", "4", "1", "1 with a foot", "5"],
)
def test_nor_are_thin_and_straight_ones(points, thickness):
    assert not find_rules(strokes(*points, thickness=thickness)).any()


def test_a_stem_from_rim_to_rim_in_a_tight_crop_is_none():
    four = strokes([(190, 110), (130, 230), (270, 230)], [(230, 110), (230, 310)], thickness=5)
    rows, columns = (np.flatnonzero(four.any(axis=axis)) for axis in (1, 0))

    assert not find_rules(four[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]).any()


def test_the_round_corners_of_a_frame_go_with_it():
    frame = np.zeros((SIDE, SIDE), np.uint8)
    for x, y, angle in ((110, 110, 180), (300, 110, 270), (300, 300, 0), (110, 300, 90)):
        cv2.ellipse(frame, (x, y), (40, 40), angle, 0, 90, 255, 3)
    for start, stop in (
        ((110, 70), (300, 70)),
        ((110, 340), (300, 340)),
        ((70, 110), (70, 300)),
        ((340, 110), (340, 300)),
    ):
        cv2.line(frame, start, stop, 255, 3)

    found = find_rules((frame > 0) | SEVEN)

    assert (found & (frame > 0)).sum() >= 0.97 * (frame > 0).sum()
    assert not (found & SEVEN).any()


def test_a_net_without_a_digit_is_left_as_it_is():
    assert not find_rules(KINDS["squared"]).any()


@pytest.mark.parametrize("thickness", [1, 3, 8])
def test_a_box_with_nothing_in_it_stays(thickness):
    box = lines(level=(80, 330), upright=(80, 330), start=80, stop=330, thickness=thickness)

    assert not find_rules(box).any()


# Corners from the left top, row by row, that the segments of a clock's digits join.
SEGMENTS = {
    "0": ((0, 1), (1, 5), (5, 4), (4, 0)),
    "2": ((0, 1), (1, 3), (3, 2), (2, 4), (4, 5)),
    "5": ((1, 0), (0, 2), (2, 3), (3, 5), (5, 4)),
    "6": ((1, 0), (0, 4), (4, 5), (5, 3), (3, 2)),
    "8": ((0, 1), (1, 5), (5, 4), (4, 0), (2, 3)),
    "9": ((5, 1), (1, 0), (0, 2), (2, 3)),
}


@pytest.mark.parametrize("thickness", [2, 3, 5, 10, 24])
@pytest.mark.parametrize("digit", SEGMENTS)
def test_the_segments_of_a_clock_are_no_rules(digit, thickness):
    corners = [(130 + 140 * (place % 2), 70 + 130 * (place // 2)) for place in range(6)]
    ink = strokes(
        *([corners[start], corners[stop]] for start, stop in SEGMENTS[digit]), thickness=thickness
    )

    assert not find_rules(ink).any()
