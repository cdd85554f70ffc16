"""The workers that train; apart from `cache`, since only one page needs to load them."""

import streamlit as st

from mnist_core.store.database import default_url
from mnist_core.workers.dispatcher import Dispatcher
from pages.ui.base import cache


def dispatcher() -> Dispatcher:
    """Return what hands the waiting runs of the store to workers."""
    return _dispatcher(default_url())


# Keyed by the URL, like the store itself.
@st.cache_resource(show_spinner=False)
def _dispatcher(url: str) -> Dispatcher:  # noqa: ARG001
    return Dispatcher(cache.store())
