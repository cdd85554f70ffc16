"""Making the baselines anew, on a small scale."""

import dataclasses
from types import MappingProxyType

import numpy as np
import pytest

from mnist_core.evaluation.answers import evaluate
from mnist_core.network.forward import Network
from mnist_core.settings.config import HiddenLayer
from mnist_core.settings.presets import PRESETS
from mnist_core.store.baselines import BASELINE_SEEDS


@pytest.fixture
def saved(monkeypatch) -> dict[str, dict]:
    """What `make baselines` would write, with presets of 200 images and one epoch."""
    from mnist_core.workers import make_baselines

    saved = {}
    small = {
        slug: dataclasses.replace(
            preset,
            config=dataclasses.replace(
                preset.config, n_train=200, epochs=1, layers=(HiddenLayer(8),), seed=77
            ),
        )
        for slug, preset in PRESETS.items()
    }
    monkeypatch.setattr(make_baselines, "PRESETS", MappingProxyType(small))
    monkeypatch.setattr(
        make_baselines, "save_baseline", lambda slug, **values: saved.update({slug: values})
    )
    make_baselines.main()
    return saved


def test_every_baseline_is_trained_from_its_own_seed(saved):
    assert {slug: values["config"].seed for slug, values in saved.items()} == dict(BASELINE_SEEDS)


def test_its_last_epoch_answers_as_its_network_does(saved, dataset):
    for values in saved.values():
        network = Network(values["config"], values["weights"])
        answers = evaluate(network.probabilities(dataset.test_images), dataset.test_labels)

        assert list(values["epochs"]) == [1]
        np.testing.assert_allclose(values["epochs"][1].p_true, answers.p_true, atol=1e-5)


def test_its_accuracy_is_what_its_weights_give(saved, dataset):
    for values in saved.values():
        network = Network(values["config"], values["weights"])
        answers = evaluate(network.probabilities(dataset.test_images), dataset.test_labels)

        assert values["result"].test_accuracy == answers.accuracy
        assert len(values["history"]["loss"]) == 1
        assert np.isfinite(values["history"]["loss"]).all()
