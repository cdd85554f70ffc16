"""What all figures share: heights, axes. Plotly where nothing moves, else Altair."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

HEIGHT: Final = 320
BAR_HEIGHT: Final = 260

# As many digits as tell the ticks apart.
PERCENT_AXIS: Final = ".4~p"
MARGIN: Final = {"l": 10, "r": 10, "t": 30, "b": 10}


@dataclass(frozen=True, slots=True)
class VegaChart:
    """A chart that is drawn again and again: its data, and the Vega-Lite description.

    The description stays the same while the data change, so it is made once.
    """

    frame: pd.DataFrame
    spec: dict[str, Any]
