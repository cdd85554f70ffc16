"""Ink and paper: which of the two is brighter, and the ink without its paper.

In a photo, paper is not one level of grey. Light that changes slowly across the picture (from one
side, or darker towards the corners of a lens) is a smooth surface, fitted to the paper. What then
remains and is wider than any stroke, such as a shadow, is found by a morphological opening.
"""

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import Grey
from mnist_core.errors import EmptyDrawingError
from mnist_core.i18n import N_
from mnist_core.pictures.dots import join_dashes, join_dots
from mnist_core.pictures.masks import Mask, longer_sides, widened
from mnist_core.pictures.panels import find_hollow, find_panels
from mnist_core.pictures.pixels import averaged_down, rim

Levels = NDArray[np.float32]
Finder = Callable[[Mask], Mask]  # ink -> what of it is left out

# What half and double of each bound do was measured on MNIST's first 16 test digits, drawn on even
# paper, photographed with ink 90 and 45 levels darker, and under a shadow 50 levels deep, and on
# 15 photos of empty paper with grain or dark corners. As they stand, all digits are read, and no
# empty paper is.

# Grey levels between ink and paper. On even paper a choice, a tenth of the range: weaker ink is
# no more than a stain. In a photo, at half 3 of the 15 empty ones are read.
_MIN_CONTRAST: Final = 24
_MIN_CONTRAST_IN_PHOTO: Final = 32
# Weaker than this share of the strongest ink is paper; in a photo, remains of shadows are weak ink.
# Of MNIST's first 3,000 test digits 99.5 % are in one piece when cut at a quarter of their
# strongest level, 97.9 % when cut at a half. In a photo, at half 7 of the 16 digits under a shadow
# are misread, at double 10 of them.
_MIN_INK: Final = 0.25
_MIN_INK_IN_PHOTO: Final = 0.4
# In standard deviations of the paper's grain. At half 8 of the 15 empty photos are read, at double
# none of the digits 45 levels darker than their paper is.
_MIN_CONTRAST_TO_NOISE: Final = 8.0
# Of the longer side of the largest blob; smaller is dust. Of 351 pieces that break off MNIST's
# digits, a fifth are smaller. Half and double change nothing that is read.
_MIN_SHARE: Final = 0.05

# What fades out, as a rule does in a photo, is followed to so much of what counts as ink. From 0.4
# to 0.8, 53 of 55 digits on photographed rules are read; at 1.0, 47 are.
_FADING: Final = 0.7
# In px: the edge of what is left out is so soft, all around.
_SOFT: Final = 3
_EDGE: Final = 2 * _SOFT + 1

# The surface is fitted to so many px on the longer side. At half 1 of the 16 digits 45 levels
# darker than their paper is misread; double is no better, and four times the work.
_FIT_SIDE: Final = 32
# Passes of reweighting. Half and double read the same.
_FIT_PASSES: Final = 12
# At least this share of a picture is taken to be paper. Half and double read the same.
_PAPER_QUANTILE: Final = 0.2
# Of the picture's longer side; wider is a shadow. Half reads the same, but leaves less room for
# thick strokes close up; at double 1 of the 16 digits under a shadow is misread.
_MAX_STROKE: Final = 0.5
# Shadows are looked for in so many px on the longer side. Half and double read the same; half is
# coarser at the edges of shadows, double is slower.
_SHADOW_SIDE: Final = 256
# Where so much of the rim is at one level, the paper is drawn, not photographed. The rim of a photo
# with grain has far less at one level, that of a drawing has all but where ink touches it. Half and
# double read the same.
_EVEN_RIM: Final = 0.5


def has_dark_ink(grey: Grey) -> bool:
    """Tell whether the ink is darker than the paper; what differs most from the paper is ink.

    Args:
        grey: uint8, shape (height, width), at least one pixel.
    """
    outermost = rim(grey)
    paper = np.median(outermost)
    if np.mean(outermost == paper) >= _EVEN_RIM:
        return bool(paper > (int(grey.min()) + int(grey.max())) / 2)
    # A plane, not more: a surface that bends would follow the ink of a large digit.
    small = averaged_down(grey.astype(np.float32), max_side=_FIT_SIDE)
    difference = small - _surface(small, quantile=0.5, degree=1)
    return bool(difference.min() + difference.max() < 0)


def extract_ink(bright: Grey) -> Grey:
    """Take paper, shadows, grain and dust away and stretch the ink to 0..255.

    Args:
        bright: A picture with ink brighter than its paper, uint8, shape (height, width).

    Returns:
        The ink on black, uint8, of the same shape; its strongest is 255.

    Raises:
        EmptyDrawingError: Nothing stands out.
    """
    return sort_ink(bright, ())[0]


def sort_ink(bright: Grey, finders: Sequence[Finder]) -> tuple[Grey, Grey]:
    """Extract ink as `extract_ink` does, and tell what belongs to no digit from it.

    Args:
        bright: As in `extract_ink`.
        finders: Find what belongs to no digit, one after the other: each in what the others left,
            so that faint ink beside a black frame counts as soon as the frame is gone.

    Returns:
        The ink, and what was left out; both uint8, in the shape of `bright`.

    Raises:
        EmptyDrawingError: Nothing stands out.
    """
    levels, weakest = _levels(bright)
    levels = join_dots(levels, weakest)
    levels[find_hollow(levels >= weakest * levels.max())] = levels.max()
    levels, panels = _without_panels(levels, weakest)
    left_out = panels
    for find in finders:
        threshold = weakest * levels.max()
        is_ink = levels >= threshold
        found = find(levels >= _FADING * threshold)
        if found.any() and (is_ink & ~found).any():
            left_out = np.where(found & is_ink, levels, left_out)
            levels[found | (widened(found, _SOFT) & ~is_ink)] = 0
    ink = join_dashes(_without_dust(_stretch(levels, weakest)))
    # A panel is shown half as strong as what is cut out of it, which would not be seen otherwise.
    shown = _stretch(left_out, weakest)
    return ink, np.where(panels > 0, shown // 2, shown)


def _without_panels(levels: Levels, weakest: float) -> tuple[Levels, Levels]:
    """Make ink of what is cut out of filled shapes; return it, and the shapes as they are seen."""
    nothing = np.zeros_like(levels)
    is_ink = levels >= weakest * levels.max()
    panels = find_panels(is_ink)
    if not panels.any():
        return levels, nothing
    inside = cv2.erode(panels.astype(np.uint8), np.ones((_EDGE, _EDGE), np.uint8)) > 0
    level = float(np.median(levels[panels & is_ink]))
    cut_out = np.where(inside, np.clip(level - levels, 0, None), nothing)
    is_left = ~widened(panels, _SOFT)
    return np.where(is_left, levels, cut_out), np.where(panels & is_ink, levels, nothing)


def _levels(bright: Grey) -> tuple[Levels, float]:
    """Return how much brighter than its paper each pixel is, and the least share that is ink."""
    is_even = bool(np.mean(rim(bright) == bright.min()) >= _EVEN_RIM)
    levels = bright - (np.float32(bright.min()) if is_even else _paper(bright))
    if float(levels.max()) < max(_MIN_CONTRAST, _MIN_CONTRAST_TO_NOISE * _noise(bright)):
        raise nothing_to_read()
    # Light that falls off unevenly leaves a hill that looks like ink; a surface with more bends
    # follows it, so that nothing remains.
    if not is_even and float((bright - _paper(bright, degree=4)).max()) < _MIN_CONTRAST_IN_PHOTO:
        raise nothing_to_read()
    return levels, _MIN_INK if is_even else _MIN_INK_IN_PHOTO


def _stretch(levels: Levels, weakest: float) -> Grey:
    """Stretch ink to 0..255; what is weaker than this share of the strongest is paper."""
    strongest = max(float(levels.max()), 1.0)
    ink = np.where(levels < strongest * weakest, np.float32(0), levels * (255 / strongest))
    stretched: Grey = np.rint(ink).astype(np.uint8)
    return stretched


def nothing_to_read() -> EmptyDrawingError:
    """Give the error that asks for a digit."""
    return EmptyDrawingError(
        N_("no digit was found: the ink needs more contrast with its background")
    )


def _paper(bright: Grey, *, degree: int = 2) -> Levels:
    """Return the level of the paper at each pixel, float32."""
    small = averaged_down(bright.astype(np.float32), max_side=_SHADOW_SIDE)
    coarse = averaged_down(small, max_side=_FIT_SIDE)
    surface = _resize(_surface(coarse, quantile=_PAPER_QUANTILE, degree=degree), small.shape)
    side = round(_MAX_STROKE * max(small.shape)) | 1  # odd, so that it has a middle
    kernel = np.ones((side, side), dtype=np.uint8)
    shadows = cv2.morphologyEx(small - surface, cv2.MORPH_OPEN, kernel)
    return _resize(surface + shadows, bright.shape)


def _surface(levels: Levels, *, quantile: float, degree: int) -> Levels:
    """Fit a polynomial of x and y that has this share of the pixels below itself.

    Quantile regression by reweighted least squares: pixels far away, which are ink, hardly count.
    """
    y, x = (np.linspace(-1, 1, length) for length in levels.shape)
    grid_y, grid_x = np.meshgrid(y, x, indexing="ij")
    terms = [grid_x**i * grid_y**j for i in range(degree + 1) for j in range(degree + 1 - i)]
    basis = np.stack([term.ravel() for term in terms])
    values = levels.ravel().astype(np.float64)
    factors: NDArray[np.floating] = np.zeros(len(terms))
    factors[0] = np.quantile(values, quantile)
    ridge = 1e-6 * np.eye(len(terms))  # for pictures of so few pixels that many surfaces fit
    for _ in range(_FIT_PASSES):
        distance = values - factors @ basis
        weights = np.where(distance > 0, quantile, 1 - quantile)
        weighted = basis * (weights / np.maximum(np.abs(distance), 0.5))
        factors = np.linalg.solve(weighted @ basis.T + ridge, weighted @ values)
    surface: Levels = (factors @ basis).reshape(levels.shape).astype(np.float32)
    return surface


def _noise(grey: Grey) -> float:
    """Estimate the standard deviation of the grain from neighbouring pixels, in grey levels."""
    if grey.shape[1] < 2:
        return 0.0
    steps = np.abs(np.diff(grey.astype(np.int16), axis=1))
    # The median of |a - b| of two normal variables is 0.954 standard deviations.
    return float(np.median(steps)) / 0.954


def _without_dust(ink: Grey) -> Grey:
    """Take away the blobs that are far smaller than the largest."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8))
    sides = longer_sides(stats)
    is_kept = sides >= _MIN_SHARE * sides[1:].max()
    return np.where(is_kept[labels], ink, np.uint8(0))


def _resize(levels: Levels, shape: tuple[int, ...]) -> Levels:
    """Interpolate smoothly to a shape (height, width)."""
    height, width = shape
    resized: Levels = cv2.resize(levels, (width, height), interpolation=cv2.INTER_LINEAR)
    return resized
