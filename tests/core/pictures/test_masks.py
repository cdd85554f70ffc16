"""Masks of pictures."""

import cv2
import numpy as np

from mnist_core.pictures.masks import longer_sides, n_pieces, widened, within


def test_a_mask_is_widened_on_each_side():
    mask = np.zeros((7, 9), bool)
    mask[3, 4] = True

    wider = widened(mask, 2)

    assert wider.sum() == 25
    assert wider[1:6, 2:7].all()


def test_only_what_nowhere_leaves_an_area_is_within_it():
    mask = np.zeros((5, 9), bool)
    mask[1, 1:3] = mask[3, 1:8] = True
    area = np.zeros_like(mask)
    area[:, :5] = True

    inside = within(mask, area)

    assert inside[1, 1:3].all()
    assert inside.sum() == 2


def test_pieces_are_counted_and_measured():
    mask = np.zeros((9, 9), bool)
    mask[1, 1:4] = mask[4:9, 6:8] = True

    stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8))[2]

    assert n_pieces(mask) == 2
    assert longer_sides(stats).tolist() == [9, 3, 5]
    assert n_pieces(np.zeros((2, 2), bool)) == 0
