"""The same training from several seeds as a band of curves."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from mnist_core.figures.palette import RUN_COLOURS
from mnist_core.figures.style import HEIGHT, PERCENT_AXIS
from mnist_core.runs.progress import History


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedWords:
    """Words on the band: its two axes, the value being a metric, and its three curves."""

    epoch: str
    value: str
    mean: str
    lowest: str
    highest: str


def seed_band(histories: Sequence[History], *, metric: str, words: SeedWords) -> alt.LayerChart:
    """Draw the range of runs that differ in their seed only, and their mean, by epoch.

    Args:
        histories: The history of each run, under Keras' names; at least one, with at least one
            epoch.
        metric: A name in every history, such as "val_loss".
        words: In the language of whoever looks.
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
        "title": words.value,
        "scale": alt.Scale(zero=False),
        "axis": alt.Axis(format=PERCENT_AXIS if is_share else ".3~g"),
    }
    base = alt.Chart(frame).encode(
        x=alt.X("epoch:Q", title=words.epoch, axis=alt.Axis(tickMinStep=1, format="d")),
        tooltip=[
            alt.Tooltip("epoch:Q", title=words.epoch),
            alt.Tooltip("low:Q", title=words.lowest, format=form),
            alt.Tooltip("mean:Q", title=words.mean, format=form),
            alt.Tooltip("high:Q", title=words.highest, format=form),
        ],
    )
    band = base.mark_area(opacity=0.3, color=RUN_COLOURS[0]).encode(
        y=alt.Y("low:Q", **y), y2="high:Q"
    )
    mean = base.mark_line(color=RUN_COLOURS[0], strokeWidth=2, point=True).encode(
        y=alt.Y("mean:Q", **y)
    )
    return (band + mean).properties(height=HEIGHT - 80)
