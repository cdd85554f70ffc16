"""Lesson 4: the confusion matrix and the images behind each cell."""

import streamlit as st

from pages.ui import confusion, gallery, layout, runs
from pages.ui.language import _

with layout.page("confusion"):
    st.write(_("Guess first: which two digits will be confused most?"))
    run = runs.choose()
    view = confusion.choose_view(run)
    confusion.headline(view)
    choice = confusion.asked_choice()
    matrix, pairs = st.columns([2, 1], gap="large")
    with matrix:
        confusion.matrix(view, choice)
    with pairs:
        confusion.most_confused(view.result)
        gallery.offer_csv(view)
    gallery.show(view, choice)
