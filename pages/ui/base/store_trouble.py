"""What a page says when the store is away: one sentence, once, and it goes on without."""

from typing import Final

import streamlit as st

from mnist_core.errors import RunStoreError
from pages.ui.base.language import _, error_text

_PLACE: Final = "mnist.store.place"


def begin() -> None:
    """Keep a place at the top of the page for the sentence."""
    st.session_state[_PLACE] = st.empty()


def tell(error: RunStoreError) -> None:
    """Say what is wrong with the store; the second time in a page changes nothing."""
    place = st.session_state.get(_PLACE) or st
    with place.container(gap=None):
        st.space("xsmall")  # the title above leaves none
        st.warning(
            _("{trouble}. Meanwhile, the included networks work.", trouble=error_text(error)),
            icon=":material/database_off:",
        )
