"""Lesson 5: draw or upload a digit."""

import streamlit as st

from pages.ui import layout
from pages.ui.base.language import _
from pages.ui.draw import fine_tuning, pad

with layout.page("draw"):
    st.write(_("Guess first: will it read a digit in a corner, or a very thin one?"))
    networks = pad.choose_networks()
    pad.pad(networks, is_fragment=not fine_tuning.is_at_work(networks[0]))
    if pad.open_section() is pad.Section.OWN:
        fine_tuning.show(networks[0])
