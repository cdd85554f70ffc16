"""The curves of a run at work: built once for all who watch it."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pyarrow as pa

from mnist_core.figures.live import GhostCurves, live_chart
from mnist_core.figures.words import CurveWords, Metric
from mnist_core.runs.progress import CurvePoint
from mnist_core.runs.run import Run


def chart(
    run: Run, ghost: Run | None, metric: Metric, words: CurveWords
) -> tuple[pa.Table, dict[str, Any]]:
    """Return the data of a live chart, and its Vega-Lite description.

    Args:
        run: The run.
        ghost: Another one, to be drawn pale behind it.
        metric: What is drawn.
        words: In the language of whoever looks.
    """
    behind = None if ghost is None else _Curves(_state(ghost), ghost)
    table, spec = _build(_Curves(_state(run), run), behind, metric, words)
    return table, copy.deepcopy(spec)  # Streamlit changes it


@dataclass(frozen=True, slots=True)
class _Curves:
    """A run, told apart by what is drawn of it."""

    state: tuple[object, ...]
    run: Run = field(compare=False)


def _state(run: Run) -> tuple[object, ...]:
    curve = points(run)
    return run.id, run.started_at, run.title, len(curve), curve[-1:], run.n_epochs_done


def points(run: Run) -> Sequence[CurvePoint]:
    """Return the points of a run's curve; a baseline keeps its epochs only."""
    if run.progress and run.progress.curve:
        return run.progress.curve
    pairs = zip(run.history.get("loss", ()), run.history.get("accuracy", ()), strict=True)
    return tuple((float(epoch), loss, accuracy) for epoch, (loss, accuracy) in enumerate(pairs, 1))


@lru_cache(maxsize=64)
def _build(
    curves: _Curves, ghost: _Curves | None, metric: Metric, words: CurveWords
) -> tuple[pa.Table, dict[str, Any]]:
    """Return the data of a chart, as Arrow's table as which they are sent, and its description."""
    run = curves.run
    built = live_chart(
        points(run),
        run.history,
        metric=metric,
        n_epochs=run.config.epochs,
        has_validation=run.config.validation_split > 0,
        words=words,
        ghost=None
        if ghost is None
        else GhostCurves(name=ghost.run.title, curve=points(ghost.run), history=ghost.run.history),
    )
    return pa.Table.from_pandas(built.frame, preserve_index=False), built.spec
