"""A run from its start to its end."""

import sqlite3

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from mnist_core.runs.run import RunStatus
from mnist_core.settings.presets import PRESETS
from mnist_core.store.run_store import RunStore
from mnist_core.workers import machine
from pages.ui.base import cache
from tests.conftest import (
    add_failed,
    add_finished,
    add_running,
)
from tests.pages.conftest import open_page
from tests.pages.train.helpers import PAGE, texts


def test_a_run_at_work_is_found_again_without_a_link(app: AppTest, store: RunStore):
    add_running(store)

    open_page(app, PAGE)

    assert "at work \\#1" in texts(app)  # escaped for Markdown


def test_a_failed_run_shows_why_in_the_visitors_language(app: AppTest, store: RunStore):
    run = add_failed(store)

    open_page(app, PAGE, run=run.id)
    assert [error.value for error in app.error] == [
        "The loss is no longer a number: try a smaller learning rate"
    ]

    open_page(app, PAGE, run=run.id, lang="zh_TW")
    (error,) = app.error
    assert "loss" not in error.value.split("(")[0]


def test_a_run_cancelled_in_the_queue_says_so(app: AppTest, store: RunStore):
    run = store.create(PRESETS["mlp-512"].config, name="mine")
    store.request_stop(run.id)

    open_page(app, PAGE, run=run.id)

    assert store.get(run.id).status == RunStatus.STOPPED
    assert [info.value for info in app.info] == ["This run was cancelled before it began."]


def test_the_way_to_another_run_at_work_changes_the_url(app: AppTest, store: RunStore):
    run, other = add_finished(store), add_running(store)
    open_page(app, PAGE, run=run.id)

    app.button(key=f"train.other.{other.id}").click().run()

    assert app.query_params["run"] == other.id
    assert "at work \\#2" in texts(app)


def test_that_a_run_is_not_there_is_said_above_the_lesson(app: AppTest, store: RunStore):
    open_page(app, PAGE, run="gone")

    _controls, lesson = app.columns[:2]
    assert [warning.value for warning in lesson.warning] == ["There is no run gone"]


def test_why_a_training_cannot_start_is_said_beside_the_button(
    app: AppTest, store: RunStore, monkeypatch
):
    monkeypatch.setattr(machine, "available_memory", lambda: 0)
    open_page(app, PAGE)

    app.button(key="train.start").click().run()

    controls = app.columns[0].children.values()
    (place,) = (each for each in controls if isinstance(each, Block) and each.button)
    assert "this machine has" in place.error[0].value


def test_a_run_says_what_it_was_set_to(app: AppTest, store: RunStore):
    run = add_finished(store, units=16, seed=7)

    open_page(app, PAGE, run=run.id)

    assert "Network: 784-16-10 · Epochs: 10 · " in texts(app)
    assert "Seed: 7" in texts(app)


def test_a_run_deleted_at_work_and_brought_back_was_not_cancelled_before_it_began(
    app: AppTest, store: RunStore
):
    run = add_running(store)
    store.delete(run.id)
    store.restore(run.id)

    open_page(app, PAGE, run=run.id)

    assert [info.value for info in app.info] == ["This run ended before its weights were stored."]


class TestGhost:
    def test_an_earlier_run_stays_as_a_pale_curve_and_in_the_link(
        self, app: AppTest, store: RunStore
    ):
        run = add_running(store)
        open_page(app, PAGE, run=run.id)

        app.selectbox(key="train.ghost").set_value("mlp-256").run()

        assert app.query_params["ghost"] == "mlp-256"
        assert charts_naming(app, "mlp-256") == 2
        assert not app.exception

    def test_a_run_is_no_ghost_of_itself(self, app: AppTest, store: RunStore):
        run = add_finished(store)

        open_page(app, PAGE, run=run.id, ghost=run.id)

        assert app.selectbox(key="train.ghost").value is None
        assert "ghost" not in app.query_params


def charts_naming(app: AppTest, name: str) -> int:
    """Count the charts of the page that draw something of this name."""
    return sum(f'"{name}"' in chart.proto.spec for chart in app.get("vega_lite_chart"))


class TestStoreTrouble:
    def test_on_a_full_disk_start_is_refused_with_a_sentence_and_the_page_stays(
        self, app: AppTest, store: RunStore, full_disk
    ):
        add_finished(store)
        open_page(app, PAGE)
        cache.store().close()
        with full_disk(store):
            # A few may still find room in the last page.
            for _ in range(50):
                app.button(key="train.start").click().run()
                if app.error:
                    break

            assert [error.value for error in app.error] == [
                "There is no room for more in the store: delete runs, or free the disk"
            ]
            assert not app.exception
            cache.store().close()

        n_before = len(store.list())
        app.button(key="train.start").click().run()
        assert len(store.list()) == n_before + 1
        assert not app.error

    def test_a_locked_database_is_a_sentence_and_the_page_recovers(
        self, app: AppTest, store: RunStore, tmp_path, monkeypatch
    ):
        monkeypatch.setattr("mnist_core.store.database._REFUSAL_SECONDS", 0.0)
        store.list()
        database = sqlite3.connect(tmp_path / "runs.db")
        database.execute("BEGIN IMMEDIATE")

        open_page(app, PAGE)
        assert not app.error  # who reads waits for no writer
        app.button(key="train.start").click().run()
        assert "keeps the stored runs locked" in app.error[0].value
        assert not app.exception

        database.close()
        app.button(key="train.start").click().run()
        assert not app.error
        assert len(store.list()) == 1
