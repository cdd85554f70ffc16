"""Pictures in grey, and their ink."""

import numpy as np
import pytest
from PIL import Image

from mnist_core.errors import EmptyDrawingError
from mnist_core.pictures.files import read_picture
from mnist_core.pictures.scan import scan_picture, to_grey
from tests.core.samples import file_bytes


class TestToGrey:
    def test_grey_stays_as_it_is(self):
        grey = np.array([[1, 2, 3], [4, 5, 255]], np.uint8)

        np.testing.assert_array_equal(to_grey(Image.fromarray(grey)), grey)

    def test_colours_become_as_bright_as_they_look(self):
        # The weights of ITU-R 601: 0.299 red, 0.587 green, 0.114 blue.
        colours = [[(255, 255, 255), (0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)]]
        picture = Image.fromarray(np.array(colours, np.uint8))

        assert to_grey(picture).tolist() == [[255, 0, 76, 150, 29]]

    def test_what_is_transparent_becomes_white_paper(self):
        pixels = [[(0, 0, 0, 0), (0, 0, 0, 255), (255, 0, 0, 0), (0, 0, 0, 51)]]
        picture = Image.fromarray(np.array(pixels, np.uint8))

        assert to_grey(picture).tolist() == [[255, 0, 255, 204]]

    def test_grey_with_transparency_is_laid_on_white_paper(self):
        pixels = np.array([[(0, 0), (100, 255), (0, 255)]], np.uint8)

        assert to_grey(Image.fromarray(pixels, "LA")).tolist() == [[255, 100, 0]]

    def test_a_transparent_palette_colour_becomes_white_paper(self):
        picture = Image.new("P", (2, 1))
        picture.putpalette([0, 0, 0, 40, 40, 40])
        picture.putdata([0, 1])

        read_back = read_picture(file_bytes(picture, transparency=0))

        assert to_grey(read_back).tolist() == [[255, 40]]

    def test_bright_ink_on_nothing_lies_on_black_paper(self):
        picture = Image.new("RGBA", (3, 1), (0, 0, 0, 0))
        picture.putpixel((1, 0), (255, 255, 255, 255))

        assert to_grey(picture).tolist() == [[0, 255, 0]]

    def test_a_sixteen_bit_file_is_scaled_not_clipped(self):
        picture = Image.fromarray(np.array([[0, 32_768, 65_535]], np.uint16))

        assert to_grey(read_picture(file_bytes(picture))).tolist() == [[0, 128, 255]]

    def test_black_and_white_become_0_and_255(self):
        picture = Image.fromarray(np.array([[True, False]]))

        assert to_grey(picture).tolist() == [[255, 0]]


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
