"""The History page."""

from streamlit.testing.v1 import AppTest

from mnist_core.runs import RunStore
from tests.conftest import add_finished
from tests.pages.conftest import open_page

PAGE = "pages/3_History.py"


def test_the_baselines_are_compared_at_the_start(app: AppTest):
    open_page(app, PAGE)

    assert app.multiselect[0].value == ["mlp-512", "mlp-256"]
    assert app.dataframe[0].value["name"].tolist() == ["mlp-512", "mlp-256"]


def test_a_link_reopens_a_comparison(app: AppTest, store: RunStore):
    run = add_finished(store)

    open_page(app, PAGE, runs=f"mlp-512,{run.id}")

    assert app.multiselect[0].value == ["mlp-512", run.id]
    assert app.dataframe[0].value["name"].tolist() == ["mlp-512", run.title]


def test_the_run_that_is_looked_at_is_shown(app: AppTest, store: RunStore):
    run = add_finished(store)

    open_page(app, PAGE, run=run.id)

    assert app.multiselect[0].value == [run.id]


def test_the_table_holds_what_the_runs_reached(app: AppTest, store: RunStore):
    open_page(app, PAGE, runs="mlp-256")

    row = app.dataframe[0].value.iloc[0]
    baseline = store.get("mlp-256")
    assert row["network"] == "784-256-10"
    assert row["parameters"] == 203_530
    assert row["epochs"] == 10
    assert row["test"] == 100 * baseline.result.test_accuracy
    assert row["validation"] == 100 * max(baseline.history["val_accuracy"])


def test_choosing_writes_the_url(app: AppTest):
    open_page(app, PAGE)

    app.multiselect[0].set_value(["mlp-256"]).run()

    assert app.query_params["runs"] == "mlp-256"
    assert app.dataframe[0].value["name"].tolist() == ["mlp-256"]


def test_nothing_chosen_says_what_to_do(app: AppTest):
    open_page(app, PAGE)

    app.multiselect[0].set_value([]).run()

    assert [info.value for info in app.info] == ["Choose at least one run to see its curves."]
    assert not app.exception


def test_an_unknown_run_in_the_link_is_a_sentence(app: AppTest):
    open_page(app, PAGE, runs="mlp-256,gone")

    assert [warning.value for warning in app.warning] == ["There is no run gone"]
    assert app.multiselect[0].value == ["mlp-256"]
