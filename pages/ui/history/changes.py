"""Rename and delete runs, with undo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import streamlit as st

from mnist_core.errors import RunStoreError
from mnist_core.runs.run import Run
from mnist_core.store.room import BYTES_PER_MB, limit_bytes
from mnist_core.store.schema import MAX_NAME_LENGTH
from pages.ui import layout
from pages.ui.base import cache, run_choice, store_trouble
from pages.ui.base.language import _, ngettext, plain
from pages.ui.history.runs_table import NOTICE, put

_DELETED: Final = "mnist.history.deleted"


@dataclass(frozen=True, slots=True)
class _Deletion:
    """What was deleted last: id -> title, and the visit to the page in which it was."""

    titles: Mapping[str, str]
    visit: int


def change(chosen: Sequence[Run]) -> None:
    """Show the buttons that rename or delete those of the chosen runs that were trained here."""
    own = [run for run in chosen if not run.is_baseline]
    _rename_button(own[0] if len(own) == 1 else None)
    st.button(
        ngettext("Delete {n} run", "Delete {n} runs", len(own)) if own else _("Delete"),
        icon=":material/delete:",
        key="history.delete",
        disabled=not own,
        on_click=_delete,
        args=({run.id: run.title for run in own}, [run.id for run in chosen]),
    )


def _rename_button(run: Run | None) -> None:
    # Its keys carry the name, so that it closes when the run has got another one.
    key = f"history.rename.{run.id}.{run.name}" if run else "history.rename"
    with st.popover(
        _("Rename"),
        icon=":material/edit:",
        disabled=run is None,
        key=key,
        help=None if run else _("Choose one run of your own to rename it."),
    ):
        if run is None:
            return
        with st.form(f"{key}.form", border=False):
            st.text_input(_("New name"), run.name, max_chars=MAX_NAME_LENGTH, key=f"{key}.name")
            st.form_submit_button(
                _("Rename"), on_click=_rename, args=(run.id, f"{key}.name"), key=f"{key}.submit"
            )


def _rename(run_id: str, key: str) -> None:
    name = st.session_state[key]
    if name.strip():
        NOTICE.attempt(partial(cache.store().rename, run_id, name))
    else:
        NOTICE.leave(_("A run needs a name."))


def _delete(titles: Mapping[str, str], chosen: Sequence[str]) -> None:
    deleted, remaining = _change_each(cache.store().delete, list(titles))
    if deleted:
        st.session_state[_DELETED] = _Deletion(
            {run_id: titles[run_id] for run_id in deleted}, layout.visit()
        )
    gone = titles.keys() - remaining
    put([run_id for run_id in chosen if run_id not in gone])
    if st.query_params.get("run") in gone:
        run_choice.look_at(None)


def explain_included(chosen: Sequence[Run]) -> None:
    """Say why included networks among the chosen are left out of renaming and deleting."""
    if any(run.is_baseline for run in chosen):
        st.caption(
            _("The networks that are included cannot be renamed or deleted: every page needs them.")
        )


def show_room() -> None:
    """Say how much the stored runs take, and may take."""
    try:
        size, limit = cache.store().size(), limit_bytes()
    except RunStoreError as error:
        store_trouble.tell(error)
        return
    if size:
        st.caption(
            _(
                "Your stored runs take {size} MB of the {limit} MB that they may; beyond that, the "
                "oldest saved states go first.",
                size=f"{size / BYTES_PER_MB:,.1f}",
                limit=f"{limit / BYTES_PER_MB:,.0f}",
            )
        )


def offer_undo(chosen: Sequence[Run]) -> None:
    """Say what was deleted last in this visit to the page, with the way back."""
    deletion = st.session_state.get(_DELETED)
    if deletion is None or deletion.visit != layout.visit() or not deletion.titles:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        names = ", ".join(plain(title) for title in deletion.titles.values())
        st.markdown(_("Deleted: {names}.", names=names), width="content")
        st.button(
            _("Undo"),
            icon=":material/undo:",
            key="history.undo",
            on_click=_undo,
            args=(deletion, [run.id for run in chosen]),
        )


def _undo(deletion: _Deletion, chosen: Sequence[str]) -> None:
    restored, remaining = _change_each(cache.store().restore, list(deletion.titles))
    st.session_state[_DELETED] = _Deletion(
        {run_id: deletion.titles[run_id] for run_id in remaining}, deletion.visit
    )
    put([*chosen, *restored])


def _change_each(
    change: Callable[[str], None], run_ids: Sequence[str]
) -> tuple[Sequence[str], Sequence[str]]:
    """Change runs one by one.

    Returns:
        The runs that were changed, and those that may be another time, when the store can be
        written again. A run that does not exist is among neither.
    """
    changed, remaining = [], []
    for run_id in run_ids:
        error = NOTICE.attempt(partial(change, run_id))
        if error is None:
            changed.append(run_id)
        elif isinstance(error, RunStoreError):
            remaining.append(run_id)
    return changed, remaining
