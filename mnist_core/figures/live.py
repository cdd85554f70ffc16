"""What is drawn while runs train: Altair charts, which change without being redrawn."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd

from mnist_core.figures.palette import FIGURE_COLOURS, RUN_COLOURS
from mnist_core.figures.style import HEIGHT, PERCENT_AXIS, VegaChart
from mnist_core.figures.words import CurveWords, Metric
from mnist_core.runs.progress import CurvePoint, History

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


def live_chart(
    curve: Sequence[CurvePoint],
    history: History,
    *,
    metric: Metric,
    n_epochs: int,
    has_validation: bool,
    words: CurveWords,
    ghost: GhostCurves | None = None,
) -> VegaChart:
    """Draw a training while it runs: a line within the epochs, a point a validation.

    Args:
        curve: Points (epochs done, loss, accuracy) of the training so far.
        history: One value per finished epoch, under Keras' names.
        metric: What is drawn.
        n_epochs: Epochs in all; the axis is drawn to there from the start, so nothing jumps.
        has_validation: Whether validation points will come.
        words: In the language of whoever looks.
        ghost: An earlier run to draw pale behind it, as far as the axis goes.
    """
    parts = words.training, words.validation
    rows = _live_rows(curve, history, metric, parts)
    if ghost is not None:
        pale = _live_rows(ghost.curve, ghost.history, metric, (ghost.name, ghost.name))
        rows = [row for row in pale if row[0] <= n_epochs] + rows
    spec = _live_spec(
        parts=parts[: 1 + has_validation],
        ghost=ghost.name if ghost else None,
        is_share=metric == "accuracy",
        n_epochs=n_epochs,
        is_empty=not rows,
        epoch_title=words.epoch,
        value_title=words.title(metric),
    )
    frame = pd.DataFrame(rows, columns=["epoch", "value", "part", "is_validation"])
    return VegaChart(frame, copy.deepcopy(spec))


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
        colours.append(FIGURE_COLOURS["quiet"])
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
    curve: Sequence[CurvePoint], history: History, metric: Metric, names: tuple[str, str]
) -> list[tuple[float, float, str, bool]]:
    """Return rows (epoch, value, name, whether validation) of the training and the validation."""
    column = 1 if metric == "loss" else 2
    training, validation = names
    rows = [(point[0], point[column], training, False) for point in curve]
    values = history.get(f"val_{metric}", [])
    return rows + [(float(epoch), value, validation, True) for epoch, value in enumerate(values, 1)]
