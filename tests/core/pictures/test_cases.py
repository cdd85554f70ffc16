"""Pictures that people gave and that were once read wrongly, or not at all."""

from pathlib import Path

import numpy as np
import pytest

from mnist_core.pictures.files import read_picture
from mnist_core.pictures.sheet import find_digits

CASES = Path(__file__).parent / "cases"
READINGS = {
    "mpo_as_phones_write.jpg": "7",
    "desk1_5.jpg": "5",
    "lined_scan_3.png": "3",
    "sheet_lined_pale_scan.png": "95451 56543 77455 52757 79704 87651",
    "box_scan_5.png": "5",
    "underline_5.png": "5",
    "titlebar_5.png": "5",
    "a4_one_small_3.png": "3",
    "rounded_corners_8.png": "8",
    "eight_by_eight_3.png": "3",
    "a4_3_and_7.png": "37",
    "red_on_blue_3.png": "3",
    "photo.jfif": "7",
    "no_eoi.jpg": "7",
    "airbrush_3.png": "3",
}


def test_every_case_has_its_right_value():
    assert {path.name for path in CASES.iterdir()} == set(READINGS)


@pytest.mark.parametrize("name", READINGS)
def test_a_case_is_read_right(name, baseline_networks):
    sheet = find_digits(read_picture(CASES / name))

    digits = np.stack([digit.digit for digit in sheet.digits])
    answers = baseline_networks["best-mlp"].probabilities(digits).argmax(axis=1)
    lines: dict[int, str] = {}
    for digit, answer in zip(sheet.digits, answers, strict=True):
        lines[digit.line] = lines.get(digit.line, "") + str(answer)
    assert " ".join(lines.values()) == READINGS[name]
    assert not any(digit.is_unsure for digit in sheet.digits)
