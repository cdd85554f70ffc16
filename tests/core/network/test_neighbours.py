"""The nearest training images: the same that a search of all distances finds."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from mnist_core.data.preprocessing import normalise
from mnist_core.errors import InvalidImageError
from mnist_core.network.forward import Network
from mnist_core.network.neighbours import HiddenIndex, nearest_images
from tests.core.networks import random_network

N_QUERIES = 50


def last_hidden(network: Network, images: np.ndarray) -> np.ndarray:
    return np.concatenate(
        [
            network.hidden_activations(normalise(images[start : start + 2_000]))[-1]
            for start in range(0, len(images), 2_000)
        ]
    )


def by_all_distances(rows: np.ndarray, query: np.ndarray, n: int = 8) -> list[int]:
    """Return the nearest rows, the lower first where two are equally near."""
    squares = np.concatenate(
        [
            ((rows[start : start + 4_000].astype(np.float32) - query) ** 2).sum(axis=1)
            for start in range(0, len(rows), 4_000)
        ]
    )
    return np.argsort(squares, kind="stable")[:n].tolist()


RANDOM_NETWORKS: Mapping[str, Callable[[], Network]] = {
    "wide": lambda: random_network(2_048),
    "deep tanh": lambda: random_network(64, 400, activation="tanh"),
    "elu": lambda: random_network(300, activation="elu"),
    "sigmoid": lambda: random_network(32, 16, activation="sigmoid"),
}


@pytest.mark.parametrize("name", ["mlp-512", "mlp-256", *RANDOM_NETWORKS])
def test_the_nearest_in_the_last_hidden_layer_are_those_of_all_distances(
    name, baseline_networks, dataset
):
    network = RANDOM_NETWORKS[name]() if name in RANDOM_NETWORKS else baseline_networks[name]
    images = dataset.train_images[: 10_000 if name in RANDOM_NETWORKS else None]
    index = HiddenIndex(network, images)
    activations = last_hidden(network, images)
    queries = dataset.test_images[:N_QUERIES]

    found = [index.nearest(query).tolist() for query in queries]

    assert found == [
        by_all_distances(activations, query) for query in last_hidden(network, queries)
    ]


def test_the_search_goes_on_until_nothing_nearer_can_be_left(dataset):
    # To a wide network, many images are about equally far from a shifted one.
    network = random_network(2_048)
    images = dataset.train_images[:20_000]
    queries = np.roll(dataset.test_images[5:10], 9, axis=2)
    index = HiddenIndex(network, images)
    activations = last_hidden(network, images)

    found = [index.nearest(query).tolist() for query in queries]

    assert found == [
        by_all_distances(activations, query) for query in last_hidden(network, queries)
    ]


def test_an_index_is_small_whatever_the_width(dataset):
    images = dataset.train_images[:4_000]

    sizes = {
        units: HiddenIndex(random_network(units), images).n_bytes for units in (16, 128, 2_048)
    }

    # For each image a byte a unit and one number; for a wide layer 129 bytes, and the directions
    # that all images share.
    assert sizes[16] == 4_000 * (16 + 4)
    assert sizes[128] == 4_000 * (128 + 4)
    assert sizes[2_048] == 4_000 * (129 + 4) + 2_048 * 128 * 4


def test_the_nearest_by_pixels_are_those_of_all_distances(dataset):
    images = dataset.train_images
    pixels = images.reshape(len(images), -1)

    for query in dataset.test_images[:20]:
        # Squared distances of pixels are whole numbers below 2**26, but float32 rounds.
        difference = pixels.astype(np.int16) - query.reshape(-1)
        squares = np.einsum("ij,ij->i", difference, difference, dtype=np.int64)
        expected = np.argsort(squares, kind="stable")[:8]
        assert nearest_images(images, query).tolist() == expected.tolist()


def test_an_image_can_be_left_out_of_its_own_neighbours(dataset, baseline_networks):
    images = dataset.train_images[:1_000]
    index = HiddenIndex(baseline_networks["mlp-256"], images)

    for search in (
        lambda **options: nearest_images(images, images[7], **options),
        lambda **options: index.nearest(images[7], **options),
    ):
        with_itself = search(n=4).tolist()
        assert with_itself[0] == 7
        assert search(n=3, without=7).tolist() == with_itself[1:]
        far_away = next(row for row in range(1_000) if row not in with_itself)
        assert search(n=4, without=far_away).tolist() == with_itself


def test_of_equally_near_images_the_lower_row_comes_first(dataset):
    images = np.tile(dataset.train_images[:3], (40, 1, 1))
    query = dataset.train_images[1]
    # Each unit passes one pixel on, so that equal images have equal activations to the last bit.
    kernel = np.eye(784, dtype=np.float32)[:, 300:500]
    bias, *output = random_network(200).weights[1:]
    network = Network(random_network(200).config, (kernel, np.zeros_like(bias), *output))

    expected = list(range(1, 24, 3))
    assert nearest_images(images, query).tolist() == expected
    assert HiddenIndex(network, images).nearest(query).tolist() == expected


def test_fewer_images_than_asked_for_are_all_found(dataset, baseline_networks):
    images = dataset.train_images[:3]
    index = HiddenIndex(baseline_networks["mlp-256"], images)

    assert sorted(nearest_images(images, dataset.test_images[0])) == [0, 1, 2]
    assert sorted(index.nearest(dataset.test_images[0])) == [0, 1, 2]
    assert sorted(index.nearest(images[1], without=1)) == [0, 2]


def test_units_that_never_answer_do_no_harm(dataset):
    network = random_network(8)
    kernel, bias, *output = network.weights
    silent = Network(network.config, (np.zeros_like(kernel), -np.ones_like(bias), *output))

    found = HiddenIndex(silent, dataset.train_images[:100]).nearest(dataset.test_images[0])

    # All are equally near.
    assert found.tolist() == list(range(8))


def test_the_search_ends_even_where_nothing_is_near(dataset):
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)
    images = dataset.train_images[:5_000]

    found = HiddenIndex(random_network(1_024), images).nearest(noise)

    assert len(set(found.tolist())) == 8


def test_what_is_no_image_is_refused(dataset, baseline_networks):
    images = dataset.train_images[:10]
    index = HiddenIndex(baseline_networks["mlp-256"], images)

    for search in (index.nearest, lambda image: nearest_images(images, image)):
        with pytest.raises(InvalidImageError, match=r"^images must "):
            search(np.zeros((20, 20), np.uint8))
