"""Choosing the run that a page looks at, and others beside it."""

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.store.run_store import RunStore
from pages.ui.base import run_choice
from tests.conftest import TINY, add_finished
from tests.pages.conftest import app_from_function, open_page


def looked_at() -> None:
    import streamlit as st

    from pages.ui.base import run_choice

    run_choice.settle()
    st.code(run_choice.choose().id)


def beside() -> None:
    import streamlit as st

    from pages.ui.base import run_choice

    runs = run_choice.trained()
    other = run_choice.pick_any("B", runs, parameter="other", key="test.other", explained="Why")
    st.code(other and other.id)


def opened(script, **parameters: str) -> AppTest:
    app = app_from_function(script)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def test_runs_are_the_visitors_first_and_then_the_included(store: RunStore):
    own, waiting = add_finished(store), store.create(TINY, name="waiting")

    assert [run.id for run in run_choice.stored()][:2] == [waiting.id, own.id]
    assert next(iter(run_choice.trained())) == own
    assert all(run.is_baseline for run in run_choice.stored()[2:])


def test_the_best_reads_most_of_the_test_images(store: RunStore):
    low, high = (add_finished(store, test_accuracy=accuracy) for accuracy in (0.2, 0.999))

    assert run_choice.best([low, high]) == high
    assert run_choice.test_accuracy(high) == 0.999


def test_a_run_without_a_network_reads_nothing(store: RunStore):
    waiting = store.create(TINY, name="waiting")

    with pytest.raises(ValueError, match="no trained network"):
        run_choice.test_accuracy(waiting)


def test_a_run_is_described_by_what_it_reached(store: RunStore):
    run, waiting = add_finished(store, test_accuracy=0.5), store.create(TINY, name="waiting")

    assert run_choice.describe(run) == f"{run.title} · 50.00% right"
    assert run_choice.describe(waiting) == waiting.title


def test_the_first_choice_is_the_best_and_stands_in_the_url(store: RunStore):
    best = add_finished(store, test_accuracy=0.999)

    app = opened(looked_at)

    assert app.code[0].value == best.id
    assert app.query_params["run"] == best.id


def test_the_url_names_the_run(store: RunStore):
    app = opened(looked_at, run="mlp-256")

    assert app.code[0].value == "mlp-256"
    assert app.selectbox[0].value == "mlp-256"


def test_another_run_is_chosen(store: RunStore):
    app = opened(looked_at, run="mlp-256")

    app.selectbox[0].set_value("mlp-512").run()

    assert app.code[0].value == "mlp-512"
    assert app.query_params["run"] == "mlp-512"


def test_a_run_without_a_network_is_replaced_with_a_sentence(store: RunStore):
    waiting = store.create(TINY, name="waiting")

    app = opened(looked_at, run=waiting.id)

    assert [info.value for info in app.info] == [
        r"waiting \#1 has no trained network; here is another."
    ]
    assert app.query_params["run"] != waiting.id


def test_a_run_that_is_not_there_is_replaced_with_a_sentence(store: RunStore):
    app = opened(looked_at, run="gone")

    assert [warning.value for warning in app.warning] == ["There is no run gone"]
    assert app.query_params["run"] != "gone"


def test_the_run_goes_along_to_another_page(app: AppTest):
    open_page(app, "pages/4_Confusion.py", run="mlp-256")

    app.switch_page("pages/3_History.py").run()

    assert app.query_params["run"] == "mlp-256"


def test_at_first_no_run_stands_beside(store: RunStore):
    app = opened(beside)

    assert app.code[0].value == "None"
    assert app.selectbox[0].placeholder == "None"
    assert app.selectbox[0].help == "Why"
    assert "other" not in app.query_params


def test_a_run_beside_stands_in_the_url_until_it_is_taken_away(store: RunStore):
    app = opened(beside, other="mlp-256")
    assert app.code[0].value == "mlp-256"

    app.selectbox[0].set_value("mlp-512").run()
    assert app.query_params["other"] == "mlp-512"

    app.selectbox[0].set_value(None).run()
    assert "other" not in app.query_params
