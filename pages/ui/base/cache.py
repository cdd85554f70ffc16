"""What is loaded or computed once and shared by all visitors. Arrays in here are read-only.

What belongs to a run is found by a few of its fields, not by all that is known of it: which ones,
`hash_funcs` says for each function.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import streamlit as st

from mnist_core.arrays import FloatArray
from mnist_core.data.dataset import Dataset, DisputedLabel, load_dataset, load_disputed_labels
from mnist_core.data.parts import LabelledImages, Part, part_of
from mnist_core.evaluation.answers import Answers, evaluate
from mnist_core.network.forward import Network
from mnist_core.runs.run import Run

if TYPE_CHECKING:
    from mnist_core.network.neighbours import HiddenIndex
    from mnist_core.runs.fine_tuning import FineTuning
    from mnist_core.store.own_digits import OwnDigits
    from mnist_core.store.run_store import RunStore

# One at a time, beside the visitors' reruns; it never touches Streamlit.
_INDEX_MAKER: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hidden-index")


def _key_of_beginning(run: Run) -> tuple[object, ...]:
    """What a run began with never changes."""
    return store().url, run.id


def _key_of_weights(run: Run) -> tuple[object, ...]:
    """A run that ended anew has other weights."""
    return store().url, run.id, run.finished_at


def _key_of_epochs(run: Run) -> tuple[object, ...]:
    """A run that goes on gives later answers anew."""
    return store().url, run.id, run.started_at, run.finished_at


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

    return _store_at(default_url())


# Apart from `store`, and so are the digits below: the URL comes from the environment, and only as
# an argument is it part of the key.
@st.cache_resource(show_spinner=False)
def _store_at(url: str) -> "RunStore":
    from mnist_core.store.run_store import RunStore

    return RunStore(url)


def own_digits() -> "OwnDigits":
    """Return the digits that were drawn and kept, beside the runs."""
    return _own_digits_at(store().url, store().workspace)


@st.cache_resource(show_spinner=False)
def _own_digits_at(url: str, workspace: str) -> "OwnDigits":
    from mnist_core.store.own_digits import OwnDigits

    return OwnDigits(url, workspace=workspace)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs={Run: _key_of_weights})
def network(run: Run) -> Network:
    """Return the trained network of a run."""
    return store().network(run.id)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={Run: _key_of_beginning})
def fine_tuning(run: Run) -> "FineTuning | None":
    """Return what a fine-tuned run began with; None for one that began with random weights."""
    return None if run.base is None else store().fine_tuning(run.id)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={Run: _key_of_beginning})
def start_test_answers(run: Run, _start: Network) -> Answers:
    """Return what the network that a fine-tuned run began as answers to the 10,000 test images."""
    return _evaluate(_start, images_of(run, Part.TEST))


def test_answers(run: Run) -> Answers:
    """Return what a run answers to the 10,000 test images."""
    return answers(run, Part.TEST)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs={Run: _key_of_weights})
def answers(run: Run, part: Part) -> Answers:
    """Return what a run answers to a part of the images."""
    return _evaluate(network(run), images_of(run, part))


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs={Run: _key_of_weights})
def answers_on(run: Run, part: Part, *, owner: Run) -> Answers:
    """Return what a run answers to a part of the images as another run, the owner, has it."""
    is_own = (run.config.n_fit, run.config.n_train) == (owner.config.n_fit, owner.config.n_train)
    if part is Part.TEST or is_own:
        return answers(run, part)
    return _evaluate(network(run), images_of(owner, part))


def _evaluate(network: Network, images: LabelledImages) -> Answers:
    return evaluate(
        network.probabilities(images.images), images.labels, first_index=images.first_index
    )


def images_of(run: Run, part: Part) -> LabelledImages:
    """Return the images of a part, as the run has it."""
    return part_of(dataset(), run.config, part)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs={Run: _key_of_epochs})
def epochs(run: Run) -> Sequence[int]:
    """Return the epochs of a run whose answers to the test images are stored, from 1."""
    stored = store().epochs(run.id)
    # A run that went on and was interrupted has answers of epochs that its weights have not seen.
    return [epoch for epoch in stored if run.result and epoch <= run.result.n_epochs]


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs={Run: _key_of_epochs})
def epoch_answers(run: Run, epoch: int) -> Answers:
    """Return what a run answered to the test images after an epoch."""
    return store().epoch(run.id, epoch).answers(dataset().test_labels)


# Of a run of 200 epochs these are 8 MB, and reading them takes 0.2 s.
@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={Run: _key_of_epochs})
def p_true_by_epoch(run: Run) -> Mapping[int, FloatArray]:
    """Return how probable the true digit of each test image was, by epoch: shape (10_000,)."""
    p_true = store().p_true_by_epoch(run.id)
    return {epoch: p_true[epoch] for epoch in epochs(run)}


def _is_no_failure(index: "Future[HiddenIndex]") -> bool:
    """What went wrong once may go well the next time."""
    return not index.done() or index.exception() is None


# 8 MB each. More at once, and those who look at as many networks would push each other's out.
@st.cache_resource(
    show_spinner=False,
    max_entries=8,
    hash_funcs={Run: _key_of_weights},
    validate=_is_no_failure,
)
def hidden_index(run: Run) -> "Future[HiddenIndex]":
    """Return the index of the last hidden layer, being made in the background the first time.

    Its `answers()` waits until it is made. The network has at least one hidden layer.
    """
    # Not at the top: OpenCV is for those who look into an image.
    from mnist_core.network.neighbours import HiddenIndex

    return _INDEX_MAKER.submit(HiddenIndex, network(run), images_of(run, Part.TRAIN).images)
