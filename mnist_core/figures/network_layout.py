"""Where the units of a network stand when it is drawn. Pure geometry, along one axis."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mnist_core.arrays import N_CLASSES, N_INPUTS
from mnist_core.settings.config import TrainingConfig

# Up to this many units, each is drawn; so the ten outputs always are.
N_DRAWN_EACH: Final = 10
# Circles more for each doubling of the units; the largest layer has 22.
_MORE_PER_DOUBLING: Final = 1.5
# What the dots that stand for units left out take up, in circles.
_N_DOTS_SLOTS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLayer:
    """A layer as a row of circles; the whole axis is 0..1, and the row stands in its middle.

    Attributes:
        units: How many units the layer has.
        at: Centre of each circle that is drawn, ascending.
        is_dropped: For each circle, whether dropout silences it.
        dots: Centres of the dots that stand for the units left out; none if all are drawn.
        slot: Distance between neighbouring circles.
    """

    units: int
    at: tuple[float, ...]
    is_dropped: tuple[bool, ...]
    dots: tuple[float, ...]
    slot: float

    @property
    def live(self) -> tuple[float, ...]:
        """Centres of the circles that dropout leaves at work."""
        return tuple(
            at for at, is_dropped in zip(self.at, self.is_dropped, strict=True) if not is_dropped
        )


def count_circles(units: int) -> int:
    """Count the circles for a layer: each unit of a small one, ever fewer of a larger one."""
    if units <= N_DRAWN_EACH:
        return units
    return N_DRAWN_EACH + round(_MORE_PER_DOUBLING * math.log2(units / N_DRAWN_EACH))


def dropped_circles(n: int, share: float) -> tuple[bool, ...]:
    """Choose the circles of n that dropout silences: its share of them, evenly spread.

    Of several circles, any dropout drops one at least and leaves one at least; a single circle
    always stays.
    """
    n_dropped = min(max(round(n * share), 1), n - 1) if share else 0
    # Silenced up to each circle; begun at one half, so that a single one is in the middle.
    so_far = [(i * n_dropped + n // 2) // n for i in range(n + 1)]
    return tuple(end > start for start, end in pairwise(so_far))


def lay_out(units: int, *, dropout: float = 0.0) -> DrawnLayer:
    """Place the circles of one layer."""
    n = count_circles(units)
    is_whole = n == units
    n_slots = n if is_whole else n + _N_DOTS_SLOTS
    # A small layer is a short row: its circles do not move apart to fill the axis.
    slot = 1 / max(n_slots, N_DRAWN_EACH)
    first = 0.5 - slot * (n_slots - 1) / 2
    half = n if is_whole else n // 2
    return DrawnLayer(
        units=units,
        at=tuple(first + slot * (i if i < half else i + _N_DOTS_SLOTS) for i in range(n)),
        is_dropped=dropped_circles(n, dropout),
        dots=() if is_whole else tuple(first + slot * (half + step) for step in (0, 0.5, 1)),
        slot=slot,
    )


def lay_out_network(config: TrainingConfig) -> tuple[DrawnLayer, ...]:
    """Place the circles of all layers, from the 784 inputs to the ten outputs."""
    hidden = (lay_out(layer.units, dropout=layer.dropout) for layer in config.layers)
    return (lay_out(N_INPUTS), *hidden, lay_out(N_CLASSES))


def connect(before: DrawnLayer, after: DrawnLayer) -> tuple[tuple[float, float], ...]:
    """Pair every circle at work with every circle at work of the next layer, by their centres."""
    return tuple((start, end) for start in before.live for end in after.live)
