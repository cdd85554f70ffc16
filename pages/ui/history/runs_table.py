"""The table of all runs, to choose several of them; `?runs=` names them.

The URL decides and the table follows it, so links and the back button work.
"""

import base64
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import pandas as pd
import streamlit as st

from mnist_core.figures.palette import RUN_COLOURS, run_colours
from mnist_core.i18n import N_
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings import differences
from mnist_core.settings.architecture import describe_network
from pages.ui.base import numbers, run_choice, url
from pages.ui.base.language import _, ngettext, plain
from pages.ui.base.notice import Notice
from pages.ui.widgets import setting_texts

MAX_CHOSEN: Final = len(RUN_COLOURS)

STATUS_TITLES: Final[Mapping[RunStatus, str]] = MappingProxyType(
    {
        RunStatus.QUEUED: N_("Waiting"),
        RunStatus.STARTING: N_("Starting"),
        RunStatus.RUNNING: N_("Training"),
        RunStatus.FINISHED: N_("Finished"),
        RunStatus.STOPPED: N_("Stopped"),
        RunStatus.FAILED: N_("Failed"),
        RunStatus.INTERRUPTED: N_("Interrupted"),
    }
)

# Settings that the table shows for every run.
_OWN_COLUMNS: Final = ("network", "epochs")

_TABLE: Final = "history.table"
_NAMES: Final = "history.names"
_ROWS: Final = "mnist.history.rows"  # ids of the rows, as the browser has them
NOTICE: Final = Notice(key="mnist.history.notice")


def choose() -> Sequence[Run]:
    """Show the table of all runs and return the chosen ones, in the order of the URL."""
    everything = {run.id: run for run in run_choice.stored()}
    chosen = [everything[run_id] for run_id in _asked(everything)]
    _show(list(everything.values()), chosen)
    _show_names(everything, [run.id for run in chosen])
    NOTICE.tell()
    _tell_missing(everything)
    return chosen


def colours(chosen: Sequence[Run]) -> list[str]:
    """Return the colour of each chosen run, in the table and in its curves."""
    return run_colours([run.number for run in chosen])


def _asked(everything: Mapping[str, Run]) -> Sequence[str]:
    """Return the ids of the runs that the URL names, or of those to begin with."""
    if "runs" in st.query_params:
        # Each once, in the order of the link.
        asked = dict.fromkeys(st.query_params["runs"].split(","))
        return [run_id for run_id in asked if run_id in everything][:MAX_CHOSEN]
    looked_at = st.query_params.get("run", "")
    if looked_at in everything:
        return [looked_at]
    own = [run.id for run in everything.values() if run.history and not run.is_baseline]
    # The third, with 80 epochs, would leave the first two no room in the curves.
    included = [run.id for run in everything.values() if run.is_baseline]
    return [*own[:1], *included[:2]]


def _show(everything: Sequence[Run], chosen: Sequence[Run]) -> None:
    ids = [run.id for run in everything]
    rows = sorted(ids.index(run.id) for run in chosen)
    # Written only when the browser shows otherwise: else a fast second click would be lost.
    if _selected_rows() != rows:
        st.session_state[_TABLE] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    st.session_state[_ROWS] = ids
    chosen_ids = [run.id for run in chosen]

    def keep() -> None:
        _keep(chosen_ids)

    st.dataframe(
        _frame(everything, chosen),
        key=_TABLE,
        on_select=keep,
        selection_mode="multi-row",
        hide_index=True,
        placeholder="–",
        alt=_("All runs"),
        column_config={
            "colour": st.column_config.ImageColumn(
                "", width=36, pinned=True, help=_("The colour of its curves.")
            ),
            "name": st.column_config.TextColumn(_("Run"), width=158, pinned=True),
            "status": st.column_config.TextColumn(_("State"), width=78),
            "settings": st.column_config.TextColumn(
                _("Settings that differ"),
                width=128,
                help=_(
                    "The network, and what the run sets differently from the defaults, wherever "
                    "the runs in this table differ."
                ),
            ),
            "epochs": st.column_config.NumberColumn(_("Epochs"), width=62),
            "validation": st.column_config.NumberColumn(
                _("Best validation"),
                format=numbers.PERCENT_FORMAT,
                width=112,
                help=_("Best validation accuracy of all epochs."),
            ),
            "test": st.column_config.NumberColumn(
                _("Test"),
                format=numbers.PERCENT_FORMAT,
                width=74,
                help=_("Accuracy on the 10,000 test images."),
            ),
            "seconds": st.column_config.NumberColumn(_("Seconds"), format="%.1f", width=72),
            "date": st.column_config.DatetimeColumn(
                _("Date"), format="YYYY-MM-DD HH:mm", timezone=st.context.timezone, width=128
            ),
        },
    )
    st.caption(
        _(
            "Tick up to {n} runs, or choose them by name below. Click a column's title to sort.",
            n=MAX_CHOSEN,
        )
    )


def _show_names(everything: Mapping[str, Run], chosen: Sequence[str]) -> None:
    """Show the chosen by name too: the table's ticks are out of reach of the keyboard."""

    def keep() -> None:
        put(st.session_state[_NAMES])

    st.session_state[_NAMES] = list(chosen)
    titles = {run_id: run.title for run_id, run in everything.items()}
    st.multiselect(
        _("Runs to compare"),
        list(titles),
        format_func=lambda run_id: titles[run_id],
        key=_NAMES,
        on_change=keep,
        placeholder=_("Choose runs"),
        max_selections=MAX_CHOSEN,
    )


def _selected_rows() -> Sequence[int]:
    state = st.session_state.get(_TABLE)
    return sorted(state["selection"]["rows"]) if state else []


def _keep(chosen: Sequence[str]) -> None:
    """Write what was ticked into the URL: those chosen before first, in their order."""
    ticked = [st.session_state[_ROWS][row] for row in _selected_rows()]
    if set(ticked) == set(chosen):
        return  # the browser only repeats what it was told
    kept = [run_id for run_id in chosen if run_id in ticked]
    wanted = [*kept, *(run_id for run_id in ticked if run_id not in kept)]
    if len(wanted) > MAX_CHOSEN:
        NOTICE.leave(_("At most {n} runs can be compared.", n=MAX_CHOSEN))
    put(wanted)


def put(run_ids: Sequence[str]) -> None:
    """Choose these runs: write them into the URL."""
    url.put(runs=",".join(run_ids[:MAX_CHOSEN]))


def _frame(everything: Sequence[Run], chosen: Sequence[Run]) -> pd.DataFrame:
    drawn = [run for run in chosen if run.history]
    pictures = {run.id: _swatch(colour) for run, colour in zip(drawn, colours(drawn), strict=True)}
    unusual = differences.unusual_settings([run.config for run in everything])
    rows = [
        {
            "colour": pictures.get(run.id, ""),
            "name": run.title,
            "status": _(STATUS_TITLES[run.status]),
            "settings": " · ".join(
                [
                    describe_network(run.config),
                    *setting_texts.beginning(run),
                    *setting_texts.listing(settings, without=_OWN_COLUMNS),
                ]
            ),
            "epochs": run.n_epochs_done,
            "validation": max(run.history.get("val_accuracy", ()), default=None),
            "test": run.result.test_accuracy if run.result else None,
            "seconds": run.result.total_seconds if run.result else None,
            "date": pd.Timestamp(run.created_at, unit="s", tz="UTC"),
        }
        for run, settings in zip(everything, unusual, strict=True)
    ]
    frame = pd.DataFrame(rows)
    frame[["validation", "test"]] = frame[["validation", "test"]].astype(float) * 100
    return frame


def _swatch(colour: str) -> str:
    """Draw a colour as a picture that fits into a cell."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32">'
        f'<rect x="7" y="7" width="18" height="18" rx="4" fill="{colour}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _tell_missing(everything: Mapping[str, Run]) -> None:
    asked = dict.fromkeys(st.query_params.get("runs", "").split(","))
    unknown = [plain(run_id) for run_id in asked if run_id and run_id not in everything]
    if unknown:
        st.warning(
            ngettext(
                "There is no run {names}",
                "There are no runs {names}",
                len(unknown),
                names=", ".join(unknown),
            )
        )
