"""Evidence and activations as pictures."""

import dataclasses
import math

import numpy as np
import pytest

from mnist_core.figures.evidence import activation_strip, evidence_picture
from mnist_core.figures.palette import FIGURE_COLOURS, rgb
from mnist_core.network.explanation import LayerActivations
from mnist_core.settings.activations import ACTIVATIONS
from tests.tables import add_entry


def test_evidence_for_is_orange_against_is_blue_and_none_is_the_ground():
    picture = evidence_picture(np.float32([[2, -2], [0, 0]]))

    assert picture.dtype == np.uint8
    assert [tuple(colour) for colour in picture.reshape(-1, 3)] == [
        rgb(FIGURE_COLOURS[name]) for name in ("for", "against", "ground", "ground")
    ]


def test_stronger_evidence_is_brighter():
    picture = evidence_picture(np.float32([[0, 1, 2, 4], [0, -1, -2, -4]]))

    assert (np.diff(picture.sum(axis=2), axis=1) > 0).all()


def test_no_evidence_at_all_is_the_ground():
    picture = evidence_picture(np.zeros((28, 28), np.float32))

    assert picture.shape == (28, 28, 3)
    assert (picture == rgb(FIGURE_COLOURS["ground"])).all()


def cells(activation: str, outputs: list[float]) -> list[int]:
    """The greys of the cells of a strip, row by row."""
    return activation_strip(LayerActivations(activation, np.float32(outputs)))[::5, ::5].ravel()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_unit_with_a_higher_output_is_brighter(activation):
    greys = cells(activation, [0.0, 0.1, 0.5, 0.9]).astype(int)

    assert (np.diff(greys) > 0).all()


@pytest.mark.parametrize(
    ("activation", "low", "high"),
    [("relu", 0, 3), ("sigmoid", 0, 1), ("tanh", -1, 1), ("elu", -1, 3)],
)
def test_the_lowest_output_is_dark_and_the_highest_bright(activation, low, high):
    dark, bright = cells(activation, [low, high])

    assert 0 < dark < 50
    assert bright == 255


def test_without_a_lowest_and_a_highest_output_those_of_the_layer_count(monkeypatch):
    unbounded = dataclasses.replace(ACTIVATIONS["tanh"], low=-math.inf, high=math.inf)
    add_entry(monkeypatch, ACTIVATIONS, "linear", unbounded)

    assert list(cells("linear", [-7.0, 0.0, 7.0])) == [34, 144, 255]
    assert set(cells("linear", [2.0, 2.0])) == {34}


def test_the_greys_of_a_strip_are_those_of_its_activation(monkeypatch):
    pale = dataclasses.replace(ACTIVATIONS["tanh"], greys=(100, 200))
    add_entry(monkeypatch, ACTIVATIONS, "pale", pale)

    assert list(cells("pale", [-1.0, 0.0, 1.0])) == [100, 150, 200]


def test_a_silent_layer_is_dark_throughout():
    assert set(cells("relu", [0.0] * 9)) == set(cells("relu", [0.0, 1.0])[:1])


def test_units_stand_in_rows_of_64_and_none_is_made_up():
    strip = activation_strip(LayerActivations("relu", np.ones(100, np.float32)))

    assert strip.shape == (2 * 5, 64 * 5)
    assert (strip[::5, ::5].ravel()[:100] == 255).all()
    assert not strip[::5, ::5].ravel()[100:].any()
    # Between the cells is ground.
    assert not strip[4::5].any()
    assert not strip[:, 4::5].any()


def test_a_narrow_layer_has_a_narrow_strip():
    strip = activation_strip(LayerActivations("relu", np.ones(3, np.float32)))

    assert strip.shape == (5, 15)
