"""The training images nearest to an image: by pixels, and by the activations of a hidden layer.

The activations of 60,000 images are searched by filter and refine (Seidl and Kriegel 1998,
"Optimal Multi-Step k-Nearest Neighbor Search"). The filter is a small copy, one byte a number,
which gives a lower bound of every distance; the activations themselves are computed only for the
few images whose bound is small enough. So the answer is exact, and an index takes 8 MB, where the
activations of 512 units would take 120 MB. Only for an image unlike any digit, and with a wide
layer, may the search end before it is certain: it refines at most 512 images.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import FloatArray, Images
from mnist_core.data.preprocessing import flatten, normalise
from mnist_core.network.forward import Network

Rows = NDArray[np.int64]
Codes = NDArray[np.uint8]

N_NEIGHBOURS: Final = 8

# The activations of wider layers are projected on so many directions.
_MAX_DIRECTIONS: Final = 128
# Images taken through the network at once while an index is made: few, so that others get their
# turn in between.
_BATCH: Final = 500
_SAMPLE: Final = 2_000  # images that directions and range are chosen by
_HIGHEST_CODE: Final = 255
_REFINED_AT_ONCE: Final = 64
_MAX_REFINED: Final = 512


def nearest_images(
    images: Images, image: Images, *, n: int = N_NEIGHBOURS, without: int | None = None
) -> Rows:
    """Find the images that differ least from one, by the Euclidean distance of their pixels.

    Args:
        images: Where to search, uint8, shape (m, 28, 28).
        image: What to compare with, uint8, shape (28, 28).
        n: How many to find.
        without: A row of `images` to leave out.

    Returns:
        Rows of `images`, nearest first; of equally near ones the lower row first.

    Raises:
        InvalidImageError: The images are not of these shapes.
    """
    n_asked = min(len(images), n if without is None else n + 1)
    _, rows = _nearest(flatten(image[np.newaxis]), flatten(images), n_asked)
    return _leave_out(rows, without)[:n]


def _nearest(query: Codes, codes: Codes, n: int) -> tuple[NDArray[np.int64], Rows]:
    """Return squared distances and rows of the n codes nearest to a query of shape (1, d)."""
    # In whole numbers, and on the thread of the caller: nothing waits for a busy core.
    squares, rows = cv2.batchDistance(query, codes, cv2.CV_32S, normType=cv2.NORM_L2SQR, K=n)
    return squares[0].astype(np.int64), rows[0].astype(np.int64)


def _leave_out(rows: Rows, without: int | None) -> Rows:
    return rows if without is None else rows[rows != without]


@dataclass(frozen=True, slots=True)
class _Encoder:
    """Turns activations into codes, one byte a number, that keep the distances nearly the same.

    Attributes:
        directions: Orthonormal columns, shape (units, n_directions), that activations are
            projected on; None where there is one code a unit.
        low: What code 0 stands for.
        step: What one more stands for.
    """

    directions: FloatArray | None
    low: float
    step: float

    @classmethod
    def fitted_to(cls, sample: FloatArray) -> "_Encoder":
        """Choose directions and range by the activations of a sample, shape (n, units)."""
        directions = _main_directions(sample) if sample.shape[1] > _MAX_DIRECTIONS else None
        projected = _project(sample, directions)
        low = float(projected.min())
        # Where all outputs are the same, any step will do.
        step = (float(projected.max()) - low) / _HIGHEST_CODE or 1.0
        return cls(directions, low, step)

    def encode(self, activations: FloatArray) -> tuple[Codes, FloatArray]:
        """Return the codes, and the largest error of a distance to each, float32, shape (n,)."""
        exact = (_project(activations, self.directions) - self.low) / self.step
        codes = np.clip(np.rint(exact), 0, _HIGHEST_CODE)
        error = self.step * np.linalg.norm(exact - codes, axis=1)
        return codes.astype(np.uint8), np.asarray(error, dtype=np.float32)


def _project(activations: FloatArray, directions: FloatArray | None) -> FloatArray:
    """Project on directions, so that distances become no longer, and keep the rest's length."""
    if directions is None:
        return activations
    projected = activations @ directions
    squared_rest = np.square(activations).sum(axis=1) - np.square(projected).sum(axis=1)
    return np.column_stack([projected, np.sqrt(np.maximum(squared_rest, 0))])


def _main_directions(sample: FloatArray) -> FloatArray:
    """Find the directions in which the sample varies most, by the randomised range finder.

    Halko, Martinsson and Tropp 2011, arXiv:0909.4061, with one power iteration.
    """
    rng = np.random.default_rng(0)
    directions = rng.standard_normal((sample.shape[1], _MAX_DIRECTIONS), dtype=np.float32)
    for _ in range(2):
        directions = np.linalg.qr(sample.T @ (sample @ directions)).Q
    # Turned at random, all have about the same range, so that one step suits them all.
    turn = rng.standard_normal((_MAX_DIRECTIONS, _MAX_DIRECTIONS), dtype=np.float32)
    return np.asarray(directions @ np.linalg.qr(turn).Q)


class HiddenIndex:
    """Finds the images that are nearest to one in the last hidden layer of a network.

    Making it takes the images through the network; it keeps about 8 MB for 60,000.

    Args:
        network: A network with at least one hidden layer.
        images: Where to search, uint8, shape (m, 28, 28), m at least 1.
    """

    def __init__(self, network: Network, images: Images) -> None:
        self._network = network
        self._images = images
        sample = images[:: max(1, len(images) // _SAMPLE)]
        self._encoder = _Encoder.fitted_to(
            np.concatenate([self._activations(sample[rows]) for rows in _batches(len(sample))])
        )
        codes, _ = self._encoder.encode(self._activations(images[:1]))
        self._codes = np.empty((len(images), codes.shape[1]), dtype=np.uint8)
        self._errors = np.empty(len(images), dtype=np.float32)
        for rows in _batches(len(images)):
            encoded = self._encoder.encode(self._activations(images[rows]))
            self._codes[rows], self._errors[rows] = encoded

    @property
    def n_bytes(self) -> int:
        """Memory that the index keeps, without the network and the images."""
        arrays = (self._codes, self._errors, self._encoder.directions)
        return sum(array.nbytes for array in arrays if array is not None)

    def nearest(self, image: Images, *, n: int = N_NEIGHBOURS, without: int | None = None) -> Rows:
        """Find the images whose activations are nearest, by Euclidean distance.

        Args:
            image: What to compare with, uint8, shape (28, 28).
            n: How many to find.
            without: A row of the images to leave out.

        Returns:
            Rows of the images, nearest first; of equally near ones the lower row first.

        Raises:
            InvalidImageError: The image is not uint8 of shape (28, 28).
        """
        activation = self._activations(image[np.newaxis])
        candidates, bounds = self._filter(activation, without)
        rows = np.empty(0, dtype=np.int64)
        distances = np.empty(0, dtype=np.float64)
        for start in range(0, len(candidates), _REFINED_AT_ONCE):
            if len(rows) == n and bounds[start] > distances[-1]:
                break
            more = candidates[start : start + _REFINED_AT_ONCE]
            rows = np.concatenate([rows, more])
            distances = np.concatenate([distances, self._distances(activation, more)])
            nearest = np.lexsort((rows, distances))[:n]
            rows, distances = rows[nearest], distances[nearest]
        return rows

    def _filter(self, activation: FloatArray, without: int | None) -> tuple[Rows, FloatArray]:
        """Return the rows that may be nearest, and what their distance is at least, ascending."""
        code, error = self._encoder.encode(activation)
        n = min(len(self._codes), _MAX_REFINED)
        squares, rows = _nearest(code, self._codes, n)
        bounds = self._encoder.step * np.sqrt(squares) - self._errors[rows] - error
        is_kept = rows != (-1 if without is None else without)
        rows, bounds = rows[is_kept], bounds[is_kept]
        order = np.argsort(bounds, kind="stable")
        return rows[order], bounds[order]

    def _activations(self, images: Images) -> FloatArray:
        return self._network.hidden_activations(normalise(images))[-1]

    def _distances(self, activation: FloatArray, rows: Rows) -> NDArray[np.float64]:
        difference = self._activations(self._images[rows]).astype(np.float64) - activation
        return np.asarray(np.linalg.norm(difference, axis=1))


def _batches(n: int) -> Iterator[slice]:
    return (slice(start, start + _BATCH) for start in range(0, n, _BATCH))
