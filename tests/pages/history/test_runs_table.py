"""The table of all runs, and the choice among them."""

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.runs.run import RunStatus
from mnist_core.store.baselines import BASELINE_SEEDS
from mnist_core.store.run_store import RunStore
from pages.ui.history import runs_table
from tests.conftest import TINY, add_finished
from tests.pages.conftest import open_page
from tests.pages.history.helpers import PAGE, all_runs, chosen, drawn, send_rows, tick


def test_all_runs_are_listed_the_newest_first_and_the_included_last(app: AppTest, store: RunStore):
    first, second = add_finished(store, "first"), add_finished(store, "second")

    open_page(app, PAGE)

    assert all_runs(app)["name"].tolist() == [second.title, first.title, *BASELINE_SEEDS]


def test_the_two_included_networks_of_few_epochs_are_compared_at_the_start(app: AppTest):
    open_page(app, PAGE)

    assert chosen(app) == ["mlp-512", "mlp-256"]
    assert "runs" not in app.query_params


def test_a_link_reopens_a_comparison(app: AppTest, store: RunStore):
    run = add_finished(store)

    open_page(app, PAGE, runs=f"mlp-512,{run.id}")

    assert chosen(app) == [run.title, "mlp-512"]
    names = [line["name"] for line in drawn(app)[0]["data"]]
    assert names == [
        "mlp-512 · training",
        f"{run.title} · training",
        f"{run.title} · validation",
    ]


def test_the_run_that_is_looked_at_is_chosen(app: AppTest, store: RunStore):
    run = add_finished(store)

    open_page(app, PAGE, run=run.id)

    assert chosen(app) == [run.title]


def test_the_table_holds_what_a_run_reached(app: AppTest, store: RunStore):
    open_page(app, PAGE)

    row = all_runs(app).set_index("name").loc["mlp-256"]
    baseline = store.get("mlp-256")
    assert row["status"] == "Finished"
    assert row["settings"].startswith("784-256-10 · ")
    assert row["epochs"] == 10
    assert row["test"] == 100 * baseline.result.test_accuracy
    assert row["validation"] == 100 * max(baseline.history["val_accuracy"])
    assert row["seconds"] == baseline.result.total_seconds
    assert row["date"].timestamp() == pytest.approx(baseline.created_at, abs=1e-3)


def test_the_table_says_what_is_set_otherwise_than_usual_where_runs_differ(app: AppTest):
    open_page(app, PAGE)

    settings = all_runs(app).set_index("name")["settings"]
    assert settings["mlp-512"] == "784-512-10"
    assert settings["mlp-256"] == (
        "784-256-10 · Validation split: 0.2 · Loss function: Categorical cross-entropy · "
        "Initial weights: Normal"
    )


def test_every_state_of_a_run_has_its_words(app: AppTest, filled_store: RunStore):
    open_page(app, PAGE)

    assert set(runs_table.STATUS_TITLES) == set(RunStatus)
    words = all_runs(app)["status"].tolist()
    stored = [*filled_store.list(), *filled_store.baselines()]
    assert words == [runs_table.STATUS_TITLES[run.status] for run in stored]


def test_ticking_another_run_adds_it_and_writes_the_url(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs="mlp-256")

    tick(app, run.title, "mlp-256")

    assert app.query_params["runs"] == f"mlp-256,{run.id}"
    assert chosen(app) == [run.title, "mlp-256"]
    assert app.multiselect[0].value == ["mlp-256", run.id]


def test_a_run_can_be_chosen_by_name(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs="mlp-256")
    assert app.multiselect[0].value == ["mlp-256"]

    app.multiselect[0].set_value(["mlp-256", run.id]).run()

    assert app.query_params["runs"] == f"mlp-256,{run.id}"
    assert chosen(app) == [run.title, "mlp-256"]


def test_a_run_that_arrives_above_does_not_move_the_ticks(app: AppTest, store: RunStore):
    open_page(app, PAGE, runs="mlp-256")
    run = add_finished(store)

    app.run()
    assert chosen(app) == ["mlp-256"]
    tick(app, "mlp-256", run.title)

    assert app.query_params["runs"] == f"mlp-256,{run.id}"


def test_a_tick_means_the_run_that_the_browser_shows(app: AppTest, store: RunStore):
    open_page(app, PAGE, runs="mlp-256")
    add_finished(store)  # the browser does not know of it yet

    tick(app, "mlp-512", "mlp-256")

    assert app.query_params["runs"] == "mlp-256,mlp-512"
    assert chosen(app) == ["mlp-512", "mlp-256"]


def test_what_the_browser_only_repeats_leaves_the_url_alone(app: AppTest):
    open_page(app, PAGE)

    send_rows(app, [1, 0])

    assert "runs" not in app.query_params


def test_going_back_in_the_browser_ticks_what_was_chosen_then(app: AppTest):
    open_page(app, PAGE, runs="mlp-256")
    tick(app, "mlp-512")

    app.query_params["runs"] = "mlp-256"
    app.run()

    assert chosen(app) == ["mlp-256"]


def test_at_most_six_runs_are_compared(app: AppTest, store: RunStore):
    for _ in range(7):
        add_finished(store)
    open_page(app, PAGE, runs="mlp-512,mlp-256")

    tick(app, *all_runs(app)["name"])

    assert len(chosen(app)) == 6
    assert {"mlp-512", "mlp-256"} <= set(chosen(app))  # those chosen before stay
    assert [warning.value for warning in app.warning] == ["At most 6 runs can be compared."]


def test_an_unknown_run_in_the_link_is_a_sentence(app: AppTest):
    open_page(app, PAGE, runs="mlp-256,gone,<b>")

    assert [warning.value for warning in app.warning] == [r"There are no runs gone, \<b\>"]
    assert chosen(app) == ["mlp-256"]


def test_the_table_has_the_colours_of_the_curves(app: AppTest, store: RunStore):
    run = add_finished(store)
    store.create(TINY, name="waiting")

    open_page(app, PAGE, runs=f"mlp-256,{run.id}")

    loss, _accuracy, gap = drawn(app)
    colours = {line["name"]: line["line"]["color"] for line in gap["data"]}
    assert len(set(colours.values())) == 2
    assert {line["line"]["color"] for line in loss["data"]} == set(colours.values())
    pictures = all_runs(app).set_index("name")["colour"]
    for title, colour in colours.items():
        assert pictures[title] == runs_table._swatch(colour)
    assert [title for title, picture in pictures.items() if picture] == list(reversed(colours))


def test_looking_at_what_somebody_else_has_deleted_is_a_sentence(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=f"{run.id},mlp-256")
    store.delete(run.id)

    app.run()

    assert not app.exception
    assert [warning.value for warning in app.warning] == [f"There is no run {run.id}"]
    assert chosen(app) == ["mlp-256"]


def test_the_store_is_listed_once_a_rerun(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    open_page(app, PAGE)
    n_calls = 0
    original = RunStore.list

    def count(self):
        nonlocal n_calls
        n_calls += 1
        return original(self)

    monkeypatch.setattr(RunStore, "list", count)
    app.run()

    assert n_calls == 1
