"""Runs compared by epoch, as Plotly figures; curves that grow are in `live`."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from mnist_core.figures.palette import FIGURE_COLOURS
from mnist_core.figures.style import BAR_HEIGHT, HEIGHT, MARGIN, PERCENT_AXIS
from mnist_core.figures.words import CurveWords, Metric
from mnist_core.runs.diagnosis import best_epoch
from mnist_core.runs.progress import History

_MARKER_SIZE: Final = 6
# Up to here each has its tick.
_FEW_EPOCHS: Final = 12
_BEST_SIZE: Final = 13
_BEST_SYMBOL: Final = "star"
# A run that was thrown off would press all others flat.
_LOG_FROM: Final = 5.0
# More labels than this lie upon each other.
_MAX_LABELLED: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryWords:
    """Words on the figure of a metric of several runs.

    Attributes:
        curves: Those that it has in common with other charts.
        loss_log: Title of the vertical axis where the loss is drawn logarithmically.
        hover: A sentence for each point, with the placeholders run, part, value and epoch.
        hover_best: One for the lowest validation loss, with run, value and epoch.
    """

    curves: CurveWords
    loss_log: str
    hover: str
    hover_best: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapWords:
    """Words on the figure of the gap between training and validation.

    Attributes:
        epoch: Title of the horizontal axis.
        gap: Title of the vertical axis.
        best: Label of the best epoch, with the placeholder epoch.
        hover: A sentence for each point, with the placeholders run, value and epoch.
        hover_best: One for the best epoch, with the same.
    """

    epoch: str
    gap: str
    best: str
    hover: str
    hover_best: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueDigitWords:
    """Words on the figure of one image by epoch.

    Attributes:
        epoch: Title of the horizontal axis.
        p_true: Title of the vertical axis.
        half: Label of the line at one half.
        hover: A sentence for each epoch, with the placeholders value and epoch.
    """

    epoch: str
    p_true: str
    half: str
    hover: str


def history_figure(
    histories: Mapping[str, History],
    *,
    metric: Metric,
    colours: Sequence[str],
    words: HistoryWords,
) -> go.Figure:
    """Draw a metric by epoch for several runs; the training part solid, validation dashed.

    A star on the validation loss marks the epoch where it was lowest.

    Args:
        histories: Name of each run -> its history under Keras' names.
        metric: What is drawn.
        colours: One for each run.
        words: In the language of whoever looks.
    """
    figure = go.Figure()
    value = "%{y:.2%}" if metric == "accuracy" else "%{y:.4f}"
    for (name, history), colour in zip(histories.items(), colours, strict=True):
        for key, part, dash in (
            (metric, words.curves.training, "solid"),
            (f"val_{metric}", words.curves.validation, "dash"),
        ):
            if not history.get(key):
                continue
            _add_line(
                figure,
                history[key],
                name=f"{_shown(name)} · {part}",
                colour=colour,
                dash=dash,
                hover=words.hover.format(run=_shown(name), part=part, value=value, epoch="%{x}"),
                best=best_epoch(history) if key == "val_loss" else None,
                hover_best=words.hover_best.format(run=_shown(name), value=value, epoch="%{x}"),
            )
    figure.update_yaxes(
        title=words.curves.title(metric), tickformat=PERCENT_AXIS if metric == "accuracy" else None
    )
    if metric == "loss" and any(max(line.y) > _LOG_FROM for line in figure.data):
        figure.update_yaxes(title=words.loss_log, type="log")
    _lay_out(figure, histories, words.curves.epoch)
    return figure


def gap_figure(
    histories: Mapping[str, History], *, colours: Sequence[str], words: GapWords
) -> go.Figure:
    """Draw how far the training accuracy is above the validation accuracy, by epoch.

    In percentage points; what was held back decides, so runs without validation have no line. A
    star marks the epoch where the validation loss was lowest.

    Args:
        histories: Name of each run -> its history under Keras' names.
        colours: One for each run.
        words: In the language of whoever looks.
    """
    figure = go.Figure()
    validated = [history for history in histories.values() if history.get("val_accuracy")]
    figure.add_hline(y=0, line={"color": FIGURE_COLOURS["quiet"], "width": 1})
    for (name, history), colour in zip(histories.items(), colours, strict=True):
        pairs = zip(history["accuracy"], history.get("val_accuracy", ()), strict=False)
        gaps = [100 * (train - validation) for train, validation in pairs]
        if not gaps:
            continue
        values = {"run": _shown(name), "value": "%{y:.2f}", "epoch": "%{x}"}
        best = best_epoch(history)
        _add_line(
            figure,
            gaps,
            name=_shown(name),
            colour=colour,
            hover=words.hover.format(**values),
            best=best,
            hover_best=words.hover_best.format(**values),
            label=words.best.format(epoch=best) if len(validated) <= _MAX_LABELLED else "",
        )
    figure.update_yaxes(title=words.gap)
    _lay_out(figure, histories, words.epoch)
    return figure


def p_true_figure(
    p_true: Mapping[int, float], *, marked: int | None = None, words: TrueDigitWords
) -> go.Figure:
    """Draw how probable the true digit of an image was after each epoch.

    Args:
        p_true: Epoch, from 1 -> probability, 0..1.
        marked: An epoch to mark.
        words: In the language of whoever looks.
    """
    figure = go.Figure()
    figure.add_hline(
        y=0.5,
        line={"color": FIGURE_COLOURS["quiet"], "width": 1, "dash": "dash"},
        annotation={"text": words.half, "font": {"color": FIGURE_COLOURS["quiet"]}},
        annotation_position="bottom right",
    )
    is_marked = [epoch == marked for epoch in p_true]
    figure.add_scatter(
        x=list(p_true),
        y=list(p_true.values()),
        mode="lines+markers",
        line={"color": FIGURE_COLOURS["main"], "width": 2},
        marker={
            "size": [_BEST_SIZE if mark else _MARKER_SIZE for mark in is_marked],
            "symbol": ["diamond" if mark else "circle" for mark in is_marked],
        },
        hovertemplate=words.hover.format(value="%{y:.1%}", epoch="%{x}") + "<extra></extra>",
    )
    figure.update_xaxes(title=words.epoch, dtick=1 if len(p_true) <= _FEW_EPOCHS else None)
    figure.update_yaxes(title=words.p_true, tickformat=PERCENT_AXIS, range=[-0.03, 1.03])
    figure.update_layout(height=BAR_HEIGHT, margin=MARGIN, showlegend=False)
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


def _lay_out(figure: go.Figure, histories: Mapping[str, History], epoch: str) -> None:
    n_epochs = max((len(history.get("loss", ())) for history in histories.values()), default=1)
    figure.update_xaxes(title=epoch, dtick=1 if n_epochs <= _FEW_EPOCHS else None)
    figure.update_layout(
        # The legend stands below and takes more rows for more curves.
        height=HEIGHT + 40 + 14 * len(figure.data),
        margin=MARGIN,
        showlegend=True,
        legend={"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "x": 0},
    )
