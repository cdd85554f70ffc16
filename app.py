"""Home: what this is, the five steps, where you stand."""

import streamlit as st

from pages.ui import home, layout
from pages.ui.base.language import _

with layout.page("home"):
    st.write(
        _(
            "MNIST is 70,000 small pictures of digits that people wrote by hand. Here you see how "
            "a neural network learns to read them, where it fails, and whether it can read yours."
        )
    )
    home.digit_strip()
    st.subheader(_("Five steps"), anchor=False)
    home.steps()
