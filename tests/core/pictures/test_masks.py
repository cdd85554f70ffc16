"""Masks of pictures."""

import numpy as np

from mnist_core.pictures.masks import widened, within


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
