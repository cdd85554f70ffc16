"""Numbers -> figures: Plotly for those that stand still, Altair for those that change live."""

from collections.abc import Mapping, Sequence
from typing import Final

import altair as alt
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from mnist_core.records import History

HEIGHT: Final = 320
BAR_HEIGHT: Final = 260

# Okabe and Ito's colour-blind-safe colours that read on light and on dark.
RUN_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
HIT_COLOUR: Final = "#5b74e8"
QUIET_COLOUR: Final = "#9aa3bd"

# As many digits as tell the ticks apart.
_PERCENT_AXIS: Final = ".4~p"
_MARGIN: Final = {"l": 10, "r": 10, "t": 30, "b": 10}


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


def history_figure(
    histories: Mapping[str, History],
    *,
    metric: str,
    colours: Sequence[str],
    titles: Mapping[str, str],
) -> go.Figure:
    """Draw a metric by epoch for several runs; the training part dotted, validation solid.

    Args:
        histories: Name of each run -> its history under Keras' names.
        metric: "loss" or "accuracy".
        colours: One for each run.
        titles: Words for "epoch", the metric, "training" and "validation", and the "hover"
            sentence with the placeholders run, part, value and epoch.
    """
    figure = go.Figure()
    value = "%{y:.2%}" if metric == "accuracy" else "%{y:.4f}"
    for (name, history), colour in zip(histories.items(), colours, strict=True):
        for key, part, dash in (
            (metric, titles["training"], "dot"),
            (f"val_{metric}", titles["validation"], "solid"),
        ):
            values = history.get(key, [])
            if not values:
                continue
            figure.add_scatter(
                x=list(range(1, len(values) + 1)),
                y=values,
                name=f"{name} · {part}",
                mode="lines+markers",
                line={"color": colour, "dash": dash, "width": 2},
                marker={"size": 6},
                hovertemplate=titles["hover"].format(run=name, part=part, value=value, epoch="%{x}")
                + "<extra></extra>",
            )
    n_epochs = max((len(history.get("loss", ())) for history in histories.values()), default=1)
    figure.update_xaxes(title=titles["epoch"], dtick=1 if n_epochs <= 12 else None)
    figure.update_yaxes(
        title=titles[metric], tickformat=_PERCENT_AXIS if metric == "accuracy" else None
    )
    figure.update_layout(
        # The legend stands below and takes more rows for more curves.
        height=HEIGHT + 40 + 14 * len(figure.data),
        margin=_MARGIN,
        legend={"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "x": 0},
    )
    return figure


def class_metrics_figure(
    values: Mapping[str, NDArray[np.float64]], *, titles: Mapping[str, str]
) -> go.Figure:
    """Draw one group of bars a digit.

    Args:
        values: Name of each metric -> one value 0..1 a digit.
        titles: Words for "digit" and "share", and the "hover" sentence with the placeholders
            metric, digit and value.
    """
    figure = go.Figure()
    for colour, (name, shares) in zip(RUN_COLOURS, values.items(), strict=False):
        digits = [str(digit) for digit in range(len(shares))]
        figure.add_bar(
            x=digits,
            y=shares,
            name=name,
            marker_color=colour,
            hovertemplate=titles["hover"].format(metric=name, digit="%{x}", value="%{y:.2%}")
            + "<extra></extra>",
        )
    lowest = min((float(np.min(shares)) for shares in values.values()), default=0.0)
    # Bars that all reach 95 % look alike from 0, so the axis starts below the shortest.
    figure.update_yaxes(
        title=titles["share"], tickformat=_PERCENT_AXIS, range=[max(0.0, lowest - 0.02), 1.0]
    )
    figure.update_xaxes(title=titles["digit"], type="category")
    figure.update_layout(
        height=HEIGHT + 30, margin=_MARGIN, legend={"orientation": "h", "y": -0.22, "x": 0}
    )
    return figure


def probabilities_chart(
    probabilities: NDArray[np.floating], *, titles: Mapping[str, str]
) -> alt.LayerChart:
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
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "digit:N",
            title=titles["digit"],
            sort=None,
            axis=alt.Axis(labelOverlap=False, labelBound=False, labelFlush=False),
        ),
        x=alt.X(
            "probability:Q",
            title=titles["probability"],
            scale=alt.Scale(domain=[0, 1.12], nice=False),
            axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
        ),
        tooltip=[
            alt.Tooltip("digit:N", title=titles["digit"]),
            alt.Tooltip("probability:Q", title=titles["probability"], format=".2%"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=alt.condition("datum.is_highest", alt.value(HIT_COLOUR), alt.value(QUIET_COLOUR))
    )
    labels = base.mark_text(align="left", dx=4, color=QUIET_COLOUR).encode(
        text=alt.Text("probability:Q", format=".1%")
    )
    # As SVG, so that a screen reader can read the numbers out.
    usermeta = {"embedOptions": {"renderer": "svg"}}
    return (bars + labels).properties(height=BAR_HEIGHT, usermeta=usermeta)


def live_chart(
    curve: Sequence[tuple[float, float, float]],
    history: History,
    *,
    metric: str,
    n_epochs: int,
    has_validation: bool,
    titles: Mapping[str, str],
) -> alt.LayerChart:
    """Draw a training while it runs: a line within the epochs, a point a validation.

    Args:
        curve: Points (epochs done, loss, accuracy) of the training so far.
        history: One value per finished epoch, under Keras' names.
        metric: "loss" or "accuracy".
        n_epochs: Epochs in all; the axis is drawn to there from the start, so nothing jumps.
        has_validation: Whether validation points will come.
        titles: Words for "epoch", the metric, "training" and "validation".
    """
    parts = [titles["training"], titles["validation"]][: 1 + has_validation]
    column = 1 if metric == "loss" else 2
    validation = history.get(f"val_{metric}", [])
    rows = [(point[0], point[column], titles["training"]) for point in curve]
    rows += [(epoch, value, titles["validation"]) for epoch, value in enumerate(validation, 1)]
    frame = pd.DataFrame(rows, columns=["epoch", "value", "part"])
    # Without a point there is no extent to draw an axis for.
    scale = alt.Scale(zero=metric == "loss") if rows else alt.Scale(domain=[0, 1])
    form = ".1%" if metric == "accuracy" else ".3f"
    base = alt.Chart(frame).encode(
        x=alt.X(
            "epoch:Q",
            title=titles["epoch"],
            scale=alt.Scale(domain=[0, n_epochs], nice=False),
            axis=alt.Axis(tickMinStep=1, format="d"),
        ),
        y=alt.Y(
            "value:Q",
            title=titles[metric],
            axis=alt.Axis(format=_PERCENT_AXIS if metric == "accuracy" else ".3~g"),
            scale=scale,
        ),
        color=alt.Color(
            "part:N",
            title=None,
            scale=alt.Scale(domain=parts, range=list(RUN_COLOURS[: len(parts)])),
            legend=alt.Legend(orient="top", direction="vertical"),
        ),
        tooltip=[
            alt.Tooltip("part:N", title=" "),
            alt.Tooltip("epoch:Q", title=titles["epoch"], format=".2f"),
            alt.Tooltip("value:Q", title=titles[metric], format=form),
        ],
    )
    line = base.mark_line(strokeWidth=2)
    is_validation = alt.datum.part == titles["validation"]
    points = base.mark_point(size=60, filled=True).encode(
        opacity=alt.condition(is_validation, alt.value(1), alt.value(0))
    )
    return (line + points).properties(height=HEIGHT - 40)
