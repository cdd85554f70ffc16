import dataclasses
import io

import pandas as pd
import pytest

from mnist_core.exchange.curves_csv import history_csv
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.differences import flat_settings
from tests.core.samples import OTHER_SETTINGS, RESULT


def make_run(run_id: str, name: str = "mine", **settings: object) -> Run:
    history = settings.pop("history", {"loss": [0.5, 0.25], "accuracy": [0.8, 0.9]})
    return Run(
        id=run_id,
        name=name,
        config=TrainingConfig(**settings),
        status=RunStatus.FINISHED,
        created_at=0.0,
        number=1,
        history=history,
    )


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
    run = make_run("a", **OTHER_SETTINGS)

    frame = read([run])

    expected = flat_settings(run.config)
    expected["loss_function"] = expected.pop("loss")
    assert set(frame.columns[7:-5]) == set(expected)
    assert frame.iloc[1][list(expected)].to_dict() == expected


def test_a_column_says_what_a_fine_tuned_run_began_as():
    tuned = dataclasses.replace(make_run("b"), base="=mine #1")

    frame = read([make_run("a"), tuned])

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


def test_the_table_tells_how_a_run_ended_and_how_long_it_took():
    result = dataclasses.replace(RESULT, epoch_seconds=(0.5, 0.25))
    done = dataclasses.replace(make_run("a"), result=result)
    failed = dataclasses.replace(make_run("b"), status=RunStatus.FAILED)

    frame = read([done, failed])

    assert frame["state"].tolist() == ["finished", "finished", "failed", "failed"]
    assert frame["seconds"].tolist()[:2] == [0.5, 0.25]
    assert frame["test_accuracy"].tolist()[:2] == [RESULT.test_accuracy] * 2
    assert frame["total_seconds"].tolist()[:2] == [RESULT.total_seconds] * 2
    assert frame.loc[2:, ["seconds", "test_accuracy", "total_seconds"]].isna().all().all()
