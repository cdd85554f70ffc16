"""What is drawn by epoch: Plotly for comparisons that stand still, Altair for curves that grow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mnist_core.figures import HEIGHT, MARGIN, PERCENT_AXIS, QUIET_COLOUR, RUN_COLOURS
from mnist_core.records import CurvePoint, History


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GhostCurves:
    """An earlier run that a live chart shows beside the one at work.

    Attributes:
        name: What a person calls it.
        curve: Points (epochs done, loss, accuracy) of its training.
        history: One value per finished epoch, under Keras' names.
    """

    name: str
    curve: Sequence[CurvePoint]
    history: History


def live_chart(
    curve: Sequence[CurvePoint],
    history: History,
    *,
    metric: str,
    n_epochs: int,
    has_validation: bool,
    titles: Mapping[str, str],
    ghost: GhostCurves | None = None,
) -> alt.LayerChart:
    """Draw a training while it runs: a line within the epochs, a point a validation.

    Args:
        curve: Points (epochs done, loss, accuracy) of the training so far.
        history: One value per finished epoch, under Keras' names.
        metric: "loss" or "accuracy".
        n_epochs: Epochs in all; the axis is drawn to there from the start, so nothing jumps.
        has_validation: Whether validation points will come.
        titles: Words for "epoch", the metric, "training" and "validation".
        ghost: An earlier run to draw pale behind it, as far as the axis goes.
    """
    parts = [titles["training"], titles["validation"]][: 1 + has_validation]
    colours = list(RUN_COLOURS[: len(parts)])
    rows = _live_rows(curve, history, metric, (titles["training"], titles["validation"]))
    if ghost is not None:
        parts.append(ghost.name)
        colours.append(QUIET_COLOUR)
        pale = _live_rows(ghost.curve, ghost.history, metric, (ghost.name, ghost.name))
        rows = [row for row in pale if row[0] <= n_epochs] + rows
    frame = pd.DataFrame(rows, columns=["epoch", "value", "part", "is_validation"])
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
            scale=alt.Scale(domain=parts, range=colours),
            legend=alt.Legend(orient="top", direction="vertical"),
        ),
        tooltip=[
            alt.Tooltip("part:N", title=" "),
            alt.Tooltip("epoch:Q", title=titles["epoch"], format=".2f"),
            alt.Tooltip("value:Q", title=titles[metric], format=form),
        ],
    )
    # The dash sets a validation line apart for those who see no colours.
    line = base.mark_line(strokeWidth=2).encode(
        detail="is_validation:N",
        strokeDash=alt.condition("datum.is_validation", alt.value([4, 3]), alt.value([1, 0])),
    )
    points = base.mark_point(size=60, filled=True).transform_filter("datum.is_validation")
    return (line + points).properties(height=HEIGHT - 40)


def _live_rows(
    curve: Sequence[CurvePoint], history: History, metric: str, names: tuple[str, str]
) -> list[tuple[float, float, str, bool]]:
    """Return rows (epoch, value, name, whether validation) of the training and the validation."""
    column = 1 if metric == "loss" else 2
    training, validation = names
    rows = [(point[0], point[column], training, False) for point in curve]
    values = history.get(f"val_{metric}", [])
    return rows + [(float(epoch), value, validation, True) for epoch, value in enumerate(values, 1)]


def seed_band(
    histories: Sequence[History], *, metric: str, titles: Mapping[str, str]
) -> alt.LayerChart:
    """Draw the range of runs that differ in their seed only, and their mean, by epoch.

    Args:
        histories: Of each run, under Keras' names; at least one, with at least one epoch.
        metric: A name in every history, such as "val_loss".
        titles: Words for "epoch", "value" (the metric), "mean", "lowest" and "highest".
    """
    n_epochs = min(len(history[metric]) for history in histories)
    values = np.array([history[metric][:n_epochs] for history in histories])
    frame = pd.DataFrame(
        {
            "epoch": np.arange(1, n_epochs + 1),
            "low": values.min(axis=0),
            "mean": values.mean(axis=0),
            "high": values.max(axis=0),
        }
    )
    is_share = metric.endswith("accuracy")
    form = ".2%" if is_share else ".4f"
    y = {
        "title": titles["value"],
        "scale": alt.Scale(zero=False),
        "axis": alt.Axis(format=PERCENT_AXIS if is_share else ".3~g"),
    }
    base = alt.Chart(frame).encode(
        x=alt.X("epoch:Q", title=titles["epoch"], axis=alt.Axis(tickMinStep=1, format="d")),
        tooltip=[
            alt.Tooltip("epoch:Q", title=titles["epoch"]),
            alt.Tooltip("low:Q", title=titles["lowest"], format=form),
            alt.Tooltip("mean:Q", title=titles["mean"], format=form),
            alt.Tooltip("high:Q", title=titles["highest"], format=form),
        ],
    )
    band = base.mark_area(opacity=0.3, color=RUN_COLOURS[0]).encode(
        y=alt.Y("low:Q", **y), y2="high:Q"
    )
    mean = base.mark_line(color=RUN_COLOURS[0], strokeWidth=2, point=True).encode(
        y=alt.Y("mean:Q", **y)
    )
    return (band + mean).properties(height=HEIGHT - 80)
