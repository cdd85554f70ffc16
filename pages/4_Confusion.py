"""Lesson 4: the confusion matrix and the images behind each cell."""

import streamlit as st

from pages.ui import cache, confusion, layout, runs
from pages.ui.confusion_grid import confusion_grid
from pages.ui.language import _

with layout.page("confusion"):
    st.write(_("Guess first: which two digits will be confused most?"))
    run = runs.choose()
    result = cache.test_result(run)
    confusion.headline(result)
    matrix, pairs = st.columns([2, 1], gap="large")
    with matrix:
        cell = confusion.asked_cell()
        confusion_grid(
            result.counts, key="confusion.cell", chosen=cell, on_choice=confusion.keep_cell
        )
    with pairs:
        confusion.most_confused(result)
    confusion.gallery(result, cell)
    confusion.per_class(result)
