"""The ten probabilities of an answer as bars."""

import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mnist_core.figures.palette import FIGURE_COLOURS
from mnist_core.figures.style import BAR_HEIGHT, VegaChart


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbabilityWords:
    """Titles of the two axes."""

    digit: str
    probability: str


def probabilities_chart(
    probabilities: NDArray[np.floating], *, words: ProbabilityWords
) -> VegaChart:
    """Draw ten probabilities as bars with their percentage; the highest in strong colour.

    Args:
        probabilities: Shape (10,), sum 1.
        words: In the language of whoever looks.
    """
    frame = pd.DataFrame(
        {
            "digit": np.arange(len(probabilities)).astype(str),
            "probability": probabilities.astype(float),
            "is_highest": np.arange(len(probabilities)) == int(np.argmax(probabilities)),
        }
    )
    return VegaChart(frame, copy.deepcopy(_probabilities_spec(words)))


@lru_cache(maxsize=8)
def _probabilities_spec(words: ProbabilityWords) -> dict[str, Any]:
    """Describe the chart. Altair checks every word of it, which takes longer than to draw."""
    base = alt.Chart().encode(
        y=alt.Y(
            "digit:N",
            title=words.digit,
            sort=None,
            axis=alt.Axis(labelOverlap=False, labelBound=False, labelFlush=False),
        ),
        x=alt.X(
            "probability:Q",
            title=words.probability,
            scale=alt.Scale(domain=[0, 1.33], nice=False),
            axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
        ),
        tooltip=[
            alt.Tooltip("digit:N", title=words.digit),
            alt.Tooltip("probability:Q", title=words.probability, format=".2%"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=alt.condition(
            "datum.is_highest",
            alt.value(FIGURE_COLOURS["main"]),
            alt.value(FIGURE_COLOURS["quiet"]),
        )
    )
    labels = base.mark_text(align="left", dx=4, color="currentColor", opacity=0.8).encode(
        text=alt.Text("probability:Q", format=".1%")
    )
    # As SVG: a screen reader can read the numbers out, and they take the colour of the page's text.
    usermeta = {"embedOptions": {"renderer": "svg"}}
    chart = (bars + labels).properties(height=BAR_HEIGHT, usermeta=usermeta)
    spec: dict[str, Any] = chart.to_dict()
    return spec
