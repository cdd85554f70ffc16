"""Lesson 5: draw or upload a digit."""

import streamlit as st

from pages.ui import draw, fine_tuning, layout
from pages.ui.base.language import _

with layout.page("draw"):
    st.write(_("Guess first: will it read a digit in a corner, or a very thin one?"))
    networks = draw.choose_networks()
    draw.pad(networks, is_fragment=not fine_tuning.is_at_work(networks[0]))
    if draw.open_section() is draw.Section.MINE:
        fine_tuning.show(networks[0])
