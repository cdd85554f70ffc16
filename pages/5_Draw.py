"""Lesson 5: draw or upload a digit."""

import streamlit as st

from pages.ui import draw, layout
from pages.ui.language import _

with layout.page("draw"):
    st.write(_("Guess first: will it read a digit in a corner, or a very thin one?"))
    draw.pad(draw.choose_networks())
