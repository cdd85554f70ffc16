"""A sheet on a desk."""

import cv2
import numpy as np
import pytest

from mnist_core.pictures.desk import find_dark_sheet, find_sheet, spread_paper


def on_desk(*, desk: int = 60, paper: int = 220, ink: int = 40) -> np.ndarray:
    """A sheet of 300 x 200 px with a stroke on it, in a picture of 480 x 360 px."""
    grey = np.full((360, 480), desk, np.uint8)
    grey[80:280, 90:390] = paper
    grey[120:240, 230:242] = ink
    return grey


def test_the_sheet_is_what_is_even_and_bright():
    sheet = find_sheet(on_desk())

    assert sheet is not None
    assert sheet[100:260, 110:370].all()
    assert not sheet[:80].any()
    assert not sheet[:, :90].any()
    assert not sheet[280:].any()
    assert not sheet[:, 390:].any()


def test_a_sheet_that_lies_askew_is_found():
    turn = cv2.getRotationMatrix2D((240, 180), 8, 1)
    grey = cv2.warpAffine(on_desk(), turn, (480, 360), borderValue=60)

    sheet = find_sheet(grey)

    assert sheet is not None
    assert 0.75 < sheet.sum() / (300 * 200) < 1


@pytest.mark.parametrize("desk", [180, 150])
def test_a_shadow_is_no_desk(desk):
    assert find_sheet(on_desk(desk=desk)) is None


def test_a_sheet_with_nothing_on_it_is_ink():
    assert find_sheet(on_desk(ink=220)) is None


def test_a_picture_of_paper_alone_shows_no_desk():
    grey = np.full((300, 300), 220, np.uint8)
    grey[100:200, 140:150] = 40

    assert find_sheet(grey) is None
    assert find_dark_sheet(grey) is None


def test_a_thick_0_is_no_sheet():
    grey = np.zeros((280, 280), np.uint8)
    cv2.ellipse(grey, (140, 140), (70, 100), 0, 0, 360, 255, 50)

    assert find_sheet(grey) is None


def test_a_dark_canvas_in_a_bright_window_is_found():
    grey = 255 - on_desk(desk=10, paper=240, ink=30)

    sheet = find_dark_sheet(grey)

    assert find_sheet(grey) is None
    assert sheet is not None
    assert sheet[180, 236]


def test_the_desk_is_painted_over_with_the_paper_beside_it():
    grey = on_desk()
    grey[80:280, 90:240] = np.minimum(grey[80:280, 90:240], 200)
    sheet = find_sheet(grey)

    spread = spread_paper(grey, sheet)

    np.testing.assert_array_equal(spread[sheet], grey[sheet])
    assert spread[180, 0] == 200
    assert spread[180, -1] == 220


@pytest.mark.parametrize("find", [find_sheet, find_dark_sheet])
def test_a_round_plate_is_a_sheet_where_a_digit_is_written_on_it(find):
    grey = np.full((300, 300), 40, np.uint8)
    cv2.circle(grey, (150, 150), 120, 220, -1)
    plain = grey.copy()
    cv2.polylines(grey, [np.array([(100, 90), (190, 90), (140, 210)])], False, 30, 12)
    if find is find_dark_sheet:
        grey, plain = 255 - grey, 255 - plain

    sheet = find(grey)

    assert sheet is not None
    assert sheet[85:215, 95:195].all()
    assert not sheet[:20].any()
    assert find(plain) is None


def test_a_plate_that_the_rim_cuts_off_is_a_0_that_fills_its_picture():
    grey = np.full((300, 240), 40, np.uint8)
    cv2.ellipse(grey, (120, 150), (100, 160), 0, 0, 360, 220, -1)
    cv2.polylines(grey, [np.array([(80, 90), (160, 90), (110, 210)])], False, 30, 12)

    assert find_sheet(grey) is None
