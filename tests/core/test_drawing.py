import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from mnist_core.drawing import (
    MAX_FILE_BYTES,
    centre,
    crop_to_ink,
    extract_ink,
    has_dark_ink,
    read_picture,
    scale_to_box,
    to_digit,
    to_digit_naively,
    to_grey,
)
from mnist_core.errors import EmptyDrawingError, InvalidImageError
from tests.core.samples import black_on_white, file_bytes

FORMATS = ["PNG", "JPEG", "WEBP", "BMP", "GIF"]


def centre_of_mass(image: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(image)
    weights = image[rows, columns].astype(float)
    return float(np.average(rows, weights=weights)), float(np.average(columns, weights=weights))


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims a size; its pixels are missing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


class TestReadPicture:
    @pytest.mark.parametrize("file_format", FORMATS)
    def test_reads_each_format_from_a_file_or_its_bytes(self, file_format, tmp_path):
        content = file_bytes(Image.new("RGB", (12, 7), "white"), file_format)
        path = tmp_path / "picture"  # the ending does not matter
        path.write_bytes(content)

        for source in (content, path):
            picture = read_picture(source)
            assert picture.size == (12, 7)
            assert np.asarray(picture.convert("L")).min() > 250

    @pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
    def test_turns_a_photo_upright(self, file_format):
        lying = np.zeros((16, 32), np.uint8)
        lying[:, :16] = 255  # bright on the left; upright it is bright at the top
        exif = Image.Exif()
        exif[0x0112] = 6  # orientation: turn by 90 degrees clockwise

        picture = read_picture(file_bytes(Image.fromarray(lying), file_format, exif=exif))

        upright = np.asarray(picture.convert("L"))
        assert upright.shape == (32, 16)
        assert upright[:14].min() > 200
        assert upright[18:].max() < 50

    def test_takes_the_first_frame_of_a_film(self):
        first, second = Image.new("L", (4, 4), 200), Image.new("L", (4, 4), 20)
        content = file_bytes(first, "GIF", save_all=True, append_images=[second])

        assert np.asarray(to_grey(read_picture(content))).tolist() == [[200] * 4] * 4

    def test_a_missing_file_is_refused(self, tmp_path):
        with pytest.raises(InvalidImageError, match=r"^the file cannot be read: No such file"):
            read_picture(tmp_path / "digit.png")

    def test_a_directory_is_no_picture(self, tmp_path):
        with pytest.raises(InvalidImageError, match=r"^the file cannot be read: Is a directory$"):
            read_picture(tmp_path)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"this is text",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            file_bytes(Image.new("L", (9, 9)), "TIFF"),
        ],
        ids=["empty", "text", "svg", "tiff"],
    )
    def test_what_is_no_picture_is_refused(self, content):
        message = "^this is not a picture that can be read; try PNG or JPEG$"

        with pytest.raises(InvalidImageError, match=message):
            read_picture(content)

    @pytest.mark.parametrize("file_format", FORMATS)
    def test_a_truncated_picture_is_refused(self, file_format, dataset):
        content = file_bytes(black_on_white(dataset.test_images[0]), file_format)

        with pytest.raises(InvalidImageError, match=r"^the picture is damaged and cannot be read$"):
            read_picture(content[: len(content) // 2])

    @pytest.mark.parametrize("size", [(8_000, 5_001), (20_000, 20_000), (40_000_001, 1)])
    def test_more_than_40_megapixels_are_refused_unread(self, size):
        message = "^the picture has more than 40 megapixels; choose a smaller one$"

        with pytest.raises(InvalidImageError, match=message):
            read_picture(png_claiming(*size))

    def test_40_megapixels_are_read_and_made_smaller(self):
        assert read_picture(file_bytes(Image.new("1", (8_000, 5_000)))).size == (1_024, 640)

    @pytest.mark.filterwarnings("ignore:Truncated File Read")
    def test_a_damaged_note_of_the_camera_costs_only_the_turning(self):
        content = file_bytes(Image.new("L", (20, 10)), "JPEG", exif=Image.Exif())
        exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x09"
        damaged = content[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
        damaged += content[2:]

        assert read_picture(damaged).size == (20, 10)

    def test_more_than_10_megabytes_are_refused(self, tmp_path):
        message = "^the picture is larger than 10 MB; choose a smaller one$"
        content = file_bytes(Image.new("L", (9, 9)))
        path = tmp_path / "large.png"
        path.write_bytes(content + bytes(MAX_FILE_BYTES + 1 - len(content)))

        with pytest.raises(InvalidImageError, match=message):
            read_picture(path)
        with pytest.raises(InvalidImageError, match=message):
            read_picture(path.read_bytes())

    def test_10_megabytes_are_read(self):
        content = file_bytes(Image.new("L", (9, 9)))

        assert read_picture(content + bytes(MAX_FILE_BYTES - len(content))).size == (9, 9)


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
        with pytest.raises(EmptyDrawingError, match=r"^there is nothing to read: it needs a digit"):
            extract_ink(grey)


class TestCropToInk:
    def test_the_bounding_box_of_the_ink_is_left(self):
        ink = np.zeros((10, 12), np.uint8)
        ink[2, 5] = 1
        ink[6, 3] = 255
        ink[4, 8] = 9

        cropped = crop_to_ink(ink)

        assert cropped.shape == (5, 6)
        np.testing.assert_array_equal(cropped, ink[2:7, 3:9])

    @pytest.mark.parametrize(("size", "too_small", "large_enough"), [(28, 2, 3), (280, 11, 12)])
    def test_a_speck_is_refused(self, size, too_small, large_enough):
        ink = np.zeros((size, size), np.uint8)
        ink[5, 5 : 5 + large_enough] = 255
        assert crop_to_ink(ink).shape == (1, large_enough)

        ink[5, 5 + too_small :] = 0
        with pytest.raises(EmptyDrawingError, match=r"^that is only a dot: draw a larger digit$"):
            crop_to_ink(ink)


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


def drawn_on(paper: int, ink: int, *, shape: tuple[int, int] = (90, 80)) -> np.ndarray:
    """An L of 40 x 24 px, 6 px thick, its corner at row 50, column 20."""
    grey = np.full(shape, paper, np.uint8)
    grey[10:50, 20:26] = ink
    grey[44:50, 20:44] = ink
    return grey


class TestToDigit:
    def test_each_step_follows_from_the_one_before(self):
        steps = to_digit(Image.fromarray(drawn_on(paper=230, ink=30)))

        np.testing.assert_array_equal(steps.grey, drawn_on(paper=230, ink=30))
        assert steps.is_inverted
        np.testing.assert_array_equal(steps.ink, drawn_on(paper=0, ink=255))
        np.testing.assert_array_equal(steps.cropped, steps.ink[10:50, 20:44])
        assert steps.scaled.shape == (20, 12)
        np.testing.assert_array_equal(steps.digit, centre(steps.scaled))

    @pytest.mark.parametrize(
        "grey",
        [
            drawn_on(paper=0, ink=255),
            drawn_on(paper=60, ink=140),
            drawn_on(paper=140, ink=60),
            np.roll(drawn_on(paper=255, ink=0), (25, 30), axis=(0, 1)),
            drawn_on(paper=255, ink=0, shape=(300, 50)),
            drawn_on(paper=255, ink=0).repeat(3, axis=0).repeat(3, axis=1),
        ],
        ids=["bright on dark", "faint", "faint and dark", "moved", "other paper", "three times"],
    )
    def test_colour_place_paper_and_size_do_not_matter(self, grey):
        expected = to_digit(Image.fromarray(drawn_on(paper=255, ink=0))).digit

        np.testing.assert_array_equal(to_digit(Image.fromarray(grey)).digit, expected)

    def test_a_drawing_on_a_transparent_canvas_is_read_like_one_on_paper(self):
        alpha = drawn_on(paper=0, ink=255)
        canvas = np.dstack([np.zeros((*alpha.shape, 3), np.uint8), alpha])

        steps = to_digit(Image.fromarray(canvas))

        expected = to_digit(Image.fromarray(drawn_on(paper=255, ink=0)))
        np.testing.assert_array_equal(steps.digit, expected.digit)

    def test_who_knows_the_paper_can_say_so(self):
        # Ink all along the rim looks like paper.
        framed = np.pad(drawn_on(paper=0, ink=255), 1, constant_values=255)
        assert has_dark_ink(framed)

        told = to_digit(Image.fromarray(framed), is_dark_on_bright=False)

        assert not told.is_inverted
        np.testing.assert_array_equal(told.ink, framed)

    def test_the_picture_stays_as_it_is(self):
        picture = Image.fromarray(drawn_on(paper=255, ink=0))

        to_digit(picture)
        to_digit_naively(picture)

        np.testing.assert_array_equal(np.asarray(picture), drawn_on(paper=255, ink=0))

    @pytest.mark.parametrize(
        "picture",
        [
            Image.new("L", (280, 280), 255),
            Image.new("L", (280, 280), 0),
            Image.new("L", (1, 1), 128),
            Image.new("RGBA", (280, 280), (0, 0, 0, 0)),
            Image.linear_gradient("L").point(lambda level: level // 16),
        ],
        ids=["white", "black", "one pixel", "transparent", "shadow"],
    )
    def test_an_empty_picture_asks_for_a_digit(self, picture):
        with pytest.raises(EmptyDrawingError, match=r"^there is nothing to read: it needs a digit"):
            to_digit(picture)

    def test_a_dot_asks_for_a_larger_digit(self):
        picture = Image.new("L", (280, 280), 255)
        picture.paste(0, (100, 100, 105, 105))

        with pytest.raises(EmptyDrawingError, match=r"^that is only a dot: draw a larger digit$"):
            to_digit(picture)

    def test_digits_have_the_size_and_the_centre_that_mnist_gives_them(self, dataset):
        for image in dataset.test_images[:200]:
            digit = to_digit(black_on_white(image)).digit

            rows, columns = np.nonzero(digit)
            assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
            assert centre_of_mass(digit) == pytest.approx((14, 14), abs=0.51)

    @pytest.mark.parametrize("slug", ["mlp-256", "mlp-512"])
    def test_mnist_drawn_on_paper_is_read_nearly_as_well_as_mnist(
        self, slug, redrawn_digits, baseline_networks, dataset
    ):
        labels = dataset.test_labels[:1_000]

        def accuracy(images: np.ndarray) -> float:
            answers = baseline_networks[slug].probabilities(images).argmax(axis=1)
            return float(np.mean(answers == labels))

        assert accuracy(redrawn_digits) >= accuracy(dataset.test_images[:1_000]) - 0.01


@pytest.fixture(scope="module")
def redrawn_digits(dataset) -> np.ndarray:
    """The first 1,000 test images, drawn dark on bright at 280 px and read back."""
    return np.stack(
        [to_digit(black_on_white(image)).digit for image in dataset.test_images[:1_000]]
    )


class TestToDigitNaively:
    def test_the_whole_picture_is_squeezed_and_nothing_else(self):
        grey = np.zeros((56, 112), np.uint8)
        grey[:2, :4] = [[0, 100, 200, 100], [100, 0, 50, 250]]  # the mean is 100

        squeezed = to_digit_naively(Image.fromarray(grey))

        assert squeezed.shape == (28, 28)
        assert squeezed.dtype == np.uint8
        assert squeezed[0, 0] == squeezed.sum() == 100

    def test_black_on_white_stays_black_on_white(self, dataset):
        image = dataset.test_images[0]

        np.testing.assert_array_equal(to_digit_naively(black_on_white(image)), 255 - image)

    def test_a_blank_picture_is_no_failure(self):
        assert to_digit_naively(Image.new("L", (280, 280), 255)).min() == 255
