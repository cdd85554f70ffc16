"""Masks: which pixels of a picture belong to something."""

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]  # shape (height, width)


def widened(mask: Mask, margin: int) -> Mask:
    """Return a mask with so many px more on each side."""
    kernel = np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)
    wider: Mask = cv2.dilate(mask.astype(np.uint8), kernel) > 0
    return wider


def within(mask: Mask, area: Mask) -> Mask:
    """Return the connected components of a mask that lie in an area and nowhere leave it."""
    n_labels, labels = cv2.connectedComponents(mask.astype(np.uint8))
    leaves = np.zeros(n_labels, np.bool_)
    leaves[labels[~area]] = True
    inside: Mask = mask & ~leaves[labels]
    return inside


def outlines(mask: Mask) -> tuple[NDArray[np.int32], ...]:
    """Return the outline of each piece that no other is around, as OpenCV gives them."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return tuple(contours)


def n_pieces(mask: Mask) -> int:
    """Return how many connected components a mask has."""
    return int(cv2.connectedComponents(mask.astype(np.uint8))[0]) - 1


def longer_sides(stats: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the longer side, in px, of each component that OpenCV describes by a row."""
    longer: NDArray[np.int32] = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    return longer
