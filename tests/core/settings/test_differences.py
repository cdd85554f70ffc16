"""Runs side by side: what differs between them, and the table of their epochs."""

import dataclasses
import io
from typing import Any

import pandas as pd
import pytest

from mnist_core.exchange.curves_csv import history_csv
from mnist_core.runs.run import Run, RunStatus
from mnist_core.runs.seeds import missing_seeds, same_but_seed
from mnist_core.settings.config import LIMITS, Augmentation, HiddenLayer, TrainingConfig
from mnist_core.settings.differences import differing_settings, flat_settings, unusual_settings

DEFAULT = TrainingConfig()
# A value for every field that is not its default.
OTHERS: dict[str, Any] = {
    "layers": (HiddenLayer(64, "tanh"),),
    "optimizer": "sgd",
    "learning_rate": 0.5,
    "batch_size": 7,
    "epochs": 9,
    "validation_split": 0.25,
    "loss": "categorical_crossentropy",
    "initializer": "normal",
    "n_train": 100,
    "seed": 5,
    "l2": 0.01,
    "learning_rate_decay": 0.5,
    "patience": 3,
    "augmentation": Augmentation(shift=1.0, rotation=2.0, zoom=0.25, elastic=3.0),
}


def make_run(run_id: str, name: str = "mine", **settings: object) -> Run:
    history = settings.pop("history", {"loss": [0.5, 0.25], "accuracy": [0.8, 0.9]})
    return Run(
        id=run_id,
        name=name,
        config=dataclasses.replace(DEFAULT, **settings),
        status=RunStatus.FINISHED,
        created_at=0.0,
        number=1,
        history=history,
    )


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(TrainingConfig)])
def test_a_change_in_any_field_is_a_difference(name: str):
    other = dataclasses.replace(DEFAULT, **{name: OTHERS[name]})

    differing = differing_settings([DEFAULT, other])

    if name == "layers":
        assert differing == {"network": ["784-512-10", "784-64-10"], "activation": ["relu", "tanh"]}
    elif name == "augmentation":
        assert differing == {
            "shift": [0.0, 1.0],
            "rotation": [0.0, 2.0],
            "zoom": [0.0, 0.25],
            "elastic": [0.0, 3.0],
        }
    else:
        assert differing == {name: [getattr(DEFAULT, name), OTHERS[name]]}


def test_every_setting_has_a_name_of_its_own():
    n_fields = sum(
        len(dataclasses.fields(cls)) for cls in (TrainingConfig, HiddenLayer, Augmentation)
    )

    # The layers and the distortions are within; the units are part of the network.
    assert len(flat_settings(DEFAULT)) == n_fields - 2


def test_what_layers_agree_in_is_said_once_and_the_rest_layer_by_layer():
    config = TrainingConfig(layers=(HiddenLayer(800, dropout=0.5), HiddenLayer(256)))

    settings = flat_settings(config)

    assert settings["network"] == "784-800-256-10"
    assert settings["activation"] == "relu"
    assert settings["dropout"] == "0.5, 0.0"


def test_without_hidden_layers_there_is_nothing_to_say_of_them():
    settings = flat_settings(TrainingConfig(layers=()))

    assert settings["network"] == "784-10"
    assert settings["activation"] is None
    assert settings["dropout"] is None


def test_what_is_the_same_in_all_is_no_difference():
    configs = [dataclasses.replace(DEFAULT, seed=1, epochs=epochs) for epochs in (2, 3, 2)]

    assert differing_settings(configs) == {"epochs": [2, 3, 2]}


@pytest.mark.parametrize("n", [0, 1, 2])
def test_equal_configs_do_not_differ(n: int):
    assert differing_settings([DEFAULT] * n) == {}


def test_a_config_is_described_by_what_only_some_set_otherwise_than_the_defaults():
    slow = dataclasses.replace(DEFAULT, seed=1, learning_rate=1e-5)
    plain = dataclasses.replace(DEFAULT, seed=1)

    assert unusual_settings([slow, plain]) == [{"learning_rate": 1e-5}, {}]


def read(runs: list[Run]) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(history_csv(runs)))


def test_the_table_has_a_row_for_each_epoch_of_each_run():
    validated = {
        "loss": [0.5],
        "accuracy": [0.8],
        "val_loss": [0.625],
        "val_accuracy": [0.75],
    }

    frame = read([make_run("a"), make_run("b", history=validated)])

    columns = ["run", "name", "epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert list(frame.columns[:7]) == columns
    rows = frame[columns].astype(object).where(frame[columns].notna(), None)
    assert rows.to_numpy().tolist() == [
        ["a", "mine #1", 1, 0.5, 0.8, None, None],
        ["a", "mine #1", 2, 0.25, 0.9, None, None],
        ["b", "mine #1", 1, 0.5, 0.8, 0.625, 0.75],
    ]


def test_the_table_has_a_column_for_every_setting():
    run = make_run("a", **OTHERS)

    frame = read([run])

    expected = flat_settings(run.config)
    expected["loss_function"] = expected.pop("loss")
    assert set(frame.columns[7:-1]) == set(expected)
    assert frame.iloc[1][list(expected)].to_dict() == expected


def test_the_last_column_says_what_a_fine_tuned_run_began_as():
    tuned = dataclasses.replace(make_run("b"), base="=mine #1")

    frame = read([make_run("a"), tuned])

    assert frame.columns[-1] == "base"
    assert frame["base"].fillna("").tolist() == ["", "", "'=mine #1", "'=mine #1"]


def test_numbers_in_the_table_are_exact():
    third = 1 / 3

    frame = read([make_run("a", history={"loss": [third], "accuracy": [third]})])

    assert frame["loss"][0] == third


def test_runs_without_an_epoch_have_no_rows():
    frame = read([make_run("a", history={})])

    assert frame.empty
    assert "learning_rate" in frame.columns


@pytest.mark.parametrize("name", ['"quoted", with comma', "two\nlines", "手寫"])
def test_an_odd_name_stays_one_field(name: str):
    assert read([make_run("a", name)])["name"].tolist() == [f"{name} #1"] * 2


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_spreadsheet_takes_no_name_for_a_formula(name: str):
    assert read([make_run("a", name)])["name"].tolist() == [f"'{name} #1"] * 2


class TestSeeds:
    @staticmethod
    def run(seed: int, status: RunStatus = RunStatus.FINISHED, name: str = "mine", **settings):
        config = TrainingConfig(seed=seed, **settings)
        return Run(id=f"{name}-{seed}", name=name, config=config, status=status, created_at=0.0)

    def test_runs_of_the_same_settings_are_found_one_for_each_seed(self):
        others = [
            self.run(2),
            self.run(1),
            self.run(2, name="older"),
            self.run(3, RunStatus.RUNNING),
            self.run(4, epochs=7),
        ]

        found = same_but_seed(self.run(0), others)

        assert [run.id for run in found] == ["mine-1", "mine-2", "mine-3"]

    @pytest.mark.parametrize("status", [RunStatus.STOPPED, RunStatus.FAILED, RunStatus.INTERRUPTED])
    def test_where_a_run_was_ended_is_no_noise(self, status):
        assert same_but_seed(self.run(0), [self.run(1, status)]) == []

    def test_what_was_fine_tuned_is_no_other_seed_of_the_same_settings(self):
        tuned = dataclasses.replace(self.run(1), base="mlp-512")

        assert same_but_seed(self.run(0), [tuned]) == []
        assert same_but_seed(tuned, [self.run(0), tuned]) == []

    def test_the_missing_seeds_follow_that_of_the_run(self):
        run = self.run(3)

        missing = missing_seeds(run, [run, self.run(5)], n_seeds=5)

        assert missing == [4, 6, 7]

    def test_with_enough_seeds_none_is_missing(self):
        known = [self.run(seed) for seed in (0, 7, 8, 9, 10, 99)]

        assert missing_seeds(known[0], known, n_seeds=5) == []

    def test_after_the_largest_seed_comes_0(self):
        largest = int(LIMITS["seed"].high)

        missing = missing_seeds(self.run(largest), [self.run(largest)], n_seeds=3)

        assert missing == [0, 1]
