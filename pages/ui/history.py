"""The parts of the History page."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from mnist_core import curve_figures, figures
from mnist_core.config import count_parameters, describe_network
from mnist_core.evaluation import judge_fit
from mnist_core.records import Run
from pages.ui import curves, runs, url
from pages.ui.language import _, ngettext, plain
from pages.ui.run_result import FIT_SENTENCES

_MAX_RUNS: Final = len(figures.RUN_COLOURS)


def choose() -> Sequence[Run]:
    """Show the run picker and return the chosen runs; `?runs=` names them."""
    runs_by_id = {run.id: run for run in runs.stored()}
    known = {run_id: run for run_id, run in runs_by_id.items() if run.history}
    if "runs" in st.query_params:
        # Each once, in the order of the link.
        asked = list(dict.fromkeys(st.query_params["runs"].split(",")))
        wanted = [run_id for run_id in asked if run_id in known][:_MAX_RUNS]
        _tell_missing([run_id for run_id in asked if run_id and run_id not in known], runs_by_id)
    else:
        looked_at = st.query_params.get("run")
        wanted = (
            [looked_at]
            if looked_at in known
            else [run_id for run_id, run in known.items() if run.is_baseline]
        )

    def keep() -> None:
        url.put(runs=",".join(st.session_state["history.runs"]))

    st.session_state["history.runs"] = wanted
    titles = {run_id: runs.describe(run) for run_id, run in known.items()}
    chosen = st.multiselect(
        _("Runs"),
        list(titles),
        format_func=lambda run_id: titles[run_id],
        key="history.runs",
        on_change=keep,
        placeholder=_("Choose runs"),
        max_selections=_MAX_RUNS,
    )
    return [known[run_id] for run_id in chosen]


def _tell_missing(run_ids: Sequence[str], runs_by_id: Mapping[str, Run]) -> None:
    for run_id in run_ids:
        if run_id in runs_by_id:
            name = plain(runs_by_id[run_id].title)
            st.info(_("{name} has not finished an epoch yet, so it has no curves.", name=name))
    unknown = [plain(run_id) for run_id in run_ids if run_id not in runs_by_id]
    if unknown:
        st.warning(
            ngettext(
                "There is no run {names}",
                "There are no runs {names}",
                len(unknown),
                names=", ".join(unknown),
            )
        )


def show_curves(chosen: Sequence[Run]) -> None:
    """Draw loss and accuracy of the chosen runs."""
    if not chosen:
        st.info(_("Choose at least one run to see its curves."))
        return
    histories = {run.title: run.history for run in chosen}
    colours = figures.run_colours([run.number for run in chosen])
    titles = curves.titles()
    for metric, column in zip(("loss", "accuracy"), st.columns(2), strict=True):
        with column:
            st.subheader(titles[metric], anchor=False)
            st.plotly_chart(
                curve_figures.history_figure(
                    histories, metric=metric, colours=colours, titles=titles
                ),
                key=f"history.{metric}",
                config={"displayModeBar": False},
                alt=titles[metric],
            )
    st.caption(
        _(
            "Dotted: on the images it learns from. Solid: on validation images held back. When the "
            "solid loss turns upward while the dotted one still falls, it begins to learn by heart."
        )
    )


def take_home(chosen: Sequence[Run]) -> None:
    """Say in a sentence for each run what its numbers mean."""
    for run in chosen:
        if run.result:
            train, test = run.result.train_accuracy, run.result.test_accuracy
            sentence = _(
                FIT_SENTENCES[judge_fit(train, test)],
                train=runs.percent(train),
                test=runs.percent(test),
            )
            st.markdown(f"**{plain(run.title)}** · {sentence}")


def table(chosen: Sequence[Run]) -> None:
    """List the chosen runs with their settings and results."""
    if not chosen:
        return
    rows = [
        {
            "name": run.title,
            "network": describe_network(run.config),
            "parameters": count_parameters(run.config),
            "epochs": len(run.history["loss"]),
            "validation": max(run.history.get("val_accuracy", ()), default=None),
            "test": run.result.test_accuracy if run.result else None,
            "seconds": run.result.total_seconds if run.result else None,
        }
        for run in chosen
    ]
    frame = pd.DataFrame(rows)
    frame[["validation", "test"]] = frame[["validation", "test"]].astype(float) * 100
    st.dataframe(
        frame,
        hide_index=True,
        placeholder="–",
        column_config={
            "name": _("Run"),
            "network": _("Network"),
            "parameters": st.column_config.NumberColumn(_("Parameters"), format="localized"),
            "epochs": _("Epochs"),
            "validation": st.column_config.NumberColumn(
                _("Best validation accuracy"), format=runs.PERCENT_FORMAT
            ),
            "test": st.column_config.NumberColumn(_("Test accuracy"), format=runs.PERCENT_FORMAT),
            "seconds": st.column_config.NumberColumn(_("Seconds"), format="%.1f"),
        },
    )
