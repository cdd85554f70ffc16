import dataclasses
import hashlib
import random
import threading

import keras
import numpy as np
import pytest

from mnist_core.settings.activations import ACTIVATIONS
from mnist_core.settings.architecture import count_parameters, layer_summaries
from mnist_core.settings.choices import INITIALIZERS, LOSSES, OPTIMIZERS
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.presets import PRESETS
from mnist_core.training.keras_model import build_model, weights_of
from mnist_core.training.optimizers import FUSED_STEPS, fused_update
from tests.tables import add_entry


@pytest.mark.parametrize("slug", PRESETS)
def test_the_model_has_the_layers_of_the_summary(slug):
    config = PRESETS[slug].config

    model = build_model(config)

    assert [
        (layer.name, type(layer).__name__, layer.output.shape, layer.count_params())
        for layer in model.layers
    ] == [
        (row.name, row.kind, row.output_shape, row.n_parameters) for row in layer_summaries(config)
    ]
    assert model.count_params() == count_parameters(config)


@pytest.mark.parametrize(
    ("optimizer", "cls"),
    [
        ("adam", keras.optimizers.Adam),
        ("sgd", keras.optimizers.SGD),
        ("rmsprop", keras.optimizers.RMSprop),
    ],
)
def test_optimizer_and_learning_rate_reach_the_model(optimizer, cls):
    model = build_model(TrainingConfig(optimizer=optimizer, learning_rate=0.25))

    assert type(model.optimizer) is cls
    assert float(model.optimizer.learning_rate) == 0.25


def test_sgd_has_its_momentum():
    assert build_model(TrainingConfig(optimizer="sgd")).optimizer.momentum == 0.9


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_an_optimizer_is_built_as_its_entry_says(slug):
    entry = OPTIMIZERS[slug]

    optimizer = build_model(TrainingConfig(optimizer=slug, learning_rate=0.25)).optimizer

    assert type(optimizer).__name__ == entry.keras
    options = optimizer.get_config()
    assert options["learning_rate"] == 0.25
    assert {name: options[name] for name in entry.options} == entry.options


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_activation_reaches_its_layer(activation):
    model = build_model(TrainingConfig(layers=(HiddenLayer(8), HiddenLayer(8, activation))))

    assert model.get_layer("hidden_1").activation is keras.activations.relu
    assert model.get_layer("hidden_2").activation is keras.activations.get(activation)
    assert model.get_layer("output").activation is keras.activations.softmax


@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_reaches_the_model(loss):
    assert build_model(TrainingConfig(loss=loss)).loss == LOSSES[loss].keras == loss


def test_dropout_reaches_the_layer_it_stands_behind():
    model = build_model(TrainingConfig(layers=(HiddenLayer(8), HiddenLayer(8, dropout=0.25))))

    assert [layer.name for layer in model.layers] == ["hidden_1", "hidden_2", "dropout_2", "output"]
    assert model.get_layer("dropout_2").rate == 0.25


def test_the_l2_penalty_reaches_every_kernel():
    model = build_model(TrainingConfig(layers=(HiddenLayer(8),), l2=0.01))

    assert [float(layer.kernel_regularizer.l2) for layer in model.layers] == [0.01, 0.01]
    assert [layer.bias_regularizer for layer in model.layers] == [None, None]
    kernels = weights_of(model)[0::2]
    expected = 0.01 * sum(float((kernel**2).sum()) for kernel in kernels)
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-5)


def test_without_l2_there_is_no_penalty():
    assert build_model(TrainingConfig(layers=(HiddenLayer(8),))).losses == []


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_the_initializer_reaches_every_layer(initializer):
    classes = {
        "normal": keras.initializers.RandomNormal,
        "glorot_uniform": keras.initializers.GlorotUniform,
        "he_normal": keras.initializers.HeNormal,
    }

    model = build_model(TrainingConfig(layers=(HiddenLayer(8),), initializer=initializer))

    assert {type(layer.kernel_initializer) for layer in model.layers} == {classes[initializer]}
    options = model.get_layer("hidden_1").kernel_initializer.get_config()
    expected = INITIALIZERS[initializer].options
    assert {name: options[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("initializer", "deviation"),
    [
        ("normal", 0.05),
        ("glorot_uniform", (2 / (784 + 512)) ** 0.5),
        ("he_normal", (2 / 784) ** 0.5),
    ],
)
def test_initial_weights_spread_as_the_initializer_says(initializer, deviation):
    kernel, bias, *_ = weights_of(build_model(TrainingConfig(initializer=initializer)))

    assert kernel.std() == pytest.approx(deviation, rel=0.02)
    assert kernel.mean() == pytest.approx(0, abs=0.001)
    np.testing.assert_array_equal(bias, 0)


def test_layers_of_the_same_size_start_from_different_weights():
    _, _, second, _, third, *_ = weights_of(
        build_model(TrainingConfig(layers=(HiddenLayer(8),) * 3))
    )

    assert second.shape == third.shape
    assert not np.array_equal(second, third)


def test_the_seed_decides_the_initial_weights():
    first, again, other = (
        weights_of(build_model(TrainingConfig(layers=(HiddenLayer(8),), seed=seed)))[0]
        for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_weights_come_as_kernel_and_bias_of_each_layer_in_turn():
    model = build_model(TrainingConfig(layers=(HiddenLayer(4, dropout=0.5), HiddenLayer(3))))

    weights = weights_of(model)

    assert [array.shape for array in weights] == [(784, 4), (4,), (4, 3), (3,), (3, 10), (10,)]
    assert {array.dtype for array in weights} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(weights[0], np.asarray(model.get_layer("hidden_1").kernel))


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_the_step_of_an_optimizer_is_the_fused_one_that_its_entry_names(slug, monkeypatch):
    built = []
    for name, build in FUSED_STEPS.items():
        add_entry(
            monkeypatch,
            FUSED_STEPS,
            name,
            lambda *arguments, name=name, build=build: built.append(name) or build(*arguments),
        )
    config = TrainingConfig(layers=(HiddenLayer(8),), optimizer=slug)

    fused_update(config, build_model(config))

    expected = OPTIMIZERS[slug].fused_step
    assert built == ([] if expected is None else [expected])


def test_an_optimizer_without_a_fused_step_takes_that_of_keras(monkeypatch):
    config = TrainingConfig(layers=(), optimizer="rmsprop")
    model = build_model(config)
    applied = []
    monkeypatch.setattr(model.optimizer, "apply", applied.append)

    fused_update(config, model)(["the gradients"])

    assert applied == [["the gradients"]]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"fused_step": "magic"}, KeyError, "magic"),
        ({"keras": "Magic"}, AttributeError, "Magic"),
    ],
)
def test_a_name_that_nothing_has_is_an_error_and_not_another_optimizer(
    changes, error, message, monkeypatch
):
    config = TrainingConfig(layers=(HiddenLayer(8),))
    add_entry(monkeypatch, OPTIMIZERS, "adam", dataclasses.replace(OPTIMIZERS["adam"], **changes))

    with pytest.raises(error, match=message):
        fused_update(config, build_model(config))


# The first eight bytes of all that each preset's network begins with: runs of earlier versions
# began with the same.
BEGINNINGS = {
    "mlp-512": "cc73d2ddb51257fc",
    "mlp-256": "7e00e1233b209067",
    "dropout-256": "0c147594f03058c3",
    "dropout-800": "beb5020e6c8f514f",
    "best-mlp": "a6655d4d776569c8",
    "overfit": "1a6d452b230381f2",
}


def beginning(config: TrainingConfig) -> str:
    variables = build_model(config).variables
    content = b"".join(np.asarray(variable.numpy()).tobytes() for variable in variables)
    return hashlib.sha256(content).hexdigest()[:16]


@pytest.mark.parametrize("slug", PRESETS)
def test_a_network_begins_with_the_weights_of_its_seed(slug):
    config = PRESETS[slug].config

    assert beginning(config) == BEGINNINGS[slug]
    assert beginning(dataclasses.replace(config, seed=1)) != BEGINNINGS[slug]


def test_nothing_else_in_the_process_has_a_part_in_it():
    config = PRESETS["dropout-800"].config
    is_done = threading.Event()

    def draw() -> None:
        while not is_done.is_set():
            random.seed(random.random())
            np.random.default_rng().random()
            np.random.seed(random.randrange(1_000))

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        found = {beginning(config) for _ in range(10)}
    finally:
        is_done.set()
        thread.join()

    assert found == {BEGINNINGS["dropout-800"]}
