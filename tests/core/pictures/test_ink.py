"""From ink to a MNIST digit: box, size, stroke width, place."""

import cv2
import numpy as np
import pytest

from mnist_core.errors import EmptyDrawingError
from mnist_core.pictures.ink import (
    USUAL_STROKES,
    adjust_strokes,
    centre,
    check_is_no_dot,
    ink_box,
    place_in_middle,
    scale_to_box,
    stroke_width,
    stroke_width_in_box,
)
from tests.core.samples import black_on_white, centre_of_mass

DOT = "^that is only a dot: draw a larger digit$"


class TestInkBox:
    def test_the_bounding_box_of_the_ink_is_found(self):
        ink = np.zeros((10, 12), np.uint8)
        ink[2, 5] = 1
        ink[6, 3] = 255
        ink[4, 8] = 9

        assert ink_box(ink) == (slice(2, 7), slice(3, 9))

    def test_no_ink_is_refused(self):
        with pytest.raises(EmptyDrawingError, match=r"^no digit was found: the ink needs more"):
            ink_box(np.zeros((10, 12), np.uint8))


class TestDots:
    @pytest.mark.parametrize(("size", "too_small", "large_enough"), [(28, 2, 3), (280, 11, 12)])
    def test_a_speck_is_refused(self, size, too_small, large_enough):
        ink = np.zeros((size, size), np.uint8)
        ink[5, 5 : 5 + large_enough] = 255
        check_is_no_dot(ink)

        ink[5, 5 + too_small :] = 0
        with pytest.raises(EmptyDrawingError, match=DOT):
            check_is_no_dot(ink)

    @pytest.mark.parametrize("radius", [8, 25, 80])
    def test_a_dot_of_any_size_is_refused(self, radius):
        ink = np.zeros((280, 280), np.uint8)
        cv2.circle(ink, (100, 120), radius, 255, thickness=-1)

        with pytest.raises(EmptyDrawingError, match=DOT):
            check_is_no_dot(ink)

    def test_a_stroke_is_a_dot_until_it_is_half_as_long_again_as_it_is_thick(self):
        ink = np.zeros((280, 280), np.uint8)
        ink[100:170, 100:140] = 255
        check_is_no_dot(ink)

        ink[155:170] = 0
        with pytest.raises(EmptyDrawingError, match=DOT):
            check_is_no_dot(ink)

    def test_no_digit_of_mnist_is_a_dot(self, dataset):
        for image in dataset.test_images[:1_000]:
            check_is_no_dot(image)


class TestScaleToBox:
    @pytest.mark.parametrize(
        ("shape", "expected"),
        [
            ((40, 20), (20, 10)),
            ((200, 200), (20, 20)),
            ((30, 90), (7, 20)),
            ((5, 10), (10, 20)),
            ((20, 13), (20, 13)),
            ((100, 1), (20, 1)),
            ((1, 3), (7, 20)),
        ],
    )
    def test_the_longer_side_becomes_20_and_the_aspect_stays(self, shape, expected):
        scaled = scale_to_box(np.full(shape, 255, np.uint8))

        assert scaled.shape == expected
        assert scaled.min() == 255

    def test_shrinking_averages_the_ink(self):
        halves = np.tile(np.array([[0, 200]], np.uint8), (40, 20))

        assert np.unique(scale_to_box(halves)).tolist() == [100]


def bar(width: float, *, length: int = 200, size: int = 280) -> np.ndarray:
    """An upright stroke."""
    ink = np.zeros((size, size), np.uint8)
    left = (size - width) // 2
    ink[(size - length) // 2 : (size + length) // 2, left : left + width] = 255
    return ink


class TestStrokeWidth:
    @pytest.mark.parametrize("width", [10, 20, 40])
    def test_is_the_width_of_a_long_stroke(self, width):
        # The ends are nearer to an edge than the middle is, so it measures a little less.
        assert stroke_width(bar(width)) == pytest.approx(width, rel=0.1)

    def test_is_the_same_for_a_slanting_and_a_round_stroke(self):
        ink = np.zeros((280, 280), np.uint8)
        cv2.line(ink, (60, 40), (220, 240), 255, thickness=20)
        assert stroke_width(ink) == pytest.approx(20, rel=0.1)

        ink[:] = 0
        cv2.circle(ink, (140, 140), 90, 255, thickness=20)
        assert stroke_width(ink) == pytest.approx(20, rel=0.1)

    def test_does_not_depend_on_how_dark_the_ink_is(self):
        assert stroke_width(bar(20) // 3) == stroke_width(bar(20))

    def test_no_ink_has_no_width(self):
        assert stroke_width(np.zeros((9, 9), np.uint8)) == 0

    def test_nothing_but_ink_is_as_wide_as_it_is(self):
        assert stroke_width(np.full((20, 200), 255, np.uint8)) == pytest.approx(20, rel=0.1)

    def test_in_the_box_it_is_what_it_will_be_at_20_pixels(self):
        cropped = bar(30)[40:240, 125:155]

        assert stroke_width_in_box(cropped) == pytest.approx(3, rel=0.1)
        assert stroke_width_in_box(cropped, side=10) == pytest.approx(1.5, rel=0.1)

    def test_mnist_measures_about_2_3_pixels_and_mostly_within_the_usual(self, dataset):
        drawn = [
            np.asarray(black_on_white(255 - image))
            for image in [*dataset.train_images[:300], *dataset.test_images[:300]]
        ]
        widths = np.array([stroke_width_in_box(ink[ink_box(ink)]) for ink in drawn])

        assert widths.mean() == pytest.approx(2.3, abs=0.1)
        low, high = USUAL_STROKES
        assert np.mean((widths >= low) & (widths <= high)) == pytest.approx(0.86, abs=0.04)


class TestAdjustStrokes:
    @pytest.mark.parametrize("width", [14, 20, 30])
    def test_usual_strokes_are_only_scaled(self, width):
        cropped = hook(width)

        np.testing.assert_array_equal(adjust_strokes(cropped), scale_to_box(cropped))

    @pytest.mark.parametrize(("width", "usual"), [(3, 1.4), (7, 1.4), (38, 3.2), (45, 3.2)])
    def test_others_get_the_nearest_usual_width(self, width, usual):
        adjusted = adjust_strokes(hook(width))

        assert max(adjusted.shape) == 20
        assert stroke_width_in_box(adjusted) == pytest.approx(usual, rel=0.2)

    def test_a_thickened_stroke_has_grey_edges_and_not_blocks(self):
        ink = np.zeros((280, 280), np.uint8)
        cv2.line(ink, (60, 40), (220, 240), 255, thickness=3)

        adjusted = adjust_strokes(ink[ink_box(ink)])

        assert len(np.unique(adjusted)) > 10

    def test_thinning_tears_no_stroke_apart(self):
        ink = np.zeros((200, 200), np.uint8)
        ink[:80, :80] = ink[120:, 120:] = 255  # two thick ends
        cv2.line(ink, (70, 70), (130, 130), 255, thickness=12)  # and what joins them

        adjusted = adjust_strokes(ink)

        assert stroke_width(adjusted) < stroke_width(scale_to_box(ink))
        assert cv2.connectedComponents((adjusted > 40).astype(np.uint8))[0] == 2  # one, and ground

    def test_a_thin_stroke_all_along_the_box_grows_and_still_fits(self):
        assert max(adjust_strokes(np.full((1, 40), 255, np.uint8)).shape) == 20


def hook(width: int) -> np.ndarray:
    """An L of 200 x 160 px, cut to its box."""
    ink = np.zeros((200, 160), np.uint8)
    ink[:, :width] = ink[-width:] = 255
    return ink


class TestPlaceInMiddle:
    @pytest.mark.parametrize(("height", "width"), [(20, 20), (20, 4), (28, 28), (1, 5)])
    def test_the_box_counts_not_the_weight(self, height, width):
        scaled = np.zeros((height, width), np.uint8)
        scaled[0] = 200

        digit = place_in_middle(scaled)

        assert digit.shape == (28, 28)
        assert np.nonzero(digit)[0][0] == (28 - height) // 2
        assert np.nonzero(digit)[1][0] == (28 - width) // 2


class TestCentre:
    @pytest.mark.parametrize(("height", "width"), [(20, 20), (20, 4), (3, 20), (7, 5)])
    def test_even_ink_is_placed_in_the_middle(self, height, width):
        digit = centre(np.full((height, width), 255, np.uint8))

        assert digit.shape == (28, 28)
        assert digit.dtype == np.uint8
        assert centre_of_mass(digit) == pytest.approx((14, 14), abs=0.5)

    def test_the_centre_of_mass_counts_not_the_box(self):
        scaled = np.zeros((9, 9), np.uint8)
        scaled[0] = 200  # the top row is heavy
        scaled[:, 8] = 200  # and so is the right column

        digit = centre(scaled)

        # Row: (9 x 0 + 1 + ... + 8) / 17 = 2.1; column: (0 + ... + 8 + 8 x 8) / 17 = 5.9.
        np.testing.assert_array_equal(digit[12:21, 8:17], scaled)
        assert digit.sum() == scaled.sum(dtype=int)

    def test_ink_that_would_stick_out_is_kept_inside(self):
        scaled = np.zeros((20, 20), np.uint8)
        scaled[0, 0] = 255
        scaled[19, 19] = 1

        digit = centre(scaled)

        np.testing.assert_array_equal(digit[8:, 8:], scaled)
