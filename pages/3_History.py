"""Lesson 3: the curves of one or more runs."""

import streamlit as st

from pages.ui import history, layout
from pages.ui.language import _

with layout.page("history"):
    st.write(_("Guess first: after how many epochs does it stop getting better on new images?"))
    chosen = history.choose()
    history.show_curves(chosen)
    history.take_home(chosen)
    history.table(chosen)
