"""Digits that were kept, for the tests of Draw."""

import numpy as np
import pytest

from mnist_core.data.dataset import load_dataset
from mnist_core.store.own_digits import OwnDigits
from mnist_core.store.run_store import RunStore


@pytest.fixture
def own(store: RunStore):
    own = OwnDigits(store.url, workspace=store.workspace)
    yield own
    own.close()


@pytest.fixture
def images() -> np.ndarray:
    return load_dataset().test_images


@pytest.fixture
def kept(own: OwnDigits, images: np.ndarray) -> OwnDigits:
    """Twenty test images are kept, all of which the included networks read right."""
    labels = load_dataset().test_labels
    for index in range(20):
        own.add(images[index], int(labels[index]))
    return own
