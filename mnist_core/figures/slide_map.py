"""What a network reads when a digit is shifted, as a map."""

import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mnist_core.figures.palette import DIGIT_COLOURS
from mnist_core.figures.style import VegaChart
from mnist_core.network.damage import MAX_SHIFT

STRENGTHS: Final = (0.05, 0.5)  # opacity of a cell for the confidences 0 and 1
_HEIGHT: Final = 430
_TEXT: Final = "currentColor"  # the page's, light or dark


@dataclass(frozen=True, slots=True, kw_only=True)
class SlideWords:
    """Words on the map.

    Attributes:
        right: Title of the horizontal axis.
        down: Title of the vertical axis.
        hover: A sentence for each cell, with the placeholders right, down, digit and sure.
    """

    right: str
    down: str
    hover: str


def slide_chart(probabilities: NDArray[np.floating], *, words: SlideWords) -> VegaChart:
    """Draw what is read at every shift: a digit in a cell, the stronger coloured the surer it is.

    The cell in the middle, where nothing is shifted, has a frame.

    Args:
        probabilities: Shape (13, 13, 10), rows from the shift -6 px down to 6, columns likewise
            to the right.
        words: In the language of whoever looks.
    """
    answers = probabilities.argmax(axis=-1)
    down, right = np.indices(answers.shape) - MAX_SHIFT
    frame = pd.DataFrame(
        {
            "right": right.ravel(),
            "down": down.ravel(),
            "digit": answers.ravel().astype(str),
            "is_middle": ((right == 0) & (down == 0)).ravel(),
            "confidence": probabilities.max(axis=-1).ravel().astype(float),
        }
    )
    frame["sentence"] = [
        words.hover.format(
            right=row.right, down=row.down, digit=row.digit, sure=f"{row.confidence:.1%}"
        )
        for row in frame.itertuples()
    ]
    return VegaChart(frame, copy.deepcopy(_spec(words.right, words.down)))


@lru_cache(maxsize=8)
def _spec(right: str, down: str) -> dict[str, Any]:
    """Describe the chart. Altair checks every word of it, which takes longer than to draw."""
    shifts = list(range(-MAX_SHIFT, MAX_SHIFT + 1))
    axis = {"labelAngle": 0, "values": shifts[::3], "ticks": False, "domain": False, "grid": False}
    # Without data Altair puts in an empty row, whose digit would be written as "undefined".
    base = (
        alt.Chart()
        .transform_filter("isValid(datum.digit)")
        .encode(
            x=alt.X(
                "right:O",
                title=right,
                scale=alt.Scale(domain=shifts, paddingInner=0.06, paddingOuter=0.06),
                axis=alt.Axis(**axis),
            ),
            y=alt.Y(
                "down:O",
                title=down,
                scale=alt.Scale(domain=shifts, paddingInner=0.06, paddingOuter=0.06),
                axis=alt.Axis(**axis),
            ),
            tooltip="sentence:N",
            description="sentence:N",  # what a screen reader says
        )
    )
    cells = base.mark_rect(cornerRadius=3, strokeWidth=2.5).encode(
        color=alt.Color(
            "digit:N",
            scale=alt.Scale(
                domain=[str(digit) for digit in range(len(DIGIT_COLOURS))],
                range=list(DIGIT_COLOURS),
            ),
            legend=None,
        ),
        fillOpacity=alt.FillOpacity(
            "confidence:Q", scale=alt.Scale(domain=[0, 1], range=list(STRENGTHS)), legend=None
        ),
        stroke=alt.condition("datum.is_middle", alt.value(_TEXT), alt.value("transparent")),
    )
    texts = base.mark_text(fontSize=13, fontWeight=600, color=_TEXT, aria=False).encode(
        text="digit:N"
    )
    # As SVG, where the text takes its colour from the page.
    usermeta = {"embedOptions": {"renderer": "svg"}}
    chart = (cells + texts).properties(height=_HEIGHT, usermeta=usermeta)
    spec: dict[str, Any] = chart.to_dict()
    return spec
