"""Numbers -> figures: Plotly for those that stand still, Altair for those that change live.

What is drawn by epoch is in `curve_figures` and, while it grows, in `live_figures`; how sure a
network is, in `confidence_figures`.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

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


def probabilities_chart(
    probabilities: NDArray[np.floating], *, titles: Mapping[str, str]
) -> VegaChart:
    """Draw ten probabilities as bars with their percentage; the highest in strong colour.

    Args:
        probabilities: Shape (10,), sum 1.
        titles: Words for "digit" and "probability".
    """
    frame = pd.DataFrame(
        {
            "digit": np.arange(len(probabilities)).astype(str),
            "probability": probabilities.astype(float),
            "is_highest": np.arange(len(probabilities)) == int(np.argmax(probabilities)),
        }
    )
    spec = _probabilities_spec(titles["digit"], titles["probability"])
    return VegaChart(frame, copy.deepcopy(spec))


@lru_cache(maxsize=8)
def _probabilities_spec(digit: str, probability: str) -> dict[str, Any]:
    """Describe the chart. Altair checks every word of it, which takes longer than to draw."""
    base = alt.Chart().encode(
        y=alt.Y(
            "digit:N",
            title=digit,
            sort=None,
            axis=alt.Axis(labelOverlap=False, labelBound=False, labelFlush=False),
        ),
        x=alt.X(
            "probability:Q",
            title=probability,
            scale=alt.Scale(domain=[0, 1.33], nice=False),
            axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
        ),
        tooltip=[
            alt.Tooltip("digit:N", title=digit),
            alt.Tooltip("probability:Q", title=probability, format=".2%"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=alt.condition("datum.is_highest", alt.value(HIT_COLOUR), alt.value(QUIET_COLOUR))
    )
    labels = base.mark_text(align="left", dx=4, color="currentColor", opacity=0.8).encode(
        text=alt.Text("probability:Q", format=".1%")
    )
    # As SVG: a screen reader can read the numbers out, and they take the colour of the page's text.
    usermeta = {"embedOptions": {"renderer": "svg"}}
    chart = (bars + labels).properties(height=BAR_HEIGHT, usermeta=usermeta)
    spec: dict[str, Any] = chart.to_dict()
    return spec
