"""What is drawn by epoch: Plotly for comparisons that stand still, Altair for curves that grow."""

import copy
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mnist_core.diagnosis import best_epoch
from mnist_core.figures import HEIGHT, MARGIN, PERCENT_AXIS, QUIET_COLOUR, RUN_COLOURS
from mnist_core.records import CurvePoint, History

_MARKER_SIZE: Final = 6
_BEST_SIZE: Final = 13
_BEST_SYMBOL: Final = "star"
# A run that was thrown off would press all others flat.
_LOG_FROM: Final = 5.0
# More labels than this lie upon each other.
_MAX_LABELLED: Final = 2


def history_figure(
    histories: Mapping[str, History],
    *,
    metric: str,
    colours: Sequence[str],
    titles: Mapping[str, str],
) -> go.Figure:
    """Draw a metric by epoch for several runs; the training part solid, validation dashed.

    A star on the validation loss marks the epoch where it was lowest.

    Args:
        histories: Name of each run -> its history under Keras' names.
        metric: "loss" or "accuracy".
        colours: One for each run.
        titles: Words for "epoch", the metric, "loss_log" for a logarithmic axis, "training" and
            "validation"; the "hover" sentence with the placeholders run, part, value and epoch,
            and "hover_best" with run, value and epoch.
    """
    figure = go.Figure()
    value = "%{y:.2%}" if metric == "accuracy" else "%{y:.4f}"
    for (name, history), colour in zip(histories.items(), colours, strict=True):
        for key, part, dash in (
            (metric, titles["training"], "solid"),
            (f"val_{metric}", titles["validation"], "dash"),
        ):
            if not history.get(key):
                continue
            _add_line(
                figure,
                history[key],
                name=f"{_shown(name)} · {part}",
                colour=colour,
                dash=dash,
                hover=titles["hover"].format(
                    run=_shown(name), part=part, value=value, epoch="%{x}"
                ),
                best=best_epoch(history) if key == "val_loss" else None,
                hover_best=titles["hover_best"].format(run=_shown(name), value=value, epoch="%{x}"),
            )
    figure.update_yaxes(
        title=titles[metric], tickformat=PERCENT_AXIS if metric == "accuracy" else None
    )
    if metric == "loss" and any(max(line.y) > _LOG_FROM for line in figure.data):
        figure.update_yaxes(title=titles["loss_log"], type="log")
    _lay_out(figure, histories, titles)
    return figure


def gap_figure(
    histories: Mapping[str, History], *, colours: Sequence[str], titles: Mapping[str, str]
) -> go.Figure:
    """Draw by epoch how far the training accuracy is above the validation accuracy.

    In percentage points; what was held back decides, so runs without validation have no line. A
    star marks the epoch where the validation loss was lowest.

    Args:
        histories: Name of each run -> its history under Keras' names.
        colours: One for each run.
        titles: Words for "epoch" and "gap"; the "hover_gap" sentence with the placeholders run,
            value and epoch, "hover_gap_best" with the same, and "best" with epoch, a label.
    """
    figure = go.Figure()
    validated = [history for history in histories.values() if history.get("val_accuracy")]
    figure.add_hline(y=0, line={"color": QUIET_COLOUR, "width": 1})
    for (name, history), colour in zip(histories.items(), colours, strict=True):
        pairs = zip(history["accuracy"], history.get("val_accuracy", ()), strict=False)
        gaps = [100 * (train - validation) for train, validation in pairs]
        if not gaps:
            continue
        words = {"run": _shown(name), "value": "%{y:.2f}", "epoch": "%{x}"}
        best = best_epoch(history)
        _add_line(
            figure,
            gaps,
            name=_shown(name),
            colour=colour,
            hover=titles["hover_gap"].format(**words),
            best=best,
            hover_best=titles["hover_gap_best"].format(**words),
            label=titles["best"].format(epoch=best) if len(validated) <= _MAX_LABELLED else "",
        )
    figure.update_yaxes(title=titles["gap"])
    _lay_out(figure, histories, titles)
    return figure


def _shown(name: str) -> str:
    """Escape a name that a person gave, so that Plotly shows it as it is."""
    return html.escape(name, quote=False).replace("%{", "%&#123;")


def _add_line(
    figure: go.Figure,
    values: Sequence[float],
    *,
    name: str,
    colour: str,
    hover: str,
    dash: str = "solid",
    best: int | None = None,
    hover_best: str = "",
    label: str = "",
) -> None:
    """Draw one value an epoch; the best epoch, from 1, with a mark and a sentence of its own."""
    epochs = range(1, len(values) + 1)
    figure.add_scatter(
        x=list(epochs),
        y=list(values),
        name=name,
        mode="lines+markers+text" if label else "lines+markers",
        line={"color": colour, "dash": dash, "width": 2},
        marker={
            "color": colour,
            "size": [_BEST_SIZE if epoch == best else _MARKER_SIZE for epoch in epochs],
            "symbol": [_BEST_SYMBOL if epoch == best else "circle" for epoch in epochs],
        },
        text=[label if epoch == best else "" for epoch in epochs] if label else None,
        textposition="top center",
        hovertemplate=[
            f"{hover_best if epoch == best else hover}<extra></extra>" for epoch in epochs
        ],
    )


def _lay_out(
    figure: go.Figure, histories: Mapping[str, History], titles: Mapping[str, str]
) -> None:
    n_epochs = max((len(history.get("loss", ())) for history in histories.values()), default=1)
    figure.update_xaxes(title=titles["epoch"], dtick=1 if n_epochs <= 12 else None)
    figure.update_layout(
        # The legend stands below and takes more rows for more curves.
        height=HEIGHT + 40 + 14 * len(figure.data),
        margin=MARGIN,
        showlegend=True,
        legend={"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "x": 0},
    )


_GHOST_OPACITY: Final = 0.45


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


@dataclass(frozen=True, slots=True)
class LiveChart:
    """A chart that is drawn again and again: its data, and the Vega-Lite description.

    The description stays the same while the data grow, so it is made once.
    """

    frame: pd.DataFrame
    spec: dict[str, Any]


def live_chart(
    curve: Sequence[CurvePoint],
    history: History,
    *,
    metric: str,
    n_epochs: int,
    has_validation: bool,
    titles: Mapping[str, str],
    ghost: GhostCurves | None = None,
) -> LiveChart:
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
    training, validation = titles["training"], titles["validation"]
    rows = _live_rows(curve, history, metric, (training, validation))
    if ghost is not None:
        pale = _live_rows(ghost.curve, ghost.history, metric, (ghost.name, ghost.name))
        rows = [row for row in pale if row[0] <= n_epochs] + rows
    spec = _live_spec(
        parts=(training, validation)[: 1 + has_validation],
        ghost=ghost.name if ghost else None,
        is_share=metric == "accuracy",
        n_epochs=n_epochs,
        is_empty=not rows,
        epoch_title=titles["epoch"],
        value_title=titles[metric],
    )
    frame = pd.DataFrame(rows, columns=["epoch", "value", "part", "is_validation"])
    return LiveChart(frame, copy.deepcopy(spec))


@lru_cache(maxsize=64)
def _live_spec(
    *,
    parts: tuple[str, ...],
    ghost: str | None,
    is_share: bool,
    n_epochs: int,
    is_empty: bool,
    epoch_title: str,
    value_title: str,
) -> dict[str, Any]:
    """Describe a live chart. Altair checks every word of it, which takes longer than to draw."""
    colours = list(RUN_COLOURS[: len(parts)])
    names = list(parts)
    if ghost is not None:
        names.append(ghost)
        colours.append(QUIET_COLOUR)
    base = alt.Chart().encode(
        x=alt.X(
            "epoch:Q",
            title=epoch_title,
            scale=alt.Scale(domain=[0, n_epochs], nice=False),
            axis=alt.Axis(tickMinStep=1, format="d"),
        ),
        y=alt.Y(
            "value:Q",
            title=value_title,
            axis=alt.Axis(format=PERCENT_AXIS if is_share else ".3~g"),
            # Without a point there is no extent to draw an axis for.
            scale=alt.Scale(domain=[0, 1]) if is_empty else alt.Scale(zero=not is_share),
        ),
        color=alt.Color(
            "part:N",
            title=None,
            scale=alt.Scale(domain=names, range=colours),
            legend=alt.Legend(orient="top", direction="vertical"),
        ),
        tooltip=[
            alt.Tooltip("part:N", title=" "),
            alt.Tooltip("epoch:Q", title=epoch_title, format=".2f"),
            alt.Tooltip("value:Q", title=value_title, format=".1%" if is_share else ".3f"),
        ],
    )
    is_ghost = alt.datum.part == (ghost or "")
    opacity = alt.condition(is_ghost, alt.value(_GHOST_OPACITY), alt.value(1))
    # The dash sets a validation line apart for those who see no colours.
    line = base.mark_line(strokeWidth=2).encode(
        opacity=opacity,
        detail="is_validation:N",
        strokeDash=alt.condition("datum.is_validation", alt.value([4, 3]), alt.value([1, 0])),
    )
    points = (
        base.mark_point(size=60, filled=True)
        .encode(opacity=opacity)
        .transform_filter("datum.is_validation")
    )
    # A layer that never has a point makes the browser warn of a scale without an end.
    has_points = len(parts) > 1 or ghost is not None
    chart = alt.layer(line, points) if has_points else alt.layer(line)
    spec: dict[str, Any] = chart.properties(height=HEIGHT - 40).to_dict()
    return spec


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
