"""Damage after which a person still reads a digit, and what a network then makes of it."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import IMAGE_SIZE, MAX_PIXEL, FloatArray, Grey
from mnist_core.data.preprocessing import flatten
from mnist_core.network.forward import Network, softmax

MAX_SHIFT: Final = 6  # px

_MIDDLE: Final = (IMAGE_SIZE - 1) / 2
_FINE: Final = 5  # strokes are thickened in so many times as many pixels
_NOISE_SEED: Final = 0  # the same grains whatever the strength, so that they only grow


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What is done to a digit, in the order of the attributes; nothing by default.

    Attributes:
        transposed: Whether rows and columns are swapped.
        thicker: By how many pixels the strokes become wider; below 0, thinner.
        turned: By how many degrees it is turned, counter-clockwise.
        right: By how many pixels it is moved to the right; below 0, to the left.
        down: By how many pixels it is moved down; below 0, up.
        noise: Standard deviation of the noise, as a share of the range 0..255.
        inverted: Whether the ink becomes dark on bright.
        unscaled: Whether the network gets the pixels as 0..255, not divided by 255.
    """

    transposed: bool = False
    thicker: float = 0.0
    turned: int = 0
    right: int = 0
    down: int = 0
    noise: float = 0.0
    inverted: bool = False
    unscaled: bool = False

    def apply(self, digit: Grey) -> Grey:
        """Return the damaged 28x28 digit; `unscaled` changes only how it is read."""
        damaged = transpose(digit) if self.transposed else digit
        damaged = thicken(damaged, pixels=self.thicker)
        damaged = rotate(damaged, degrees=self.turned)
        damaged = shift(damaged, right=self.right, down=self.down)
        damaged = add_noise(damaged, strength=self.noise, seed=_NOISE_SEED)
        return invert(damaged) if self.inverted else damaged

    def probabilities(self, network: Network, digit: Grey) -> FloatArray:
        """Predict the damaged 28x28 digit: float32 of shape (10,), NaN where they overflow."""
        damaged = self.apply(digit)
        if self.unscaled:
            return probabilities_without_scaling(network, damaged)
        probabilities: FloatArray = network.probabilities(damaged[np.newaxis])[0]
        return probabilities


def shift(digit: Grey, *, right: int = 0, down: int = 0) -> Grey:
    """Move a 28x28 digit by whole pixels; what leaves the frame is lost."""
    matrix = np.array([[1, 0, right], [0, 1, down]], dtype=np.float32)
    return _warp(digit, matrix)


def invert(digit: Grey) -> Grey:
    """Make the ink dark on bright."""
    return MAX_PIXEL - digit


def transpose(digit: Grey) -> Grey:
    """Swap rows and columns, as happens when a file is read in the wrong order."""
    return np.ascontiguousarray(digit.T)


def rotate(digit: Grey, *, degrees: float) -> Grey:
    """Turn a 28x28 digit about its middle, counter-clockwise."""
    return _warp(digit, cv2.getRotationMatrix2D((_MIDDLE, _MIDDLE), degrees, 1.0))


def thicken(digit: Grey, *, pixels: float) -> Grey:
    """Make the strokes of a 28x28 digit wider by so many pixels; below 0, thinner."""
    fine_side = _FINE * IMAGE_SIZE
    fine = cv2.resize(digit, (fine_side, fine_side), interpolation=cv2.INTER_NEAREST)
    side = round(_FINE * abs(pixels)) + 1  # a square of 1 changes nothing
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    redrawn = cv2.dilate(fine, kernel) if pixels > 0 else cv2.erode(fine, kernel)
    thicker: Grey = cv2.resize(redrawn, digit.shape[::-1], interpolation=cv2.INTER_AREA)
    return thicker


def add_noise(digit: Grey, *, strength: float, seed: int) -> Grey:
    """Add normal noise whose standard deviation is this share of the range 0..255."""
    noise = np.random.default_rng(seed).normal(0, strength * MAX_PIXEL, digit.shape)
    noisy: Grey = np.rint(np.clip(digit + noise, 0, MAX_PIXEL)).astype(np.uint8)
    return noisy


def _warp(digit: Grey, matrix: NDArray[np.floating]) -> Grey:
    warped: Grey = cv2.warpAffine(digit, matrix, digit.shape[::-1], flags=cv2.INTER_LINEAR)
    return warped


def probabilities_without_scaling(network: Network, digit: Grey) -> FloatArray:
    """Predict a 28x28 digit from pixels that are not divided by 255: float32 of shape (10,).

    The probabilities are NaN where the logits are too large for float32.
    """
    x = flatten(digit[np.newaxis]).astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        probabilities: FloatArray = softmax(network.logits(x))[0]
    return probabilities


def slide_map(network: Network, digit: Grey) -> FloatArray:
    """Predict a 28x28 digit at every shift of up to `MAX_SHIFT` pixels.

    Returns:
        Probabilities, float32, shape (13, 13, 10): the row is the shift down from -6 to 6 px, the
        column the shift to the right.
    """
    n_shifts = 2 * MAX_SHIFT + 1
    # The window that begins at the top of the padded digit shows it shifted furthest down.
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(digit, MAX_SHIFT), (IMAGE_SIZE, IMAGE_SIZE)
    )[::-1, ::-1]
    shifted = windows.reshape(n_shifts**2, IMAGE_SIZE, IMAGE_SIZE)
    return network.probabilities(shifted).reshape(n_shifts, n_shifts, -1)


@dataclass(frozen=True, slots=True)
class Placement:
    """How much the place of a digit matters.

    Attributes:
        digit: The digit that is read without a shift.
        n_alike: At how many shifts the same digit is read, none included.
        n_places: How many shifts there are.
    """

    digit: int
    n_alike: int
    n_places: int


def placement(probabilities: FloatArray) -> Placement:
    """Count the places of a slide map, (13, 13, 10), where the same is read as in its middle."""
    answers = probabilities.argmax(axis=-1)
    digit = int(answers[MAX_SHIFT, MAX_SHIFT])
    return Placement(digit, int(np.count_nonzero(answers == digit)), answers.size)
