"""Pictures in grey, whatever their colours and whatever lies beneath."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_core.pictures.files import read_picture
from mnist_core.pictures.grey import enlarge_tiny, to_grey
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

    def test_a_card_with_round_corners_lies_on_paper_of_its_kind(self):
        card = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
        draw = ImageDraw.Draw(card)
        draw.rounded_rectangle((0, 0, 79, 79), 20, fill="white")
        draw.line((40, 20, 40, 60), fill="black", width=5)

        assert to_grey(card)[0, 0] == 255

    def test_a_dark_card_lies_on_dark_paper(self):
        card = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
        draw = ImageDraw.Draw(card)
        draw.rounded_rectangle((0, 0, 79, 79), 20, fill=(30, 30, 30))
        draw.line((40, 20, 40, 60), fill="white", width=5)

        assert to_grey(card)[0, 0] == 0

    def test_a_channel_that_nobody_filled_makes_nothing_transparent(self):
        picture = Image.new("RGBA", (20, 20), (255, 255, 255, 0))
        picture.putpixel((5, 5), (0, 0, 0, 0))

        assert to_grey(picture)[5, 4:7].tolist() == [255, 0, 255]

    @pytest.mark.parametrize(
        ("ink", "paper"),
        [
            ((222, 32, 32), (40, 60, 200)),
            ((0, 128, 0), (190, 50, 90)),
            ((250, 240, 80), (255, 255, 255)),
            ((230, 120, 20), (100, 150, 190)),
        ],
    )
    def test_colours_of_like_brightness_are_told_apart(self, ink, paper):
        picture = Image.new("RGB", (60, 60), paper)
        ImageDraw.Draw(picture).rectangle((25, 15, 34, 44), fill=ink)

        grey = to_grey(picture).astype(int)

        assert abs(grey[30, 30] - grey[0, 0]) >= 200

    def test_colours_that_differ_in_brightness_stay_as_bright_as_they_look(self):
        picture = Image.new("RGB", (60, 60), "white")
        ImageDraw.Draw(picture).rectangle((25, 15, 34, 44), fill=(0, 0, 255))

        assert to_grey(picture)[30, 30] == 29


class TestEnlargeTiny:
    @pytest.mark.parametrize("paper", [0, 255])
    def test_a_few_pixels_get_more_and_paper_around_them(self, paper):
        grey = np.full((8, 8), paper, np.uint8)
        grey[:, 3:5] = 255 - paper  # from rim to rim

        enlarged = enlarge_tiny(grey)

        assert enlarged.shape == (96, 96)
        assert set(enlarged[[0, -1]].ravel()) == {paper}
        assert enlarged[48, 48] == 255 - paper

    def test_a_picture_of_mnist_stays_as_it_is(self):
        grey = np.zeros((28, 28), np.uint8)

        assert enlarge_tiny(grey) is grey
