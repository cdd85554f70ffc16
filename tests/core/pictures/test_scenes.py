"""Pictures as people give them: their digits among lines, on desks, in windows."""

import difflib

import numpy as np
import pytest

from mnist_core.pictures.sheet import Sheet, find_digits
from tests import scenes

SEEDS = (3, 14, 27, 44)  # two drawings, with a usual and a thin pen, and two digits of MNIST


def read(sheet: Sheet, network) -> list[int]:
    digits = np.stack([digit.digit for digit in sheet.digits])
    return network.probabilities(digits).argmax(axis=1).tolist()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", scenes.SCENES)
def test_the_digit_of_a_scene_is_read(name, seed, baseline_networks):
    glyph = scenes.glyphs()[seed]

    sheet = find_digits(scenes.SCENES[name](glyph, seed))

    assert read(sheet, baseline_networks["best-mlp"]) == [glyph.label]


@pytest.mark.parametrize("name", scenes.SHEETS)
def test_the_digits_of_a_sheet_are_read_in_order(name, baseline_networks):
    labels = [glyph.label for glyph in scenes.glyphs()[-scenes.N_ON_SHEET :]]

    sheet = find_digits(scenes.SHEETS[name](1))

    assert len(sheet.digits) == scenes.N_ON_SHEET
    answers = read(sheet, baseline_networks["best-mlp"])
    matches = difflib.SequenceMatcher(None, answers, labels, autojunk=False).get_matching_blocks()
    assert sum(match.size for match in matches) >= 28
