"""Lesson 3: all runs, and the curves of those that are compared."""

import streamlit as st

from pages.ui import layout
from pages.ui.base.language import _
from pages.ui.history import changes, comparison, runs_table

with layout.page("history"):
    st.write(_("Guess first: after how many epochs does it stop getting better on new images?"))
    chosen = runs_table.choose()
    with st.container(horizontal=True):
        changes.change(chosen)
        comparison.share(chosen)
    changes.explain_included(chosen)
    changes.offer_undo(chosen)
    changes.show_room()
    drawn = comparison.with_curves(chosen)
    if drawn:
        comparison.show_curves(drawn)
        gap, readings = st.columns(2, gap="medium")
        with gap:
            comparison.show_gap(drawn)
        with readings:
            comparison.show_readings(drawn)
    comparison.show_differences(chosen)
