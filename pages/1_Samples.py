"""Lesson 1: what does the network see?"""

import streamlit as st

from pages.ui import layout, samples
from pages.ui.base.language import _

with layout.page("samples"):
    st.write(_("Guess first: how many numbers does a computer need for one of these digits?"))
    split, digit = samples.choose_filter()
    indices = samples.matching_indices(split, digit)
    chosen = samples.choose_image(split, indices)
    samples.show_image(split, chosen, indices)
