"""Captions of images."""

import numpy as np
import pytest

from mnist_core.data.dataset import DisputedLabel, load_disputed_labels
from mnist_core.data.parts import LabelledImages
from mnist_core.evaluation.answers import Answers, evaluate
from pages.ui.widgets import tile_captions

IMAGES = np.zeros((2, 28, 28), np.uint8)
LABELS = np.array([7, 2], np.uint8)


@pytest.fixture
def result() -> Answers:
    """The 7 is read right, the 2 as a 3."""
    probabilities = np.zeros((2, 10), np.float32)
    probabilities[0, 7] = 1
    probabilities[1, [2, 3]] = 0.25, 0.75
    return evaluate(probabilities, LABELS, first_index=10)


def test_a_label_stands_alone_where_no_index_is_given():
    titles = [(tile.title, tile.detail) for tile in tile_captions.labelled_tiles(IMAGES, LABELS)]

    assert titles == [("7", ""), ("2", "")]


def test_an_image_is_named_by_its_index():
    (_seven, two) = tile_captions.labelled_tiles(IMAGES, LABELS, indices=np.array([4, 9]))

    assert (two.index, two.detail, two.label) == (9, "· 9", "digit 2, image 9")


def test_a_neighbour_with_another_label_is_marked():
    same, other = tile_captions.neighbour_tiles(IMAGES, LABELS, [0, 1], expected=7)

    assert (same.title, same.mark) == ("7", "")
    assert (other.title, other.mark) == ("2 ≠ 7", "miss")


def test_a_miss_is_marked_and_tells_the_true_digit():
    probabilities = np.zeros((2, 10), np.float32)
    probabilities[0, 7], probabilities[1, [2, 3]] = 1, (0.25, 0.75)

    hit, miss = tile_captions.predicted_tiles(IMAGES, evaluate(probabilities, LABELS), [0, 1])

    assert (hit.title, hit.detail, hit.mark) == ("7 ✓", "100%", "")
    assert (miss.title, miss.detail, miss.mark) == ("2→3 ✗", "75%", "miss")


def test_an_examined_image_has_its_own_index_and_both_probabilities(result: Answers):
    images = LabelledImages(split="test", first_index=10, images=IMAGES, labels=LABELS)
    disputed: dict[int, DisputedLabel] = {11: load_disputed_labels()[0]}

    hit, miss = tile_captions.examined_tiles(images, result, [0, 1], disputed=disputed)

    assert (hit.index, hit.note, hit.badge) == (10, "7: 100.0%", "")
    assert (miss.index, miss.note, miss.badge) == (11, "3: 75.0% · 2: 25.0%", "?")
    assert miss.label.endswith("its label is disputed")
