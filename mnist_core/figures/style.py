"""What all figures share: heights, colours, axes. Plotly where nothing moves, else Altair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

HEIGHT: Final = 320
BAR_HEIGHT: Final = 260

# Okabe and Ito's colour-blind-safe colours that read on light and on dark.
RUN_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
HIT_COLOUR: Final = "#5b74e8"
QUIET_COLOUR: Final = "#9aa3bd"

# As many digits as tell the ticks apart.
PERCENT_AXIS: Final = ".4~p"
MARGIN: Final = {"l": 10, "r": 10, "t": 30, "b": 10}


def run_colours(numbers: Sequence[int]) -> list[str]:
    """Return a colour for each run, given their numbers in the store.

    A run keeps its colour whatever it is compared with, unless one before it has the same: then
    it takes the next that is free.
    """
    colours: list[str] = []
    for number in numbers:
        cycle = [
            RUN_COLOURS[(number + step) % len(RUN_COLOURS)] for step in range(len(RUN_COLOURS))
        ]
        colours.append(next((colour for colour in cycle if colour not in colours), cycle[0]))
    return colours


@dataclass(frozen=True, slots=True)
class VegaChart:
    """A chart that is drawn again and again: its data, and the Vega-Lite description.

    The description stays the same while the data change, so it is made once.
    """

    frame: pd.DataFrame
    spec: dict[str, Any]
