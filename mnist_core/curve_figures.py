"""What is drawn by epoch: Plotly for comparisons that stand still, Altair for curves that grow."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd
import plotly.graph_objects as go

from mnist_core.figures import HEIGHT, MARGIN, PERCENT_AXIS, RUN_COLOURS
from mnist_core.records import History


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
        title=titles[metric], tickformat=PERCENT_AXIS if metric == "accuracy" else None
    )
    figure.update_layout(
        # The legend stands below and takes more rows for more curves.
        height=HEIGHT + 40 + 14 * len(figure.data),
        margin=MARGIN,
        legend={"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "x": 0},
    )
    return figure


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
            axis=alt.Axis(format=PERCENT_AXIS if metric == "accuracy" else ".3~g"),
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
