"""Lesson 3: all runs, and the curves of those that are compared."""

import streamlit as st

from pages.ui import history, layout, runs_table
from pages.ui.base.language import _

with layout.page("history"):
    st.write(_("Guess first: after how many epochs does it stop getting better on new images?"))
    chosen = runs_table.choose()
    with st.container(horizontal=True):
        runs_table.change(chosen)
        history.share(chosen)
    runs_table.explain_included(chosen)
    runs_table.offer_undo(chosen)
    drawn = history.with_curves(chosen)
    if drawn:
        history.show_curves(drawn)
        gap, readings = st.columns(2, gap="medium")
        with gap:
            history.show_gap(drawn)
        with readings:
            history.show_readings(drawn)
    history.show_differences(chosen)
