import dataclasses
from itertools import pairwise

import pytest

from mnist_core.figures.network_layout import (
    DrawnLayer,
    connect,
    count_circles,
    dropped_circles,
    lay_out,
    lay_out_network,
)
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.fields import limit_of
from mnist_core.settings.presets import PRESETS

LAST = int(limit_of("units").high)
NETWORKS = {slug: preset.config for slug, preset in PRESETS.items()} | {
    "none": TrainingConfig(layers=()),
    "narrow": TrainingConfig(layers=(HiddenLayer(1, dropout=0.9),) * 4),
    "wide": TrainingConfig(layers=(HiddenLayer(LAST, dropout=0.05),) * 4),
}


@pytest.mark.parametrize("units", range(1, 11))
def test_every_unit_of_a_small_layer_is_drawn(units):
    layer = lay_out(units)

    assert len(layer.at) == units
    assert layer.dots == ()


def test_dots_stand_for_the_units_left_out_between_two_halves():
    layer = lay_out(512)

    before = [at for at in layer.at if at < layer.dots[0]]
    after = [at for at in layer.at if at > layer.dots[-1]]
    assert abs(len(before) - len(after)) <= 1
    assert len(before) + len(after) == len(layer.at)
    assert before[-1] < layer.dots[0] < layer.dots[1] < layer.dots[2] < after[0]


def test_more_units_never_have_fewer_circles():
    counts = [count_circles(units) for units in range(1, LAST + 1)]

    assert counts == sorted(counts)


@pytest.mark.parametrize("units", [16, 32, 64, 128, 256, 512, 1_024])
def test_twice_the_units_have_more_circles(units):
    assert count_circles(2 * units) > count_circles(units)


@pytest.mark.parametrize("units", [1, 2, 9, 10, 11, 100, 784, LAST])
def test_the_circles_stand_in_the_middle_of_the_axis_without_touching(units):
    layer = lay_out(units)

    gaps = [after - before for before, after in pairwise(layer.at)]
    assert layer.at[0] + layer.at[-1] == pytest.approx(1)
    assert layer.at[0] >= layer.slot / 2 - 1e-9
    assert all(gap >= layer.slot - 1e-9 for gap in gaps)
    assert layer.slot > 1 / 30  # a circle of some pixels on a phone


def test_dropout_of_one_half_silences_every_second_circle():
    is_dropped = dropped_circles(8, 0.5)

    assert sum(is_dropped) == 4
    assert all(one != other for one, other in pairwise(is_dropped))


@pytest.mark.parametrize(
    ("n", "share", "n_dropped"),
    [
        (18, 0.0, 0),
        (18, 0.5, 9),
        (20, 0.25, 5),
        (20, 0.9, 18),
        (4, 0.05, 1),  # any dropout is to be seen
        (2, 0.9, 1),  # and something remains
        (1, 0.9, 0),
    ],
)
def test_dropout_silences_its_share_of_the_circles(n, share, n_dropped):
    assert sum(dropped_circles(n, share)) == n_dropped


def test_only_circles_at_work_are_connected():
    before = DrawnLayer(
        units=3, at=(0.2, 0.5, 0.8), is_dropped=(False, True, False), dots=(), slot=0.3
    )
    after = DrawnLayer(units=2, at=(0.4, 0.6), is_dropped=(False, False), dots=(), slot=0.2)

    assert connect(before, after) == ((0.2, 0.4), (0.2, 0.6), (0.8, 0.4), (0.8, 0.6))


@pytest.mark.parametrize("config", NETWORKS.values(), ids=NETWORKS)
def test_a_network_is_drawn_from_its_pixels_to_its_digits(config):
    layers = lay_out_network(config)

    assert [layer.units for layer in layers] == [
        784,
        *(layer.units for layer in config.layers),
        10,
    ]
    assert len(layers[-1].at) == 10
    assert not any(layers[0].is_dropped + layers[-1].is_dropped)
    assert all(connect(*pair) for pair in pairwise(layers))


def test_dropout_is_drawn_in_the_layer_that_has_it():
    config = dataclasses.replace(
        PRESETS["mlp-512"].config, layers=(HiddenLayer(8), HiddenLayer(8, dropout=0.25))
    )

    _input, first, second, _output = lay_out_network(config)

    assert sum(first.is_dropped) == 0
    assert sum(second.is_dropped) == 2


def test_a_single_silenced_circle_is_in_the_middle():
    assert dropped_circles(5, 0.2) == (False, False, True, False, False)
