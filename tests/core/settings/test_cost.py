import dataclasses

import pytest

from mnist_core.settings import cost
from mnist_core.settings.config import HiddenLayer, TrainingConfig

_LARGE = TrainingConfig(layers=(HiddenLayer(2_048),) * 4, epochs=1, n_train=10_000)
# Peak megabytes and seconds in all, on two cores with 412 gigaflops.
_MEASURED = [
    (TrainingConfig(layers=(HiddenLayer(512),), epochs=2), 1_013, 2.75),
    (_LARGE, 2_166, 10.85),
    (dataclasses.replace(_LARGE, optimizer="sgd"), 1_807, 9.0),
    (dataclasses.replace(_LARGE, batch_size=1_024), 2_231, 7.4),
    (dataclasses.replace(_LARGE, epochs=2, patience=1, validation_split=0.2), 3_168, 15.8),
]


@pytest.mark.parametrize(("config", "megabytes", "seconds"), _MEASURED)
def test_the_estimates_are_near_what_was_measured(config, megabytes, seconds):
    assert cost.memory_bytes(config) / 1e6 == pytest.approx(megabytes, rel=0.15)
    assert cost.seconds(config, gigaflops=412) == pytest.approx(seconds, rel=0.35)


def test_a_machine_of_half_the_speed_takes_twice_as_long():
    assert cost.seconds(_LARGE, gigaflops=100) == pytest.approx(
        2 * cost.seconds(_LARGE, gigaflops=200)
    )
