"""Pictures in grey, and their ink."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_core.errors import EmptyDrawingError
from mnist_core.pictures.scan import scan_picture
from tests.core.samples import black_on_white
from tests.strokes import DRAWINGS

# Of a clock, for each digit.
SEGMENTS = ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"]


class TestScanPicture:
    @pytest.mark.parametrize(("paper", "ink"), [(230, 30), (30, 230)])
    def test_the_ink_is_found_whether_it_is_darker_or_brighter(self, paper, ink):
        grey = np.full((40, 30), paper, np.uint8)
        grey[10:30, 12:16] = ink

        scan = scan_picture(Image.fromarray(grey))

        assert scan.is_dark_on_bright == (ink < paper)
        np.testing.assert_array_equal(scan.grey, grey)
        np.testing.assert_array_equal(scan.ink, np.where(grey == ink, 255, 0))
        assert scan.bright[20, 13] > scan.bright[0, 0]

    def test_which_of_ink_and_paper_is_darker_can_be_said(self):
        grey = np.full((40, 30), 30, np.uint8)
        grey[10:30, 12:16] = 230

        assert not scan_picture(Image.fromarray(grey)).is_dark_on_bright
        assert scan_picture(Image.fromarray(grey), is_dark_on_bright=True).is_dark_on_bright

    def test_an_empty_picture_has_no_ink(self):
        with pytest.raises(EmptyDrawingError, match=r"^no digit was found: the ink needs more"):
            scan_picture(Image.new("L", (30, 40), 128))

    def test_on_a_canvas_what_touches_the_rim_is_meant(self):
        ink = np.zeros((280, 280), np.uint8)
        ink[60:200, 60:80] = ink[150:280, 180:200] = 255

        cut, drawn = (
            scan_picture(Image.fromarray(ink), is_dark_on_bright=False, is_drawn=is_drawn)
            for is_drawn in (False, True)
        )

        np.testing.assert_array_equal(cut.left_out > 0, (ink > 0) & (np.arange(280) > 100))
        np.testing.assert_array_equal(drawn.ink, ink)
        assert not drawn.left_out.any()

    @pytest.mark.parametrize("drawing", DRAWINGS, ids=str)
    def test_of_usual_handwriting_nothing_is_left_out(self, drawing):
        assert not scan_picture(drawing.picture()).left_out.any()

    def test_of_mnist_nothing_is_left_out(self, dataset):
        for image in dataset.test_images[:300]:
            assert not scan_picture(black_on_white(image)).left_out.any()

    @pytest.mark.parametrize("digit", range(10))
    def test_of_digits_with_corners_nothing_is_left_out(self, digit):
        segments = SEGMENTS[digit]
        places = {
            "a": (40, 40, 140, 48),
            "g": (40, 136, 140, 144),
            "d": (40, 232, 140, 240),
            "f": (40, 40, 48, 140),
            "b": (132, 40, 140, 140),
            "e": (40, 140, 48, 240),
            "c": (132, 140, 140, 240),
        }
        picture = Image.new("L", (180, 280), 255)
        for segment in segments:
            ImageDraw.Draw(picture).rectangle(places[segment], fill=0)

        assert not scan_picture(picture).left_out.any()
