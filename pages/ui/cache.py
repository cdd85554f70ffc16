"""What is loaded or computed once and shared by all visitors. Arrays in here are read-only."""

from typing import TYPE_CHECKING

import streamlit as st

from mnist_core import evaluation
from mnist_core.dataset import Dataset, load_dataset
from mnist_core.evaluation import Evaluation
from mnist_core.network import Network
from mnist_core.records import Run

if TYPE_CHECKING:
    from mnist_core.runs import RunStore


@st.cache_resource(show_spinner=False)
def dataset() -> Dataset:
    """Return MNIST."""
    return load_dataset()


def store() -> "RunStore":
    """Return the run store."""
    # Not at the top: loading SQLAlchemy takes longer than to show what does not need it.
    from mnist_core.database import default_url

    return _store(default_url())


def network(run: Run) -> Network:
    """Return the trained network of a run."""
    return _network(store().url, run.id, run.finished_at)


def test_result(run: Run) -> Evaluation:
    """Return what a run answers to the 10,000 test images."""
    return _test_result(store().url, run.id, run.finished_at)


@st.cache_resource(show_spinner=False)
def _store(url: str) -> "RunStore":
    from mnist_core.runs import RunStore

    return RunStore(url)


# Keyed by the time of its end too: a run that ended anew has other weights.
@st.cache_resource(show_spinner=False, max_entries=16)
def _network(url: str, run_id: str, finished_at: float | None) -> Network:  # noqa: ARG001
    return _store(url).network(run_id)


@st.cache_resource(show_spinner=False, max_entries=16)
def _test_result(url: str, run_id: str, finished_at: float | None) -> Evaluation:
    images = dataset()
    probabilities = _network(url, run_id, finished_at).probabilities(images.test_images)
    probabilities.setflags(write=False)
    return evaluation.evaluate(probabilities, images.test_labels)
