"""Filled shapes with a digit cut out of them, and digits drawn as an outline."""

import cv2
import numpy as np
import pytest

from mnist_core.pictures.panels import find_hollow, find_panels
from tests import scenes

SIZE = (300, 300)
STROKES = {
    "1": [[(150, 90), (150, 210)]],
    "2": [[(115, 110), (150, 90), (180, 120), (115, 205), (190, 205)]],
    "4": [[(150, 90), (110, 165), (190, 165)], [(175, 120), (175, 215)]],
    "7": [[(110, 95), (190, 95), (140, 210)]],
}


def written(*strokes: list[tuple[int, int]], thickness: int = 14) -> np.ndarray:
    ink = np.zeros(SIZE, np.uint8)
    for points in strokes:
        cv2.polylines(ink, [np.array(points)], False, 255, thickness)
    return ink > 0


def disc() -> np.ndarray:
    return cv2.circle(np.zeros(SIZE, np.uint8), (150, 150), 120, 255, -1) > 0


def triangle() -> np.ndarray:
    corners = np.array([(150, 5), (295, 250), (5, 250)])
    return cv2.fillPoly(np.zeros(SIZE, np.uint8), [corners], 255) > 0


def zero(axes: tuple[int, int], thickness: int, turn: int = 0) -> np.ndarray:
    ink = np.zeros(SIZE, np.uint8)
    return cv2.ellipse(ink, (150, 150), axes, turn, 0, 360, 255, thickness) > 0


class TestPanels:
    @pytest.mark.parametrize("digit", STROKES)
    @pytest.mark.parametrize("shape", [disc, triangle])
    def test_a_shape_with_a_digit_cut_out_is_found_whole(self, shape, digit):
        panel = shape()

        found = find_panels(panel & ~written(*STROKES[digit]))

        np.testing.assert_array_equal(found, panel)

    def test_so_are_a_0_and_an_8_whose_middles_are_left(self):
        upper = cv2.circle(np.zeros(SIZE, np.uint8), (150, 120), 25, 255, 12)
        eight = cv2.circle(upper, (150, 175), 30, 255, 12) > 0
        for digit in (zero((40, 60), 12), eight):
            np.testing.assert_array_equal(find_panels(disc() & ~digit), disc())

    def test_each_of_three_is_found(self):
        one = disc() & ~written(*STROKES["7"])

        assert cv2.connectedComponents(find_panels(np.hstack([one] * 3)).astype(np.uint8))[0] == 4

    @pytest.mark.parametrize(
        "digit",
        [
            zero((70, 100), 60),
            zero((60, 105), 90),
            zero((70, 100), 50, turn=30),
            zero((80, 100), 20) | (cv2.circle(np.zeros(SIZE, np.uint8), (150, 150), 14, 1, -1) > 0),
            zero((75, 100), 60) | (cv2.circle(np.zeros(SIZE, np.uint8), (150, 150), 14, 1, -1) > 0),
            disc(),
            np.zeros(SIZE, bool),
        ],
        ids=["thick", "slit", "leaning", "dotted", "thick, dotted", "blot", "nothing"],
    )
    def test_a_0_is_none(self, digit):
        assert not find_panels(digit).any()

    def test_a_box_around_a_digit_is_none(self):
        box = cv2.rectangle(np.zeros(SIZE, np.uint8), (60, 40), (240, 260), 255, 6) > 0

        assert not find_panels(box | written(*STROKES["2"])).any()


class TestHollow:
    def outline(self, digit: np.ndarray) -> np.ndarray:
        thin = cv2.erode(digit.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        return digit & ~thin

    @pytest.mark.parametrize("digit", STROKES)
    def test_the_inside_of_an_outline_is_found(self, digit):
        whole = written(*STROKES[digit], thickness=24)
        outline = self.outline(whole)

        np.testing.assert_array_equal(outline | find_hollow(outline), whole)

    def test_the_loop_of_an_outlined_6_stays_empty(self):
        six = zero((40, 40), 20) | written([(120, 140), (170, 50)], thickness=20)
        outline = self.outline(six)

        np.testing.assert_array_equal(outline | find_hollow(outline), six)

    def test_an_outline_that_is_thicker_on_one_side_is_the_digit_itself(self):
        outline = self.outline(written(*STROKES["2"], thickness=24))
        outline |= np.roll(outline, -12, axis=1) & written(*STROKES["2"], thickness=60)

        assert not find_hollow(outline).any()

    @pytest.mark.parametrize(
        "ink",
        [zero((60, 100), 8), zero((30, 100), 8), zero((110, 110), 6) | written(*STROKES["2"])],
        ids=["zero", "narrow", "circle"],
    )
    def test_a_loop_and_a_circle_around_a_digit_are_none(self, ink):
        assert not find_hollow(ink).any()


@pytest.fixture(scope="module")
def digits(dataset):
    """Test images by their number, enlarged fivefold, their strokes so many px thicker."""

    def enlarged(index: int, thicker: int) -> np.ndarray:
        large = cv2.resize(dataset.test_images[index], (140, 140), interpolation=cv2.INTER_CUBIC)
        ink = (np.pad(large, 20) > 90).astype(np.uint8)
        if not thicker:
            return ink > 0
        pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(thicker), abs(thicker)))
        return (cv2.dilate if thicker > 0 else cv2.erode)(ink, pen) > 0

    return enlarged


@pytest.mark.parametrize(
    ("index", "thicker"),
    [(4571, 0), (532, 13), (1288, 13), (7987, 9), (5320, 13), (9016, 9), (7161, 0), (7168, 5)],
)
def test_digits_that_are_nearly_panels_are_none(digits, index, thicker):
    assert not find_panels(digits(index, thicker)).any()


@pytest.mark.parametrize(
    ("index", "thicker"), [(7049, 0), (1918, 13), (3724, 5), (6062, -3), (5257, 13), (2842, 5)]
)
def test_loops_that_are_nearly_strokes_are_none(digits, index, thicker):
    assert not find_hollow(digits(index, thicker)).any()


def test_a_box_that_a_digit_touches_is_no_outline():
    for seed, glyph in enumerate(scenes.glyphs()):
        if glyph.label in (0, 2):
            box = scenes.SCENES["box that the digit touches"](glyph, seed)
            assert not find_hollow(np.asarray(box.convert("L")) < 150).any()


def test_a_7_that_is_as_far_from_the_edge_everywhere_is_cut_out_all_the_same():
    seven = scenes.glyphs()[51]
    assert seven.label == 7
    grey = np.asarray(scenes.SCENES["disc"](seven, 51).convert("L"), int)

    assert find_panels(np.abs(grey - grey[0, 0]) > 60).any()
