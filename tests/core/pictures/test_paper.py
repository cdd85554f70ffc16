"""Ink and paper: bright or dark, shadows, grain, dust."""

import cv2
import numpy as np
import pytest

from mnist_core.errors import EmptyDrawingError
from mnist_core.pictures.paper import extract_ink, has_dark_ink
from tests.core.samples import on_photographed_paper


class TestInversion:
    @pytest.mark.parametrize(("paper", "ink"), [(255, 0), (255, 200), (90, 30)])
    def test_dark_ink_on_brighter_paper_has_to_be_turned(self, paper, ink):
        grey = np.full((9, 9), paper, np.uint8)
        grey[3:6, 4] = ink

        assert has_dark_ink(grey)
        assert not has_dark_ink(255 - grey)

    def test_a_stroke_that_leaves_the_picture_does_not_decide(self):
        grey = np.full((9, 9), 255, np.uint8)
        grey[:, 4] = 0

        assert has_dark_ink(grey)

    def test_much_ink_does_not_decide(self):
        grey = np.full((9, 9), 255, np.uint8)
        grey[1:8, 1:8] = 0

        assert has_dark_ink(grey)

    def test_light_from_one_side_and_dark_corners_do_not_decide(self, dataset):
        for seed, image in enumerate(dataset.test_images[:50]):
            grey = np.asarray(on_photographed_paper(image, seed=seed))

            assert has_dark_ink(grey)
            assert not has_dark_ink(255 - grey)

    def test_a_digit_that_fills_the_picture_does_not_decide(self, dataset):
        rng = np.random.default_rng(0)
        for image in dataset.test_images[:50]:
            cut = image[3:25, 3:25].repeat(10, axis=0).repeat(10, axis=1)
            grey = np.clip(220 - cut * 0.6 + rng.normal(0, 4, cut.shape), 0, 255).astype(np.uint8)

            assert has_dark_ink(grey)
            assert not has_dark_ink(255 - grey)


class TestExtractInk:
    def test_paper_is_taken_away_and_ink_stretched_to_the_whole_range(self):
        grey = np.full((5, 5), 40, np.uint8)
        grey[2, 1:4] = [140, 90, 80]

        ink = extract_ink(grey)

        assert ink.dtype == np.uint8
        assert ink[2].tolist() == [0, 255, 128, 102, 0]
        assert np.delete(ink, 2, axis=0).max() == 0

    def test_faint_marks_and_what_is_darker_than_the_paper_count_as_paper(self):
        grey = np.full((5, 5), 40, np.uint8)
        grey[2, 1:4] = [140, 64, 10]  # 64 is 24 % of the strongest ink

        assert extract_ink(grey)[2].tolist() == [0, 255, 0, 0, 0]

    def test_a_contrast_of_24_levels_is_ink_and_less_is_none(self):
        grey = np.full((5, 5), 100, np.uint8)
        grey[2, 2] = 124
        assert extract_ink(grey)[2, 2] == 255

        grey[2, 2] = 123
        with pytest.raises(EmptyDrawingError, match=r"^no digit was found: the ink needs more"):
            extract_ink(grey)

    def test_the_weakest_quarter_is_paper_and_in_a_photo_the_weakest_two_fifths(self):
        levels = np.zeros((60, 60), np.uint8)
        levels[20:40, 20] = 200
        levels[20:40, 30] = 60
        assert extract_ink(levels)[30, 30] > 0

        ramp = levels + np.linspace(0, 40, 60).astype(np.uint8)  # not even: a photo
        assert extract_ink(ramp)[30, 30] == 0
        assert extract_ink(ramp)[30, 20] > 200

    def test_light_from_one_side_is_taken_away(self):
        ramp = np.tile(np.linspace(0, 120, 90).astype(np.uint8), (90, 1))
        ramp[30:60, 44:48] += 100

        ink = extract_ink(ramp)

        assert ink[32:58, 44:48].min() > 200
        ink[30:60, 44:48] = 0
        assert not ink.any()

    def test_a_shadow_with_a_sharp_edge_is_taken_away(self):
        bright = np.random.default_rng(0).integers(10, 14, (120, 120), np.uint8)
        bright[:, 80:] += 40
        bright[20:100, 30:36] += 120
        bright[20:100, 100:106] += 120

        ink = extract_ink(bright)

        assert ink[25:95, 30:36].min() > 150
        assert ink[25:95, 100:106].min() > 150
        assert np.delete(ink, [*range(30, 36), *range(100, 106)], axis=1).max() == 0

    def test_grain_is_no_ink(self, dataset):
        bright = 255 - np.asarray(on_photographed_paper(dataset.test_images[0]))

        ink = extract_ink(bright)

        drawn = np.kron(dataset.test_images[0] > 0, np.ones((10, 10), bool))
        assert not ink[~cv2.dilate(drawn.astype(np.uint8), np.ones((15, 15))).astype(bool)].any()

    def test_dust_is_taken_away_and_the_parts_of_a_digit_are_not(self):
        bright = np.zeros((280, 280), np.uint8)
        bright[100:200, 100:110] = 255
        bright[90:95, 120:130] = 255  # a hat
        bright[20:23, 250:254] = 255  # dust

        ink = extract_ink(bright)

        bright[20:23, 250:254] = 0
        np.testing.assert_array_equal(ink, bright)

    def test_the_paper_of_a_photo_of_one_column_is_no_failure(self):
        with pytest.raises(EmptyDrawingError):
            extract_ink(np.arange(40, 60, dtype=np.uint8)[:, np.newaxis])
