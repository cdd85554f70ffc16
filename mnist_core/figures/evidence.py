"""Numbers -> small pictures: evidence in two colours, activations as a strip of cells."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import FloatArray
from mnist_core.figures.palette import FIGURE_COLOURS, rgb
from mnist_core.network.explanation import LayerActivations
from mnist_core.settings.activations import ACTIVATIONS

Picture = NDArray[np.uint8]

STRIP_CELLS: Final = 64  # units in a row
_CELL: Final = 4  # pixels of the picture, with one more of ground between cells


def evidence_picture(evidence: FloatArray) -> Picture:
    """Colour evidence: orange above 0, blue below, the brighter the stronger.

    Args:
        evidence: Shape (height, width); the strongest, either way, gets the full colour.

    Returns:
        RGB, uint8, shape (height, width, 3).
    """
    strength = np.abs(evidence) / max(float(np.abs(evidence).max()), np.finfo(np.float32).tiny)
    # The square root, so that weak evidence is seen beside the strongest.
    share = np.sqrt(strength)[..., np.newaxis]
    pro, contra, ground = (rgb(FIGURE_COLOURS[name]) for name in ("for", "against", "ground"))
    colour = np.where(evidence[..., np.newaxis] > 0, pro, contra)
    mixed = share * colour + (1 - share) * np.array(ground)
    return np.asarray(np.rint(mixed), dtype=np.uint8)


def activation_strip(layer: LayerActivations) -> Picture:
    """Draw one cell a unit, row by row, bright where the output is high.

    Returns:
        Grey, uint8, shape (5 * rows, 5 * columns); no more than `STRIP_CELLS` columns.
    """
    quiet, full = ACTIVATIONS[layer.activation].greys
    greys = np.rint(quiet + (full - quiet) * _brightness(layer))
    n_columns = min(len(greys), STRIP_CELLS)
    n_rows = -(-len(greys) // n_columns)
    cells = np.zeros(n_rows * n_columns, dtype=np.uint8)
    cells[: len(greys)] = greys
    block = np.pad(np.ones((_CELL, _CELL), dtype=np.uint8), ((0, 1), (0, 1)))
    return np.asarray(np.kron(cells.reshape(n_rows, n_columns), block))


def _brightness(layer: LayerActivations) -> FloatArray:
    """Return 0 for the lowest output and 1 for the highest: of all possible, or of those here."""
    activation = ACTIVATIONS[layer.activation]
    low = activation.low if math.isfinite(activation.low) else float(layer.outputs.min())
    high = activation.high if math.isfinite(activation.high) else float(layer.outputs.max())
    # All are the lowest where none is higher.
    return np.asarray((layer.outputs - low) / (high - low if high > low else 1), dtype=np.float32)
