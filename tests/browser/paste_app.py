"""An app of its own for pasting: it lists the pictures, and can put the component away."""

import streamlit as st

from mnist_core.pictures.files import read_picture
from pages.ui import layout
from pages.ui.base import language
from pages.ui.draw import paste

language.settle()
language.choose()
if st.toggle("here", True):
    with layout.shown_errors():
        content = paste.show(key="paste")
        if content is not None:
            width, height = read_picture(content).size
            st.session_state.setdefault("pasted", []).append(f"{width} x {height}")
st.text_input("note")
st.text("pasted: " + ", ".join(st.session_state.get("pasted", [])))
