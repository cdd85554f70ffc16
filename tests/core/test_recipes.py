"""The recipes of CONTRIBUTING.md: one entry reaches the terminal, the training and the network."""

import ast
import re

import keras
import numpy as np
import pytest

from mnist_core.__main__ import main
from mnist_core.data.preprocessing import normalise
from mnist_core.errors import InvalidConfigError
from mnist_core.figures.evidence import activation_strip
from mnist_core.network.explanation import explain
from mnist_core.network.forward import Network
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.activations import ACTIVATIONS
from mnist_core.settings.choices import INITIALIZERS, LOSSES, OPTIMIZERS
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.fields import SETTINGS
from mnist_core.settings.presets import PRESETS
from mnist_core.training.keras_model import build_model, weights_of
from tests import made_up
from tests.imports import ROOT, parse
from tests.tables import add_entry


@pytest.fixture
def trained_with(store, capsys):
    """Train a small network from the terminal; return the finished run."""

    def train(*arguments: str) -> Run:
        small = ("--n-train", "100", "--epochs", "1", "--layers", "8")
        assert main(["train", *small, *arguments]) == 0, capsys.readouterr().err
        (run,) = store.list()
        assert run.status is RunStatus.FINISHED
        return run

    return train


@pytest.fixture
def help_text(capsys):
    """Return what the terminal says of the options of a training, in one line."""

    def ask() -> str:
        with pytest.raises(SystemExit):
            main(["train", "--help"])
        return " ".join(capsys.readouterr().out.split())

    return ask


def test_an_optimizer_is_one_entry(monkeypatch, trained_with, help_text):
    add_entry(monkeypatch, OPTIMIZERS, "made_up", made_up.OPTIMIZER)

    assert "made_up: It is made up." in help_text()
    config = trained_with("--optimizer", "made_up").config
    assert config.optimizer == "made_up"
    optimizer = build_model(config).optimizer
    assert type(optimizer) is keras.optimizers.Adagrad
    assert optimizer.initial_accumulator_value == 0.5


def test_an_activation_is_one_entry(monkeypatch, trained_with, help_text, store, dataset):
    add_entry(monkeypatch, ACTIVATIONS, "selu", made_up.SELU)

    assert "selu: It is not in the app." in help_text()
    run = trained_with("--layers", "32:selu,16:selu")

    model = build_model(run.config)
    assert model.get_layer("hidden_2").activation is keras.activations.selu
    network, images = Network(run.config, weights_of(model)), dataset.test_images[:100]
    np.testing.assert_allclose(
        network.probabilities(images), model.predict(normalise(images), verbose=0), atol=1e-5
    )
    explanation = explain(store.network(run.id), images[0])
    assert [layer.activation for layer in explanation.layers] == ["selu", "selu"]
    assert [activation_strip(layer).shape for layer in explanation.layers] == [(5, 160), (5, 80)]
    assert [layer.n_active for layer in explanation.layers] == [None, None]


def test_an_initializer_is_one_entry(monkeypatch, trained_with, help_text):
    add_entry(monkeypatch, INITIALIZERS, "made_up", made_up.INITIALIZER)

    assert "made_up: They are made up." in help_text()
    config = trained_with("--initializer", "made_up").config
    np.testing.assert_array_equal(weights_of(build_model(config))[0], np.float32(0.01))


def test_a_loss_is_one_entry(monkeypatch, trained_with, help_text):
    add_entry(monkeypatch, LOSSES, "made_up", made_up.LOSS)

    assert "made_up: It is made up." in help_text()
    run = trained_with("--loss", "made_up")
    assert build_model(run.config).loss == "mean_squared_error"
    # The mean over ten outputs of squares that are at most 1, and 1 for two of them at most.
    assert 0 < run.history["loss"][0] < 0.2


def test_a_preset_is_one_entry(monkeypatch, store, capsys):
    add_entry(monkeypatch, PRESETS, "made-up", made_up.PRESET)

    assert main(["train", "--preset", "made-up"]) == 0
    (run,) = store.list()
    assert (run.name, run.config, run.status) == (
        "made-up",
        made_up.PRESET.config,
        RunStatus.FINISHED,
    )


def test_all_that_is_said_of_a_setting_is_one_entry(monkeypatch, help_text, capsys):
    add_entry(monkeypatch, SETTINGS, "patience", made_up.PATIENCE)

    assert "Made-up patience. It is made up. From 0 to 7." in help_text()
    assert TrainingConfig(patience=7).patience == 7
    with pytest.raises(InvalidConfigError, match="whole number from 0 to 7, got 8"):
        TrainingConfig(patience=8)
    assert main(["train", "--patience", "8"]) == 2
    assert capsys.readouterr().err == "patience must be a whole number from 0 to 7, got 8\n"


def test_a_setting_is_a_field_and_an_entry(monkeypatch, help_text):
    with pytest.raises(KeyError, match="made_up"):
        made_up.LongerConfig()

    add_entry(monkeypatch, SETTINGS, "made_up", made_up.SETTING)

    assert made_up.LongerConfig(made_up=7).made_up == 7
    with pytest.raises(InvalidConfigError, match="whole number from 0 to 7, got 8"):
        made_up.LongerConfig(made_up=8)
    text = help_text()
    assert "--made-up MADE_UP Made-up setting. It is made up. From 0 to 7." in text
    with pytest.raises(TypeError, match="made_up"):  # a config that has no such field
        main(["train", "--made-up", "7"])


@pytest.mark.parametrize(
    ("table", "name", "config"),
    [
        (OPTIMIZERS, "optimizer", TrainingConfig(optimizer="sgd")),
        (INITIALIZERS, "initializer", TrainingConfig(initializer="he_normal")),
        (LOSSES, "loss", TrainingConfig(loss="categorical_crossentropy")),
        (ACTIVATIONS, "activation", TrainingConfig(layers=(HiddenLayer(8, "tanh"),))),
    ],
)
def test_what_no_table_knows_is_refused_and_never_something_else(table, name, config):
    values = config.to_dict()
    place = values["layers"][0] if name == "activation" else values
    place[name] = "magic"

    with pytest.raises(InvalidConfigError, match=f"^{name} must be one of {', '.join(table)}, got"):
        TrainingConfig.from_dict(values)


# What CONTRIBUTING.md says of where things are.


def recipes() -> list[str]:
    """Return the recipes, each in one line."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (section,) = re.findall(r"^## Adding things\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return [" ".join(recipe.split()) for recipe in re.split(r"^- ", section, flags=re.M)[1:]]


def code_in(recipe: str) -> list[str]:
    return re.findall(r"`([^`]+)`", recipe)


def names_in(path: str) -> set[str]:
    """List what a source defines at its top."""
    names = set()
    for node in parse(ROOT / path).body:
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
    return names


@pytest.mark.parametrize(
    "table", ["OPTIMIZERS", "ACTIVATIONS", "PRESETS", "SETTINGS", "LANGUAGES", "PAGES"]
)
def test_there_is_a_recipe_for_each_table(table):
    assert len([recipe for recipe in recipes() if table in code_in(recipe)]) == 1


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe[:24])
def test_whatever_a_recipe_names_is_where_it_says(recipe):
    code = code_in(recipe)
    paths = [each for each in code if "/" in each]
    known = set().union(*(names_in(path) for path in paths if path.endswith(".py")))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert paths or any(each.startswith("make ") for each in code)
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [
        each
        for each in code
        if each not in paths
        and each not in known
        and not (each.startswith("make ") and f"\n{each[5:]}:" in makefile)
    ] == []
