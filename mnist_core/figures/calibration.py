"""How sure a network is against how often it is right, as Plotly figures."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go

from mnist_core.evaluation.calibration import Reliability, SureAnswers
from mnist_core.figures.palette import FIGURE_COLOURS
from mnist_core.figures.style import HEIGHT, MARGIN, PERCENT_AXIS

_MARKER_SIZE: Final = 9
_THRESHOLD_SIZE: Final = 14
# Below 0, where no point can lie.
_COUNTS_AT: Final = -0.06
# The accuracy of fewer answers than this share jumps about, and would stretch the axis.
_FEWEST: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityWords:
    """Words on the figure of accuracy by confidence.

    Attributes:
        confidence: Title of the horizontal axis.
        accuracy: Title of the vertical axis.
        diagonal: Label of the line where both are the same.
        counts: What is said of the number below a bin, which is Plotly's "%{text}".
        hover: A sentence for each bin, with the placeholders n, confidence, accuracy, low and high.
    """

    confidence: str
    accuracy: str
    diagonal: str
    counts: str
    hover: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SureAnswersWords:
    """Words on the figure of accuracy by the share that is answered.

    Attributes:
        answered: Title of the horizontal axis.
        accuracy: Title of the vertical axis.
        label: Stands beside the mark.
        hover: A sentence for each point, with the placeholders threshold, answered and accuracy.
    """

    answered: str
    accuracy: str
    label: str
    hover: str


def reliability_figure(bins: Reliability, *, words: ReliabilityWords) -> go.Figure:
    """Draw the accuracy of each bin over its mean confidence, with its 95 percent interval.

    The number of answers of each bin stands below it; empty bins have no mark.

    Args:
        bins: The answers, sorted by confidence.
        words: In the language of whoever looks.
    """
    filled = np.flatnonzero(bins.counts)
    accuracy = bins.accuracy[filled]
    low, high = (
        np.array([getattr(bins.intervals[i], end) for i in filled]) for end in ("low", "high")
    )
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": FIGURE_COLOURS["quiet"], "dash": "dash", "width": 1.5},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=bins.confidence[filled],
        y=accuracy,
        mode="markers",
        marker={"color": FIGURE_COLOURS["main"], "size": _MARKER_SIZE},
        error_y={
            "array": high - accuracy,
            "arrayminus": accuracy - low,
            "color": FIGURE_COLOURS["main"],
            "thickness": 1.5,
        },
        hovertemplate=[
            words.hover.format(
                n=f"{bins.counts[i]:,}",
                confidence=f"{bins.confidence[i]:.1%}",
                accuracy=f"{bins.accuracy[i]:.1%}",
                low=f"{bins.intervals[i].low:.1%}",
                high=f"{bins.intervals[i].high:.1%}",
            )
            + "<extra></extra>"
            for i in filled
        ],
    )
    n_bins = len(bins.counts)
    figure.add_scatter(
        x=(filled + 0.5) / n_bins,
        y=[_COUNTS_AT] * len(filled),
        mode="text",
        text=[f"{bins.counts[i]:,}" for i in filled],
        textfont={"size": 11},
        hovertemplate=f"{words.counts}<extra></extra>",
    )
    figure.add_annotation(
        x=0.3,
        y=0.3,
        text=words.diagonal,
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        xshift=-4,
    )
    edges = np.arange(0, n_bins + 1, 2) / n_bins
    figure.update_xaxes(
        title=words.confidence, tickformat=PERCENT_AXIS, tickvals=edges, range=[0, 1.02]
    )
    figure.update_yaxes(
        title=words.accuracy, tickformat=PERCENT_AXIS, tickvals=edges, range=[-0.12, 1.04]
    )
    figure.update_layout(height=HEIGHT, margin=MARGIN, showlegend=False)
    return figure


def sure_answers_figure(
    curve: SureAnswers, chosen: SureAnswers, *, words: SureAnswersWords
) -> go.Figure:
    """Draw the accuracy of the answers over the share of the images that is answered.

    Args:
        curve: At the confidences that occur.
        chosen: At the threshold to mark, a single one; no mark where it answers nothing.
        words: In the language of whoever looks.
    """
    values = {"answered": "%{x:.2%}", "accuracy": "%{y:.2%}", "threshold": "%{customdata:.2%}"}
    hover = words.hover.format(**values) + "<extra></extra>"
    figure = go.Figure()
    figure.add_scatter(
        x=curve.answered,
        y=curve.accuracy,
        customdata=curve.thresholds,
        mode="lines",
        line={"color": FIGURE_COLOURS["main"], "width": 2},
        hovertemplate=hover,
    )
    is_marked = chosen.answered > 0
    figure.add_scatter(
        x=chosen.answered[is_marked],
        y=chosen.accuracy[is_marked],
        customdata=chosen.thresholds[is_marked],
        mode="markers+text",
        marker={"color": FIGURE_COLOURS["main"], "size": _THRESHOLD_SIZE, "symbol": "diamond"},
        text=[words.label] * int(is_marked.sum()),
        # The curve falls to the right, so below it on the left there is room.
        textposition=[
            "bottom left" if share > 0.5 else "bottom right" for share in chosen.answered[is_marked]
        ],
        hovertemplate=hover,
    )
    drawn = np.concatenate((curve.accuracy[curve.answered >= _FEWEST], chosen.accuracy[is_marked]))
    lowest = float(drawn.min()) if len(drawn) else 0.0
    room = max(0.001, 0.15 * (1 - lowest))
    figure.update_xaxes(title=words.answered, tickformat=PERCENT_AXIS, range=[0, 1.03])
    figure.update_yaxes(
        title=words.accuracy, tickformat=PERCENT_AXIS, range=[lowest - room, 1 + room / 2]
    )
    figure.update_layout(height=HEIGHT, margin=MARGIN, showlegend=False)
    return figure
