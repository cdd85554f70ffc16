"""The workers that train; apart from `cache`, since only one page needs to load them."""

import streamlit as st

from mnist_core.store.database import default_url
from mnist_core.workers.dispatcher import Jobs
from pages.ui.base import cache


def jobs() -> Jobs:
    """Return the workers of the run store."""
    return _jobs(default_url())


# Keyed by the URL, like the store itself.
@st.cache_resource(show_spinner=False)
def _jobs(url: str) -> Jobs:  # noqa: ARG001
    return Jobs(cache.store())
