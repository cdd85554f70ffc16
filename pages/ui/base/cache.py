"""What is loaded or computed once and shared by all visitors. Arrays in here are read-only."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import streamlit as st

from mnist_core.arrays import FloatArray
from mnist_core.data.dataset import Dataset, DisputedLabel, load_dataset, load_disputed_labels
from mnist_core.data.parts import LabelledImages, Part, part_of
from mnist_core.evaluation.answers import Evaluation, evaluate
from mnist_core.network.forward import Network
from mnist_core.runs.run import Run
from mnist_core.settings.config import TrainingConfig

if TYPE_CHECKING:
    from mnist_core.network.neighbours import HiddenIndex
    from mnist_core.runs.fine_tuning import FineTuning
    from mnist_core.store.own_digits import OwnDigits
    from mnist_core.store.run_store import RunStore

# One at a time, beside the visitors' reruns; it never touches Streamlit.
_INDEX_MAKER: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hidden-index")


@st.cache_resource(show_spinner=False)
def dataset() -> Dataset:
    """Return MNIST."""
    return load_dataset()


@st.cache_resource(show_spinner=False)
def disputed_labels() -> dict[int, DisputedLabel]:
    """Return the test labels that are disputed, by index."""
    return {disputed.index: disputed for disputed in load_disputed_labels()}


def store() -> "RunStore":
    """Return the run store."""
    # Not at the top: loading SQLAlchemy takes longer than to show what does not need it.
    from mnist_core.store.database import default_url

    return _store(default_url())


def own_digits() -> "OwnDigits":
    """Return the digits that were drawn and kept, beside the runs."""
    return _own_digits(store().url, store().workspace)


def network(run: Run) -> Network:
    """Return the trained network of a run."""
    return _network(store().url, run.id, run.finished_at)


def fine_tuning(run: Run) -> "FineTuning | None":
    """Return what a fine-tuned run began with; None for one that began with random weights."""
    return None if run.base is None else _fine_tuning(store().url, run.id)


def start_network(run: Run) -> Network:
    """Return the network that a fine-tuned run began as."""
    return Network(run.config, fine_tuning(run).weights)


def start_test_result(run: Run) -> Evaluation:
    """Return what a fine-tuned run answered to the 10,000 test images before it began."""
    return _start_test_result(store().url, run.id)


def test_result(run: Run) -> Evaluation:
    """Return what a run answers to the 10,000 test images."""
    return result(run, Part.TEST)


def result(run: Run, part: Part) -> Evaluation:
    """Return what a run answers to a part of the images."""
    return _result(store().url, run.id, run.finished_at, part)


def epochs(run: Run) -> Sequence[int]:
    """Return the epochs of a run whose answers to the test images are stored, from 1."""
    stored = _epochs(store().url, run.id, run.started_at, run.finished_at)
    # A run that went on and was interrupted has answers of epochs that its weights have not seen.
    return [epoch for epoch in stored if run.result and epoch <= run.result.n_epochs]


def epoch_result(run: Run, epoch: int) -> Evaluation:
    """Return what a run answered to the test images after an epoch."""
    return _epoch_result(store().url, run.id, run.started_at, run.finished_at, epoch)


def p_true_by_epoch(run: Run, index: int) -> Mapping[int, float]:
    """Return how probable the true digit of a test image was after each epoch."""
    p_true = _p_true_by_epoch(store().url, run.id, run.started_at, run.finished_at)
    return {epoch: float(p_true[epoch][index]) for epoch in epochs(run)}


def result_on(run: Run, part: Part, *, owner: Run) -> Evaluation:
    """Return what a run answers to a part of the images as another run, the owner, has it."""
    is_own = (run.config.n_fit, run.config.n_train) == (owner.config.n_fit, owner.config.n_train)
    if part is Part.TEST or is_own:
        return result(run, part)
    return _result_on(store().url, run.id, run.finished_at, part, owner.config)


def images_of(run: Run, part: Part) -> LabelledImages:
    """Return the images of a part, as the run has it."""
    return part_of(dataset(), run.config, part)


def hidden_index(run: Run) -> "Future[HiddenIndex]":
    """Return the index of the last hidden layer, being made in the background the first time.

    Its `result()` waits until it is made. The network has at least one hidden layer.
    """
    key = store().url, run.id, run.finished_at
    index = _hidden_index(*key)
    if index.done() and index.exception():
        _hidden_index.clear(*key)  # what went wrong once may go well the next time
    return index


@st.cache_resource(show_spinner=False)
def _store(url: str) -> "RunStore":
    from mnist_core.store.run_store import RunStore

    return RunStore(url)


@st.cache_resource(show_spinner=False)
def _own_digits(url: str, workspace: str) -> "OwnDigits":
    from mnist_core.store.own_digits import OwnDigits

    return OwnDigits(url, workspace=workspace)


# What a run began with never changes.
@st.cache_resource(show_spinner=False, max_entries=8)
def _fine_tuning(url: str, run_id: str) -> "FineTuning | None":
    return _store(url).fine_tuning(run_id)


@st.cache_resource(show_spinner=False, max_entries=8)
def _start_test_result(url: str, run_id: str) -> Evaluation:
    network = start_network(_store(url).get(run_id))
    return _evaluate(network, part_of(dataset(), network.config, Part.TEST))


# Keyed by the time of its end too: a run that ended anew has other weights.
@st.cache_resource(show_spinner=False, max_entries=16)
def _network(url: str, run_id: str, finished_at: float | None) -> Network:  # noqa: ARG001
    return _store(url).network(run_id)


@st.cache_resource(show_spinner=False, max_entries=16)
def _result(url: str, run_id: str, finished_at: float | None, part: Part) -> Evaluation:
    network = _network(url, run_id, finished_at)
    return _evaluate(network, part_of(dataset(), network.config, part))


@st.cache_resource(show_spinner=False, max_entries=16)
def _result_on(
    url: str, run_id: str, finished_at: float | None, part: Part, owner: TrainingConfig
) -> Evaluation:
    return _evaluate(_network(url, run_id, finished_at), part_of(dataset(), owner, part))


def _evaluate(network: Network, images: LabelledImages) -> Evaluation:
    return evaluate(
        network.probabilities(images.images), images.labels, first_index=images.first_index
    )


# Keyed by the time of their start too: a run that goes on gives later answers anew.
@st.cache_resource(show_spinner=False, max_entries=64)
def _epochs(
    url: str,
    run_id: str,
    started_at: float | None,  # noqa: ARG001
    finished_at: float | None,  # noqa: ARG001
) -> Sequence[int]:
    return _store(url).epochs(run_id)


@st.cache_resource(show_spinner=False, max_entries=64)
def _epoch_result(
    url: str,
    run_id: str,
    started_at: float | None,  # noqa: ARG001
    finished_at: float | None,  # noqa: ARG001
    epoch: int,
) -> Evaluation:
    return _store(url).epoch(run_id, epoch).evaluation(dataset().test_labels)


# Of a run of 200 epochs these are 8 MB, and reading them takes 0.2 s.
@st.cache_resource(show_spinner=False, max_entries=4)
def _p_true_by_epoch(
    url: str,
    run_id: str,
    started_at: float | None,  # noqa: ARG001
    finished_at: float | None,  # noqa: ARG001
) -> Mapping[int, FloatArray]:
    return _store(url).p_true_by_epoch(run_id)


# 8 MB each. More at once, and those who look at as many networks would push each other's out.
@st.cache_resource(show_spinner=False, max_entries=8)
def _hidden_index(url: str, run_id: str, finished_at: float | None) -> "Future[HiddenIndex]":
    # Not at the top: OpenCV is for those who look into an image.
    from mnist_core.network.neighbours import HiddenIndex

    network = _network(url, run_id, finished_at)
    learned = part_of(dataset(), network.config, Part.TRAIN).images
    return _INDEX_MAKER.submit(HiddenIndex, network, learned)
