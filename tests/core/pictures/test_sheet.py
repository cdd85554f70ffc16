"""Several digits on one sheet: where they are, in which order, and which of them touch."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_core.errors import EmptyDrawingError, InvalidImageError
from mnist_core.pictures.blobs import MAX_BLOBS
from mnist_core.pictures.box import Box
from mnist_core.pictures.grey import to_grey
from mnist_core.pictures.paper import sort_ink
from mnist_core.pictures.sheet import find_digits, read_sheet
from mnist_core.pictures.steps import Step, take_steps, to_digit
from tests.calls import count_calls
from tests.core.samples import black_on_white, photographed_paper

SIDE = 84  # px of a MNIST image on the sheet, three for one


def sheet_of(images, places, *, shape=(500, 900)) -> np.ndarray:
    """Ink of MNIST images, bright on black, each with its top left corner at (row, column)."""
    ink = np.zeros(shape, np.uint8)
    for image, (top, left) in zip(images, places, strict=True):
        enlarged = Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        area = ink[top : top + SIDE, left : left + SIDE]
        np.maximum(area, np.asarray(enlarged), out=area)
    return ink


def on_paper(ink: np.ndarray) -> Image.Image:
    return Image.fromarray(255 - ink)


def grid(n_lines: int, n_columns: int, *, skew: float = 0.0) -> list[tuple[int, int]]:
    """Places in reading order; `skew` px further down for each px to the right."""
    return [
        (20 + 110 * line + round(skew * 86 * column), 10 + 86 * column)
        for line in range(n_lines)
        for column in range(n_columns)
    ]


def read(sheet, network) -> list[int]:
    digits = np.stack([digit.digit for digit in sheet.digits])
    return network.probabilities(digits).argmax(axis=1).tolist()


@pytest.mark.parametrize("skew", [0.0, 0.06, -0.02])
def test_digits_are_found_line_by_line_from_left_to_right(skew, dataset, baseline_networks):
    places = grid(4, 10, skew=skew)
    images, labels = dataset.test_images[:40], dataset.test_labels[:40]

    sheet = read_sheet(on_paper(sheet_of(images, places)))

    assert [digit.line for digit in sheet.digits] == [line for line in range(4) for _ in range(10)]
    assert not any(digit.is_unsure for digit in sheet.digits)
    for (top, left), digit in zip(places, sheet.digits, strict=True):
        assert top <= digit.box.top < digit.box.bottom <= top + SIDE
        assert left <= digit.box.left < digit.box.right <= left + SIDE
    answers = read(sheet, baseline_networks["best-mlp"])
    assert np.mean(np.array(answers) == labels) >= 0.95


def test_a_box_goes_to_the_last_pixel_of_ink(dataset):
    ink = np.zeros((200, 300), np.uint8)
    ink[40:120, 50:60] = 255
    ink[30:120, 150:162] = 255

    sheet = read_sheet(on_paper(ink))

    assert [digit.box for digit in sheet.digits] == [Box(40, 50, 120, 60), Box(30, 150, 120, 162)]
    assert sheet.is_dark_on_bright


def test_bright_ink_on_a_dark_sheet_is_found_too(dataset):
    ink = sheet_of(dataset.test_images[:10], grid(1, 10))

    sheet = read_sheet(Image.fromarray(ink))

    assert not sheet.is_dark_on_bright
    assert len(sheet.digits) == 10


def test_a_photographed_sheet_is_read(dataset, baseline_networks):
    places = [(20 + 110 * line, 20 + 90 * column) for line in range(4) for column in range(5)]
    ink = sheet_of(dataset.test_images[:20], places, shape=(500, 500))
    grey = np.clip(photographed_paper(500) - 0.4 * ink, 0, 255).astype(np.uint8)

    sheet = read_sheet(Image.fromarray(grey))

    assert len(sheet.digits) == 20
    answers = read(sheet, baseline_networks["best-mlp"])
    assert np.mean(np.array(answers) == dataset.test_labels[:20]) >= 0.95


def stroke_sheet(*strokes: list[tuple[int, int]], width: int = 8) -> Image.Image:
    """Strokes drawn by hand beside two plain digits 1 that say how high a digit is."""
    picture = Image.new("L", (600, 200), 255)
    pen = ImageDraw.Draw(picture)
    for stroke in (*strokes, [(400, 40), (400, 140)], [(500, 40), (500, 140)]):
        pen.line(stroke, fill=0, width=width)
    return picture


def test_the_two_strokes_of_a_five_are_one_digit():
    body = [(60, 50), (60, 90), (100, 95), (105, 130), (60, 140)]
    hat = [(72, 42), (115, 38)]

    sheet = read_sheet(stroke_sheet(body, hat))

    assert len(sheet.digits) == 3
    five = sheet.digits[0].box
    assert five.left <= 60
    assert five.right >= 114
    assert not sheet.digits[0].is_unsure


def test_a_four_of_two_strokes_is_one_digit():
    sheet = read_sheet(stroke_sheet([(60, 40), (50, 100), (85, 100)], [(96, 50), (96, 140)]))

    assert len(sheet.digits) == 3


def test_a_stroke_broken_in_two_is_one_digit():
    sheet = read_sheet(stroke_sheet([(60, 40), (60, 84)], [(62, 96), (62, 140)]))

    assert len(sheet.digits) == 3


def test_ones_that_stand_close_are_two_digits():
    sheet = read_sheet(stroke_sheet([(60, 40), (60, 140)], [(76, 40), (76, 140)]))

    assert len(sheet.digits) == 4


def test_digits_below_each_other_are_two_digits():
    ink = np.zeros((300, 300), np.uint8)
    ink[20:100, 100:110] = ink[120:200, 100:110] = 255

    sheet = read_sheet(on_paper(ink))

    assert [digit.line for digit in sheet.digits] == [0, 1]


def test_specks_dashes_and_blots_are_no_digits():
    picture = stroke_sheet([(60, 40), (60, 140)])
    pen = ImageDraw.Draw(picture)
    pen.rectangle((200, 100, 208, 108), fill=0)
    pen.line([(130, 60), (160, 60)], fill=0, width=8)  # a dash
    pen.circle((300, 90), 24, fill=0)  # a blot as large as a digit

    assert len(read_sheet(picture).digits) == 3


def test_the_ink_of_a_neighbour_in_its_box_is_not_part_of_a_digit():
    corner = [(60, 40), (60, 140), (100, 140)]
    slanting = [(150, 40), (92, 122)]  # it ends in the box of the corner, apart from it

    sheet = read_sheet(stroke_sheet(corner, slanting))

    assert len(sheet.digits) == 4
    alone = read_sheet(stroke_sheet(corner))
    np.testing.assert_array_equal(sheet.digits[0].digit, alone.digits[0].digit)


@pytest.mark.parametrize("pair", [(0, 1), (3, 18), (11, 13), (7, 9), (30, 31)])
def test_two_digits_that_touch_are_unsure(pair, dataset):
    others = dataset.test_images[40:44]
    images = [*dataset.test_images[list(pair)], *others]
    places = [(50, 50), (50, 100), *((50, 300 + 90 * column) for column in range(4))]
    ink = sheet_of(images, places, shape=(200, 700))
    ink[84:98, 60:180] = 255  # a stroke that joins them, too thick for a rule

    sheet = read_sheet(on_paper(ink))

    assert [digit.is_unsure for digit in sheet.digits] == [True, False, False, False, False]


def test_two_lines_that_touch_are_unsure():
    ink = np.zeros((300, 300), np.uint8)
    ink[20:180, 100:110] = ink[20:100, 150:160] = ink[20:100, 200:210] = 255

    sheet = read_sheet(on_paper(ink))

    assert [digit.is_unsure for digit in sheet.digits] == [True, False, False]


def test_an_empty_sheet_asks_for_digits():
    with pytest.raises(EmptyDrawingError, match=r"^no digit was found"):
        read_sheet(Image.new("L", (400, 300), 255))


def test_a_sheet_with_only_a_blot_asks_for_digits():
    picture = Image.new("L", (400, 300), 255)
    ImageDraw.Draw(picture).circle((200, 150), 40, fill=0)

    with pytest.raises(EmptyDrawingError, match=r"^no digit was found"):
        read_sheet(picture)


def test_a_page_of_ink_splashes_is_refused():
    splash = np.pad(np.full((12, 12), 255, np.uint8), 10)
    ink = np.tile(splash, (30, 30))
    assert MAX_BLOBS < 30 * 30

    with pytest.raises(InvalidImageError, match=r"^the picture has more than 500 pieces of ink"):
        read_sheet(on_paper(ink))


def test_who_knows_the_paper_can_say_so(dataset):
    ink = sheet_of(dataset.test_images[:10], grid(1, 10))

    assert not read_sheet(Image.fromarray(ink)).is_dark_on_bright
    assert read_sheet(Image.fromarray(ink), is_dark_on_bright=True).is_dark_on_bright


def test_a_bright_frame_around_a_dark_sheet_is_no_paper(dataset):
    ink = sheet_of(dataset.test_images[:10], grid(1, 10))
    framed = ink.copy()
    framed[:8] = framed[-8:] = framed[:, :8] = framed[:, -8:] = 255

    sheet, bare = read_sheet(Image.fromarray(framed)), read_sheet(Image.fromarray(ink))

    assert not sheet.is_dark_on_bright
    for one, other in zip(sheet.digits, bare.digits, strict=True):
        np.testing.assert_array_equal(one.digit, other.digit)


def test_what_is_left_out_fades(dataset):
    ink = sheet_of(dataset.test_images[:10], grid(1, 10))
    ink[200:204] = 255  # a rule
    sheet = read_sheet(on_paper(ink))

    assert sheet.has_more
    assert set(sheet.faded[201]) == {204}
    np.testing.assert_array_equal(sheet.faded[:190], sheet.grey[:190])
    assert not read_sheet(on_paper(sheet_of(dataset.test_images[:10], grid(1, 10)))).has_more


class TestFindDigits:
    def test_a_single_digit_is_read_from_the_whole_picture(self, dataset):
        picture = black_on_white(dataset.test_images[0])

        sheet = find_digits(picture)

        (digit,) = sheet.digits
        np.testing.assert_array_equal(digit.steps.scan.grey, np.asarray(picture))
        assert sheet.is_dark_on_bright
        np.testing.assert_array_equal(digit.digit, to_digit(picture).digit)

    def test_its_box_is_that_of_the_ink(self):
        ink = np.zeros((200, 300), np.uint8)
        ink[40:120, 50:60] = 255

        (digit,) = find_digits(on_paper(ink)).digits

        assert digit.box == Box(40, 50, 120, 60)

    def test_several_digits_are_those_of_the_sheet(self, dataset):
        picture = on_paper(sheet_of(dataset.test_images[:10], grid(1, 10)))

        found, sheet = find_digits(picture), read_sheet(picture)

        assert [each.box for each in found.digits] == [each.box for each in sheet.digits]
        for each in found.digits:
            cut_out = Image.fromarray(each.steps.scan.grey)
            again = to_digit(cut_out, is_dark_on_bright=found.is_dark_on_bright)
            np.testing.assert_array_equal(again.digit, each.digit)

    @pytest.mark.parametrize("is_dark", [True, False])
    def test_each_is_cut_out_of_the_picture_without_its_neighbours(self, is_dark):
        ink = np.zeros((200, 300), np.uint8)
        ink[40:140, 100:110] = ink[40:140, 118:128] = ink[40:140, 220:230] = 255

        found = find_digits(on_paper(ink) if is_dark else Image.fromarray(ink))

        cut = found.digits[0].steps.scan.grey
        alone = np.zeros((150, 60), np.uint8)  # a quarter of its height of paper around it
        alone[25:125, 25:35] = 255
        np.testing.assert_array_equal(cut, 255 - alone if is_dark else alone)

    def test_who_says_that_it_is_one_digit_gets_all_ink_together(self):
        ink = np.zeros((200, 300), np.uint8)
        ink[40:120, 50:60] = ink[40:120, 150:160] = 255

        (digit,) = find_digits(on_paper(ink), is_one=True).digits

        assert digit.box == Box(40, 50, 120, 160)
        assert not digit.is_unsure

    def test_what_is_wide_for_one_digit_is_unsure(self):
        ink = np.zeros((200, 300), np.uint8)
        ink[40:120, 50:60] = ink[40:120, 170:180] = ink[74:86, 50:180] = 255

        (digit,) = find_digits(on_paper(ink)).digits

        assert digit.is_unsure

    def test_which_of_ink_and_paper_is_darker_can_be_said(self, dataset):
        picture = Image.fromarray(dataset.test_images[0]).resize((280, 280))

        assert not find_digits(picture).is_dark_on_bright
        assert find_digits(picture, is_dark_on_bright=True).is_dark_on_bright

    def test_a_dot_is_said_to_be_a_dot(self):
        picture = Image.new("L", (200, 200), 255)
        ImageDraw.Draw(picture).circle((100, 100), 9, fill=0)

        with pytest.raises(EmptyDrawingError, match=r"^that is only a dot"):
            find_digits(picture)

    def test_an_empty_picture_asks_for_a_digit(self):
        with pytest.raises(EmptyDrawingError, match=r"^no digit was found"):
            find_digits(Image.new("L", (200, 200), 255))


class TestOneReading:
    """Nothing of a picture is computed twice."""

    def test_a_picture_of_one_digit_is_read_once(self, dataset, monkeypatch):
        counts = count_calls(monkeypatch, to_grey, sort_ink, take_steps)

        (digit,) = find_digits(black_on_white(dataset.test_images[0])).digits

        assert counts == {"to_grey": 1, "sort_ink": 1, "take_steps": 1}
        assert digit.digit is digit.steps.digit

    def test_of_a_sheet_each_digit_is_read_once_more_alone(self, dataset, monkeypatch):
        sheet = on_paper(sheet_of(dataset.test_images[:10], grid(1, 10)))
        counts = count_calls(monkeypatch, to_grey, sort_ink, take_steps)

        assert len(find_digits(sheet).digits) == 10

        assert counts == {"to_grey": 1, "sort_ink": 11, "take_steps": 10}

    def test_what_a_sheet_keeps_shares_its_memory(self, dataset):
        sheet = find_digits(on_paper(sheet_of(dataset.test_images[:10], grid(1, 10))))

        for digit in sheet.digits:
            assert np.shares_memory(digit.steps.scan.grey, sheet.grey)
            assert np.shares_memory(digit.steps.cropped, digit.steps.scan.ink)


def test_what_is_far_from_the_only_digit_is_left_out_and_shown_so(dataset):
    image = dataset.test_images[0]
    places = [(200, 400)]
    alone = on_paper(sheet_of([image], places))
    punched = alone.copy()
    for y in (80, 420):
        ImageDraw.Draw(punched).circle((40, y), 18, fill=60)

    sheet = find_digits(punched)

    (digit,) = sheet.digits
    np.testing.assert_array_equal(digit.digit, find_digits(alone).digits[0].digit)
    assert sheet.has_more
    assert sheet.left_out[80, 40]
    assert digit.steps.ink[420, 40]
    assert not digit.steps.alone[:, :100].any()
    with_all = take_steps(digit.steps.scan, frozenset(Step) - {Step.ALONE})
    assert with_all.cropped.shape[1] > 3 * digit.steps.cropped.shape[1]


def test_a_filled_shape_is_shown_weaker_than_the_digit_that_is_cut_out_of_it():
    picture = Image.new("L", (600, 600), 255)
    pen = ImageDraw.Draw(picture)
    pen.circle((300, 300), 110, fill=40)
    pen.line([(270, 250), (330, 250), (290, 350)], fill=255, width=14)

    sheet = find_digits(picture)

    steps = sheet.digits[0].steps
    assert steps.ink[250, 300] == 255
    assert steps.ink[300, 220] == 127
    assert steps.alone[300, 220] == 0
    assert sheet.left_out[300, 220]
    assert not sheet.left_out[250, 300]
