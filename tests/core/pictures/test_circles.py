"""Circles that touch their digit."""

import cv2
import numpy as np
import pytest

from mnist_core.pictures.circles import find_circles


def drawn(*strokes: list[tuple[int, int]], axes: tuple[int, int] = (100, 100)) -> np.ndarray:
    """A ring in 300 x 300 px, and strokes 12 px thick."""
    ink = np.zeros((300, 300), np.uint8)
    cv2.ellipse(ink, (150, 150), axes, 0, 0, 360, 255, 5)
    for stroke in strokes:
        cv2.polylines(ink, [np.array(stroke)], False, 255, 12)
    return ink > 0


SEVEN = [(90, 80), (200, 80), (140, 240)]  # from the ring to the ring


@pytest.mark.parametrize("axes", [(100, 100), (112, 98)])
def test_a_circle_is_found_and_what_it_holds_stays(axes):
    is_ink = drawn(SEVEN, axes=axes)
    alone = is_ink & ~drawn(axes=axes)

    circle = find_circles(is_ink)

    assert circle[150, 150 - axes[0]]
    assert circle[150, 150 + axes[0]]
    assert not circle[100:200, 100:200].any()
    assert (circle & alone).sum() <= 0.1 * alone.sum()


@pytest.mark.parametrize(
    "is_ink",
    [drawn(), drawn(axes=(60, 100)), drawn([(80, 220), (220, 80)], axes=(100, 100))],
    ids=["ring", "zero", "slash"],
)
def test_a_ring_with_nothing_or_a_slash_in_it_is_a_0(is_ink):
    assert not find_circles(is_ink).any()


def test_a_small_ring_is_a_loop_of_a_digit():
    is_ink = np.zeros((1_000, 1_000), bool)
    is_ink[350:650, 350:650] = drawn(SEVEN)
    is_ink = np.pad(is_ink, 400)

    assert not find_circles(is_ink).any()
