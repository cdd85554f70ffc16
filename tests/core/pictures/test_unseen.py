"""Digits written as MNIST has none."""

import math

import numpy as np
import pytest
from PIL import Image

from mnist_core.pictures.sheet import find_digits
from mnist_core.pictures.strokes import draw_strokes
from mnist_core.pictures.unseen import Unseen, unseen_kind
from tests.strokes import DRAWINGS

RING = [
    (140 + 70 * math.sin(angle / 20 * math.pi), 140 + 100 * math.cos(angle / 20 * math.pi))
    for angle in range(41)
]
SLASH = [(77, 220), (203, 60)]
UPSTROKE = [(80, 160), (150, 50), (150, 240)]
FLAG = [(120, 80), (150, 50), (150, 240)]
SEVEN = [(80, 50), (190, 50), (130, 240)]
OPEN_FOUR = ([(120, 50), (70, 150), (200, 150)], [(150, 60), (150, 240)])


def drawn(*strokes, pen):
    picture = Image.fromarray(draw_strokes(strokes, pen=pen, side=280))
    return find_digits(picture, is_one=True).digits[0]


@pytest.mark.parametrize("pen", [8, 18])
class TestKinds:
    def test_a_slash_through_a_0(self, pen):
        assert drawn(RING, SLASH, pen=pen).unseen is Unseen.SLASHED_0
        assert drawn(RING, pen=pen).unseen is None

    def test_a_1_with_a_long_upstroke(self, pen):
        assert drawn(UPSTROKE, pen=pen).unseen is Unseen.LONG_1
        assert drawn(FLAG, pen=pen).unseen is None

    def test_what_looks_similar_is_known(self, pen):
        assert drawn(SEVEN, pen=pen).unseen is None
        assert drawn(*OPEN_FOUR, pen=pen).unseen is None

    def test_its_reading_is_unsure(self, pen):
        assert drawn(RING, SLASH, pen=pen).is_unsure
        assert not drawn(RING, pen=pen).is_unsure


def test_nearly_all_of_mnist_is_known(dataset):
    n_unseen = sum(unseen_kind(image) is not None for image in dataset.test_images[:2_000])

    assert n_unseen <= 4


@pytest.mark.parametrize("drawing", DRAWINGS, ids=str)
def test_usual_handwriting_is_known(drawing):
    assert find_digits(drawing.picture()).digits[0].unseen is None


def test_nothing_at_all_is_no_kind():
    assert unseen_kind(np.zeros((28, 28), np.uint8)) is None
