import dataclasses

import numpy as np
import pytest

from benchmarks.agreement import AT_MOST_POINTS, METRICS, histories
from mnist_core.settings.presets import PRESETS


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_trains_as_keras_does_on_the_same_images_in_the_same_order(preset, dataset):
    config = PRESETS[preset].config
    short = dataclasses.replace(
        config, n_train=min(config.n_train, 2_000), epochs=min(config.epochs, 3)
    )

    ours, theirs = histories(short, dataset)

    assert set(ours) == set(theirs) >= {"loss", METRICS[0]}
    for metric in METRICS:
        np.testing.assert_allclose(
            ours.get(metric, []), theirs.get(metric, []), rtol=0, atol=AT_MOST_POINTS / 100
        )
    # Other masks of the dropout, or another order, would show here first.
    np.testing.assert_allclose(ours["loss"], theirs["loss"], rtol=1e-3)
