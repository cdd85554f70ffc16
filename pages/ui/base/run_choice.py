"""Choosing the run that a page looks at. The URL says which one: `?run=`."""

from collections.abc import Iterable, Sequence
from typing import Final

import streamlit as st

from mnist_core.errors import DamagedError, InvalidConfigError, RunNotFoundError, RunStoreError
from mnist_core.runs.run import Run
from pages.ui.base import cache, choice, store_trouble, url
from pages.ui.base.language import _, error_text, plain
from pages.ui.base.numbers import percent

_LOOKED_AT: Final = "mnist.run"


def stored() -> Sequence[Run]:
    """Return all runs: the visitor's, newest first, then the baselines."""
    return [*own(), *cache.store().baselines()]


def own() -> Sequence[Run]:
    """Return the visitor's runs, newest first; none, with a sentence, while the store is away."""
    try:
        return cache.store().list()
    except RunStoreError as error:
        store_trouble.tell(error)
        return []


def trained() -> Sequence[Run]:
    """Return the runs with a trained network, in the order of `stored`."""
    return [run for run in stored() if run.result]


def describe(run: Run) -> str:
    """Name a run with what it reached."""
    if run.result is None:
        return run.title
    return _("{name} · {accuracy} right", name=run.title, accuracy=percent(test_accuracy(run)))


def test_accuracy(run: Run) -> float:
    """Return the share of the test images that a trained run reads right, 0..1."""
    if run.result is None:
        raise ValueError(f"{run.id} has no trained network")
    return run.result.test_accuracy


def best(runs: Iterable[Run]) -> Run:
    """Return the trained run that reads most of the test images, the first of several."""
    return max(runs, key=test_accuracy)


def settle() -> None:
    """Take over the run of the URL, or put the one last looked at into the URL."""
    look_at(st.query_params.get("run") or st.session_state.get(_LOOKED_AT))


def look_at(run_id: str | None) -> None:
    """Make a run the one that the pages look at, by URL and, from page to page, by session."""
    st.session_state[_LOOKED_AT] = run_id
    url.put(run=run_id)


def choose() -> Run:
    """Show the run picker and return the chosen run; a baseline is always there."""
    runs = {run.id: run for run in trained()}
    wanted = asked()
    if wanted and wanted.id not in runs:
        st.info(_("{name} has no trained network; here is another.", name=plain(wanted.title)))
    chosen = wanted.id if wanted and wanted.id in runs else best(runs.values()).id
    look_at(chosen)  # even the first choice, so that the link stays the same tomorrow
    return pick(
        _("Trained network"),
        list(runs.values()),
        parameter="run",
        key="run.choice",
        default=runs[chosen],
    )


def pick(label: str, runs: Sequence[Run], *, parameter: str, key: str, default: Run) -> Run:
    """Show a picker of runs and return the chosen one; the URL names it.

    Args:
        label: Says what it is chosen for.
        runs: What is offered, the default among them.
        parameter: Name in the URL.
        key: The widget's key.
        default: What is chosen when the URL names none of them.
    """
    by_id = {run.id: run for run in runs}
    titles = {run.id: describe(run) for run in runs}
    chosen = choice.choose(
        st.selectbox, label, titles, parameter=parameter, key=key, default=default.id
    )
    return by_id[chosen]


def pick_any(
    label: str, runs: Sequence[Run], *, parameter: str, key: str, explained: str | None = None
) -> Run | None:
    """Show a picker of runs and return the chosen one; None if the URL names none of them.

    Args:
        label: Says what it is chosen for.
        runs: What is offered.
        parameter: Name in the URL.
        key: The widget's key.
        explained: The widget's help.
    """
    by_id = {run.id: run for run in runs}
    titles = {run.id: describe(run) for run in runs}
    chosen = choice.choose_any(
        st.selectbox,
        label,
        titles,
        parameter=parameter,
        key=key,
        index=None,
        placeholder=_("None"),
        help=explained,
    )
    return None if chosen is None else by_id[chosen]


def asked() -> Run | None:
    """Return the run that the URL names; None, with a sentence, when it cannot be had."""
    run_id = st.query_params.get("run")
    if run_id is None:
        return None
    try:
        return cache.store().get(run_id)
    except (RunNotFoundError, DamagedError, InvalidConfigError) as error:
        st.warning(error_text(error))
        look_at(None)
    except RunStoreError as error:
        store_trouble.tell(error)
    return None
