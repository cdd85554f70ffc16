"""What is loaded or computed once and shared by all visitors. Arrays in here are read-only."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import streamlit as st

from mnist_core import evaluation
from mnist_core.dataset import Dataset, load_dataset
from mnist_core.evaluation import Evaluation
from mnist_core.network import Network
from mnist_core.parts import LabelledImages, Part, part_of
from mnist_core.records import Run

if TYPE_CHECKING:
    from mnist_core.neighbours import HiddenIndex
    from mnist_core.runs import RunStore

# One at a time, beside the visitors' reruns; it never touches Streamlit.
_INDEX_MAKER: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hidden-index")


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
    return result(run, Part.TEST)


def result(run: Run, part: Part) -> Evaluation:
    """Return what a run answers to a part of the images."""
    return _result(store().url, run.id, run.finished_at, part)


def images_of(run: Run, part: Part) -> LabelledImages:
    """Return the images of a part, as the run has it."""
    return part_of(dataset(), run.config, part)


def hidden_index(run: Run) -> "Future[HiddenIndex]":
    """Return the index of the last hidden layer, being made in the background the first time.

    Its `result()` waits until it is made. The network has at least one hidden layer.
    """
    return _hidden_index(store().url, run.id, run.finished_at)


@st.cache_resource(show_spinner=False)
def _store(url: str) -> "RunStore":
    from mnist_core.runs import RunStore

    return RunStore(url)


# Keyed by the time of its end too: a run that ended anew has other weights.
@st.cache_resource(show_spinner=False, max_entries=16)
def _network(url: str, run_id: str, finished_at: float | None) -> Network:  # noqa: ARG001
    return _store(url).network(run_id)


@st.cache_resource(show_spinner=False, max_entries=16)
def _result(url: str, run_id: str, finished_at: float | None, part: Part) -> Evaluation:
    network = _network(url, run_id, finished_at)
    images = part_of(dataset(), network.config, part)
    return evaluation.evaluate(
        network.probabilities(images.images), images.labels, first_index=images.first_index
    )


@st.cache_resource(show_spinner=False, max_entries=2)
def _hidden_index(url: str, run_id: str, finished_at: float | None) -> "Future[HiddenIndex]":
    # Not at the top: OpenCV is for those who look into an image.
    from mnist_core.neighbours import HiddenIndex

    network = _network(url, run_id, finished_at)
    return _INDEX_MAKER.submit(HiddenIndex, network, dataset().train_images)
