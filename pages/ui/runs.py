"""Choosing the run that a page looks at. The URL says which one: `?run=`."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from mnist_core.errors import RunNotFoundError
from mnist_core.records import Run
from pages.ui import cache, url
from pages.ui.language import _, error_text

# For table columns that hold percentages already multiplied by 100: always two decimals.
PERCENT_FORMAT: Final = "%.2f %%"


def trained() -> Sequence[Run]:
    """Return the runs with a trained network: the visitor's, newest first, then the baselines."""
    store = cache.store()
    return [run for run in (*store.list(), *store.baselines()) if run.result]


def describe(run: Run) -> str:
    """Name a run with what it reached."""
    if run.result is None:
        return run.title
    return _(
        "{name} · {accuracy} right", name=run.title, accuracy=percent(run.result.test_accuracy)
    )


def percent(share: float, *, digits: int = 2) -> str:
    """Write a share 0..1 as a percentage."""
    return f"{share:.{digits}%}"


def choose() -> Run:
    """Show the run picker and return the chosen run; a baseline is always there."""
    runs = {run.id: run for run in trained()}
    wanted = asked()
    if wanted and wanted.id not in runs:
        st.info(_("{name} has no trained network yet; here is another.", name=wanted.title))
    chosen = wanted.id if wanted and wanted.id in runs else next(iter(runs))
    url.put(run=chosen)  # even the first choice, so that the link stays the same tomorrow
    keep = url.follow("run", key="run.choice", options=runs, default=chosen)
    st.selectbox(
        _("Trained network"),
        list(runs),
        format_func=lambda run_id: describe(runs[run_id]),
        key="run.choice",
        on_change=keep,
    )
    return runs[chosen]


def asked() -> Run | None:
    """Return the run that the URL names; None, with a sentence, when there is no such run."""
    run_id = st.query_params.get("run")
    if run_id is None:
        return None
    try:
        return cache.store().get(run_id)
    except RunNotFoundError as error:
        st.warning(error_text(error))
        del st.query_params["run"]
        return None
