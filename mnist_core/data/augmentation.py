"""Distorted copies of the training images: the same digits, as others might have written them.

Shift, rotation and zoom, and the elastic distortion of Simard, Steinkraus and Platt, "Best
Practices for Convolutional Neural Networks Applied to Visual Document Analysis" (ICDAR 2003).
Every distortion is a map: for each pixel of the new image it gives the place in the old one where
its value is looked up.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import IMAGE_SIZE, FloatArray, Images
from mnist_core.settings.config import Augmentation

_ELASTIC_SIGMA: Final = 4.0  # pixels; Simard's
_N_WAVES: Final = 6  # of 28 along each axis; the others hold 0.1 % of the variance

_CENTRE: Final = (IMAGE_SIZE - 1) / 2
# Images warped in one call: OpenCV counts rows in 16 bits, and each image takes 30 rows.
_BLOCK: Final = 1_000
_MAX_HALVINGS: Final = 5
_MARGIN: Final = 0.1  # pixels

_IS_BORDER: Final = np.pad(
    np.zeros((IMAGE_SIZE - 2, IMAGE_SIZE - 2), dtype=bool), 1, constant_values=True
)


class Distorter:
    """Distorts the same images again and again, differently each time; no digit leaves the frame.

    Args:
        images: uint8, shape (n, 28, 28).
        augmentation: How strong each distortion may be.
    """

    def __init__(self, images: Images, augmentation: Augmentation) -> None:
        self._images = images
        self._augmentation = augmentation
        self._basis = _basis(augmentation)
        self._ink_boxes = _ink_boxes(images)

    def distort(self, *, seed: Sequence[int]) -> Images:
        """Return new images, each distorted in its own way, in the same order.

        Args:
            seed: Integers of at least 0; the same ones give the same distortions.
        """
        n_images = len(self._images)
        rng = np.random.default_rng(seed)
        factors = _draw(n_images, self._augmentation, len(self._basis), rng)
        distorted = np.empty_like(self._images)
        for start in range(0, n_images, _BLOCK):
            block = slice(start, start + _BLOCK)
            kept = _keep_inside(self._ink_boxes[:, :, block], factors[:, block], self._basis)
            distorted[block] = _warp(self._images[block], kept @ self._basis)
        return distorted


def _basis(augmentation: Augmentation) -> FloatArray:
    """Return the functions whose weighted sum is a map: 1, x, y and, if elastic, smooth waves.

    Shape (3 or 39, 784). White noise smoothed by a Gaussian, as Simard draws his displacements, is
    the same as a few random numbers times the waves that survive the smoothing: the left singular
    vectors of the filter's matrix, each multiplied by its singular value.
    """
    place = np.arange(IMAGE_SIZE, dtype=np.float64) - _CENTRE
    x, y = np.meshgrid(place, place)
    affine = np.stack([np.ones_like(x), x, y]).reshape(3, -1)
    if not augmentation.elastic:
        return affine.astype(np.float32)
    distance = place[:, np.newaxis] - place
    vectors, values, _ = np.linalg.svd(np.exp(-(distance**2) / (2 * _ELASTIC_SIGMA**2)))
    waves = vectors[:, :_N_WAVES] * values[:_N_WAVES]
    # Scaled so that displacements in the middle of the image have a standard deviation of 1.
    waves /= np.sqrt((waves[IMAGE_SIZE // 2] ** 2).sum())
    products = np.einsum("yi,xj->ijyx", waves, waves).reshape(_N_WAVES**2, -1)
    return np.concatenate([affine, products]).astype(np.float32)


def _draw(
    n_images: int, augmentation: Augmentation, n_terms: int, rng: np.random.Generator
) -> FloatArray:
    """Draw the factors of the basis functions, shape (2, n_images, n_terms): for x, for y."""

    def within(strength: float) -> NDArray[np.float64]:
        return rng.uniform(-strength, strength, n_images)

    angle = np.radians(within(augmentation.rotation))
    scale = 1 / (1 + within(augmentation.zoom))  # a larger digit is looked up in a smaller area
    cosine, sine = np.cos(angle) * scale, np.sin(angle) * scale
    affine = [
        [_CENTRE + within(augmentation.shift), cosine, -sine],
        [_CENTRE + within(augmentation.shift), sine, cosine],
    ]
    waves = rng.standard_normal((2, n_images, n_terms - 3), dtype=np.float32)
    waves *= augmentation.elastic
    affine_terms = np.moveaxis(np.array(affine, dtype=np.float32), 1, 2)
    return np.concatenate([affine_terms, waves], axis=2)


def _keep_inside(ink_boxes: FloatArray, factors: FloatArray, basis: FloatArray) -> FloatArray:
    """Halve each distortion that pushes a digit out of the frame, until it no longer does.

    A digit is inside when no pixel on the border of the new image is looked up in the box around
    the ink of the old one. What five halvings do not bring inside is not distorted at all.
    """
    border = basis[:, _IS_BORDER.ravel()]
    identity = np.zeros((2, 1, len(basis)), dtype=np.float32)
    identity[:, 0, 0] = _CENTRE
    identity[0, 0, 1] = identity[1, 0, 2] = 1
    low, high = ink_boxes[..., np.newaxis]
    kept = factors.copy()
    doubtful = np.arange(factors.shape[1])
    for share in (*[0.5] * _MAX_HALVINGS, 0.0):
        places = kept[:, doubtful] @ border
        is_in_box = ((places > low[:, doubtful]) & (places < high[:, doubtful])).all(axis=0)
        doubtful = doubtful[is_in_box.any(axis=1)]
        kept[:, doubtful] = identity + share * (kept[:, doubtful] - identity)
    return kept


def _ink_boxes(images: Images) -> FloatArray:
    """Return the boxes around the ink, shape (2, 2, n): low and high, each for x and y."""
    low, high = [], []
    for axis in (1, 2):  # over the rows, for x; over the columns, for y
        has_ink: NDArray[np.bool] = np.any(images, axis=axis)
        low.append(has_ink.argmax(axis=1))
        high.append(IMAGE_SIZE - 1 - has_ink[:, ::-1].argmax(axis=1))
    # A little wider, since OpenCV rounds places to 1/32 pixel, but never beyond the frame.
    boxes = np.array([np.array(low) - _MARGIN, np.array(high) + _MARGIN], dtype=np.float32)
    return np.clip(boxes, 0, IMAGE_SIZE - 1)


def _warp(images: Images, maps: FloatArray) -> Images:
    """Look up images (n, 28, 28) at the places (2, n, 784), interpolating between pixels."""
    n_images = len(images)
    # One tall picture, with an empty row above and below each image, warped in one call.
    height = IMAGE_SIZE + 2
    stack = np.pad(images, ((0, 0), (1, 1), (0, 0))).reshape(-1, IMAGE_SIZE)
    x, y = (coordinate.reshape(-1, IMAGE_SIZE) for coordinate in maps)
    first_rows = height * np.arange(n_images, dtype=np.float32) + 1
    y = np.clip(y, -1, IMAGE_SIZE) + np.repeat(first_rows, IMAGE_SIZE)[:, np.newaxis]
    warped: Images = cv2.remap(stack, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return warped.reshape(images.shape)
