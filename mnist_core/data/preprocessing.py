"""From pixels to what the network receives. Training and drawing share these functions."""

import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import IMAGE_SIZE, MAX_PIXEL, N_CLASSES, N_INPUTS, Images
from mnist_core.errors import InvalidImageError, InvalidLabelsError
from mnist_core.i18n import N_


def flatten(images: Images) -> Images:
    """Lay the rows of each image one after the other: (n, 28, 28) to (n, 784), same dtype.

    Raises:
        InvalidImageError: The images are not of shape (n, 28, 28).
    """
    if images.ndim != 3 or images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
        raise InvalidImageError(
            N_("images must have the shape (n, {size}, {size}), got {shape}"),
            size=IMAGE_SIZE,
            shape=images.shape,
        )
    return images.reshape(len(images), N_INPUTS)


def normalise(images: Images) -> NDArray[np.float32]:
    """Turn uint8 images into the network's input x: float32 of shape (n, 784), 0..1.

    Raises:
        InvalidImageError: The images are not uint8 of shape (n, 28, 28).
    """
    if images.dtype != np.uint8:
        raise InvalidImageError(
            N_("images must be whole numbers 0 to 255 (uint8), got {dtype}"), dtype=images.dtype
        )
    return flatten(images).astype(np.float32) / np.float32(MAX_PIXEL)


def one_hot(labels: NDArray[np.integer], *, n_classes: int = N_CLASSES) -> NDArray[np.float32]:
    """Write each label as a row of zeros with a single one: float32 of shape (n, n_classes).

    Raises:
        InvalidLabelsError: A label is outside 0..n_classes-1.
    """
    check_labels(labels, n_classes=n_classes)
    rows: NDArray[np.float32] = np.eye(n_classes, dtype=np.float32)[labels]
    return rows


def check_labels(labels: NDArray[np.integer], *, n_classes: int = N_CLASSES) -> None:
    """Check that every label is a digit from 0 to n_classes-1.

    Raises:
        InvalidLabelsError: One is not; the message names it.
    """
    outside = labels[(labels < 0) | (labels >= n_classes)]
    if outside.size:
        raise InvalidLabelsError(
            N_("labels must be digits from 0 to {highest}, got {value}"),
            highest=n_classes - 1,
            value=int(outside[0]),
        )
