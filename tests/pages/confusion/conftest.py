"""The answers of an included network, which the tests of Confusion compare with."""

import numpy as np
import pytest

from mnist_core.data.dataset import load_dataset
from mnist_core.store.run_store import RunStore
from tests.pages.confusion.helpers import RUN, count


@pytest.fixture(scope="module")
def network():
    return RunStore().network(RUN)


@pytest.fixture(scope="module")
def probabilities(network) -> np.ndarray:
    return network.probabilities(load_dataset().test_images)


@pytest.fixture(scope="module")
def answers(probabilities) -> tuple[np.ndarray, np.ndarray]:
    """The true digits of the test images, and what the network reads."""
    return load_dataset().test_labels, probabilities.argmax(axis=1)


@pytest.fixture(scope="module")
def worst_pair(answers) -> tuple[int, int]:
    counts = count(*answers)
    np.fill_diagonal(counts, 0)
    true, predicted = divmod(int(counts.argmax()), 10)
    return true, predicted
