"""What the core tests share: the real data, small parts of them, trained networks."""

import dataclasses
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from mnist_core.data.dataset import Dataset, load_dataset
from mnist_core.network.forward import Network
from mnist_core.settings.presets import PRESETS
from mnist_core.store.baselines import load_baseline_weights, load_baselines
from mnist_core.store.schema import METADATA


@pytest.fixture(autouse=True)
def own_runs(runs_url: str) -> None:
    """No test reaches the run store of the app."""


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return load_dataset()


@pytest.fixture(scope="session")
def small_dataset(dataset: Dataset) -> Dataset:
    """The first 300 training and 100 test images."""
    return Dataset(
        train_images=dataset.train_images[:300],
        train_labels=dataset.train_labels[:300],
        test_images=dataset.test_images[:100],
        test_labels=dataset.test_labels[:100],
    )


@pytest.fixture(scope="session")
def baseline_networks() -> Mapping[str, Network]:
    return {
        slug: Network(run.config, load_baseline_weights(slug))
        for slug, run in load_baselines().items()
    }


@pytest.fixture(scope="session")
def trained_models(dataset: Dataset) -> Mapping[str, object]:
    """For each preset a Keras model that has seen 300 images once."""
    from mnist_core.training.train import train

    return {
        slug: train(dataclasses.replace(preset.config, n_train=300, epochs=1), dataset).model
        for slug, preset in PRESETS.items()
    }


@pytest.fixture
def later(store):
    """Let some seconds go by, by the database's clock: all that was before is longer ago."""

    def wait(seconds: float) -> None:
        with store.database.write() as connection:
            for table in METADATA.sorted_tables:
                times = [column for column in table.columns if column.name.endswith("_at")]
                if times:
                    values = {column.name: column - seconds for column in times}
                    connection.execute(sa.update(table).values(values))

    return wait
