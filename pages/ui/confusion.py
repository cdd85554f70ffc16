"""The parts of the Confusion page."""

import math
from typing import Final

import pandas as pd
import streamlit as st

from mnist_core import figures
from mnist_core.dataset import N_CLASSES
from mnist_core.evaluation import Choice, Evaluation
from mnist_core.metrics import class_metrics
from pages.ui import cache, digits, tiles, url
from pages.ui.language import _, ngettext
from pages.ui.runs import PERCENT_FORMAT, percent

_PAGE_SIZE: Final = 40
_N_PAIRS: Final = 6


def headline(result: Evaluation) -> None:
    """Say how many images are read wrong."""
    n_wrong = result.n_wrong
    st.write(
        ngettext(
            "It reads {accuracy} of the 10,000 test images right; {n} is read wrong.",
            "It reads {accuracy} of the 10,000 test images right; {n} are read wrong.",
            n_wrong,
            accuracy=percent(result.accuracy),
        )
    )
    st.caption(
        _(
            "Rows are true digits, columns what the network read. Choose a cell to see its images; "
            "arrow keys and Enter work too."
        )
    )


def asked_cell() -> tuple[int, int] | None:
    """Return the cell (true, predicted) that the URL names; None for none, or for nonsense."""
    true, predicted = (url.whole(name, below=N_CLASSES) for name in ("true", "predicted"))
    return None if true is None or predicted is None else (true, predicted)


def keep_cell(cell: tuple[int, int] | None) -> None:
    """Write the chosen cell into the URL."""
    true, predicted = cell or (None, None)
    url.put(true=true, predicted=predicted)


def most_confused(result: Evaluation) -> None:
    """List the pairs that are confused most, as buttons that choose the cell."""
    st.markdown(_("**Most confused**"))
    for pair in result.most_confused(_N_PAIRS):
        st.button(
            _(
                "{true} read as {predicted}: {count} ×",
                true=pair.true,
                predicted=pair.predicted,
                count=pair.count,
            ),
            key=f"confusion.pair.{pair.true}.{pair.predicted}",
            on_click=keep_cell,
            args=((pair.true, pair.predicted),),
            width="stretch",
        )


def gallery(result: Evaluation, cell: tuple[int, int] | None) -> None:
    """Show the images of a cell, the instructive first."""
    if cell is None:
        return
    true, predicted = cell
    indices = result.indices[result.chosen(Choice(true, predicted))]
    if true == predicted:
        title = ngettext(
            "{n} image of digit {digit}, read right",
            "{n} images of digit {digit}, read right",
            len(indices),
            digit=true,
        )
        order = _("The least certain first.")
    else:
        title = ngettext(
            "{n} image of digit {true}, read as {predicted}",
            "{n} images of digit {true}, read as {predicted}",
            len(indices),
            true=true,
            predicted=predicted,
        )
        order = _("The most confident mistakes first.")
    st.subheader(title, anchor=False)
    if not len(indices):
        st.write(_("This mistake never happened. Choose another cell."))
        return
    st.caption(order)
    grid = st.container()
    n_pages = math.ceil(len(indices) / _PAGE_SIZE)
    page = 1
    if n_pages > 1:
        page = st.pagination(n_pages, key=f"confusion.page.{true}.{predicted}")
    shown = indices[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE]
    with grid:
        tiles.show(
            digits.predicted_tiles(cache.dataset().test_images, result, shown),
            label=title,
            width=84,
        )


def per_class(result: Evaluation) -> None:
    """Show precision, recall and F1 of each digit."""
    st.subheader(_("Digit by digit"), anchor=False)
    metrics = class_metrics(result.counts)
    names = {"precision": _("Precision"), "recall": _("Recall"), "f1": _("F1")}
    chart, table = st.columns([1, 1.2], gap="medium")
    chart.plotly_chart(
        figures.class_metrics_figure(
            {name: getattr(metrics, key) for key, name in names.items()},
            titles={
                "digit": _("Digit"),
                "share": _("Share"),
                "hover": _("{metric} of digit {digit}: {value}"),
            },
        ),
        key="confusion.metrics",
        config={"displayModeBar": False},
        alt=_("Precision, recall and F1 of each digit"),
    )
    frame = pd.DataFrame(
        {
            "digit": range(N_CLASSES),
            "precision": 100 * metrics.precision,
            "recall": 100 * metrics.recall,
            "f1": 100 * metrics.f1,
            "support": metrics.support,
        }
    )
    # In pixels: the names of the metrics are long in Chinese.
    widths = {"precision": 125, "recall": 115, "f1": 75}
    share = {
        key: st.column_config.NumberColumn(name, format=PERCENT_FORMAT, width=widths[key])
        for key, name in names.items()
    }
    table.dataframe(
        frame,
        hide_index=True,
        column_config={
            "digit": st.column_config.NumberColumn(_("Digit"), width=55),
            **share,
            "support": st.column_config.NumberColumn(_("Test images"), width=95),
        },
        height="content",
    )
    st.caption(
        _(
            "Precision: when it says 4, how often is it a 4? Recall: of all 4s, how many does it "
            "find? F1 is the harmonic mean of both."
        )
    )
