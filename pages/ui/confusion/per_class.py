"""How good the answers are, all in all and digit by digit."""

import math
from typing import Final

import pandas as pd
import streamlit as st

from mnist_core.arrays import N_CLASSES
from mnist_core.data.parts import Part
from mnist_core.evaluation.answers import Answers
from mnist_core.evaluation.chance import accuracy_interval
from mnist_core.evaluation.metrics import ClassMetrics, class_metrics, macro_average
from pages.ui.base.language import _, ngettext
from pages.ui.base.numbers import PERCENT_FORMAT, percent

# Even the shortest bar stays visible.
_SHORTEST_BAR: Final = 0.02


def show(answers: Answers, part: Part) -> None:
    """Show the accuracy, and precision, recall and F1 of each digit.

    Args:
        answers: Answers to the images of a part.
        part: Which part; it decides what the numbers can tell about other images.
    """
    if not len(answers):
        st.info(_("There are no images to count."))
        return
    st.write(_accuracy(answers, part))
    metrics = class_metrics(answers.counts)
    macro = macro_average(metrics)
    st.write(
        _(
            "Averaged over the ten digits, each counting the same (macro average): precision "
            "{precision}, recall {recall}, F1 {f1}.",
            precision=percent(macro.precision),
            recall=percent(macro.recall),
            f1=percent(macro.f1),
        )
    )
    n_absent = int((metrics.support == 0).sum())
    if n_absent:
        st.write(
            ngettext(
                "{n} digit does not occur among them, and counts as 0.",
                "{n} digits do not occur among them, and count as 0.",
                n_absent,
            )
        )
    _table(metrics)


def _accuracy(answers: Answers, part: Part) -> str:
    accuracy, n = percent(answers.accuracy), f"{len(answers):,}"
    if part is Part.TRAIN:
        return _(
            "It reads {accuracy} of these {n} images right. It learned from them, so this says "
            "little about new images.",
            accuracy=accuracy,
            n=n,
        )
    interval = accuracy_interval(answers.n_correct, len(answers))
    return _(
        "It reads {accuracy} of these {n} images right. They are only a sample: of very many "
        "images of the same kind it would likely read between {low} and {high} right (95 percent "
        "interval).",
        accuracy=accuracy,
        n=n,
        low=percent(interval.low),
        high=percent(interval.high),
    )


def _table(metrics: ClassMetrics) -> None:
    start = _start_of_bars(metrics)
    frame = pd.DataFrame(
        {
            "digit": range(N_CLASSES),
            "precision": 100 * metrics.precision,
            "recall": 100 * metrics.recall,
            "f1": 100 * metrics.f1,
            "support": metrics.support,
        }
    )
    names = {
        "precision": (
            _("Precision"),
            _("Of the images it reads as this digit, the share that it reads right."),
        ),
        "recall": (_("Recall"), _("Of the images of this digit, the share that it finds.")),
        "f1": (_("F1"), _("The harmonic mean of precision and recall.")),
    }
    bars = {
        key: st.column_config.ProgressColumn(
            name, help=meaning, format=PERCENT_FORMAT, min_value=100 * start, max_value=100
        )
        for key, (name, meaning) in names.items()
    }
    st.dataframe(
        frame,
        hide_index=True,
        column_config={
            "digit": st.column_config.NumberColumn(_("Digit"), width=55, pinned=True),
            **bars,
            "support": st.column_config.NumberColumn(
                _("Images"), help=_("How many of the images are this digit (support)."), width=80
            ),
        },
        height="content",
        alt=_("Precision, recall and F1 of each digit"),
    )
    st.caption(
        _(
            "Precision (hit rate): when it says 4, how often is it a 4? Recall (coverage): of all "
            "4s, how many does it find? F1 is the harmonic mean of both. Choose the name of a "
            "column to sort by it."
        )
    )
    if start:
        st.caption(
            _(
                "To show the differences, the bars begin at {start}, not at 0.",
                start=percent(start, digits=0),
            )
        )


def _start_of_bars(metrics: ClassMetrics) -> float:
    """Return the ten percent below all metrics where their bars begin, 0..1."""
    lowest = min(float(each.min()) for each in (metrics.precision, metrics.recall, metrics.f1))
    return max(0, math.floor(10 * (lowest - _SHORTEST_BAR))) / 10
