"""Renaming and deleting runs, and taking it back."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.errors import RunStoreError
from mnist_core.store.run_store import RunStore
from tests.conftest import add_finished
from tests.pages.conftest import open_page
from tests.pages.history.helpers import PAGE, button, chosen, sentences, tick


def test_a_renamed_run_keeps_its_place_in_the_comparison(app: AppTest, store: RunStore):
    run = add_finished(store, "old")
    open_page(app, PAGE, runs=f"mlp-256,{run.id}")

    app.text_input[0].set_value("new name")
    button(app, "Rename").click().run()

    assert store.get(run.id).name == "new name"
    assert chosen(app) == ["new name #1", "mlp-256"]
    assert app.text_input[0].value == "new name"


@pytest.mark.parametrize("name", ["", "   "])
def test_a_name_of_blanks_is_refused_in_a_sentence(app: AppTest, store: RunStore, name: str):
    run = add_finished(store, "old")
    open_page(app, PAGE, runs=run.id)

    app.text_input[0].set_value(name)
    button(app, "Rename").click().run()

    assert [warning.value for warning in app.warning] == ["A run needs a name."]
    assert store.get(run.id).name == "old"


@pytest.mark.parametrize("name", ["**b** [x](http://a)", "<b>b</b>", "{0} {n} %{y}", "x" * 200])
def test_odd_names_are_harmless(app: AppTest, store: RunStore, name: str):
    run = add_finished(store, name)
    title = store.get(run.id).title

    open_page(app, PAGE, runs=f"{run.id},mlp-512")

    assert not app.exception
    assert chosen(app) == [title, "mlp-512"]
    assert "**b**" not in sentences(app).replace(r"\*", "")
    button(app, "Delete 1 run").click().run()
    assert not app.exception


@pytest.mark.parametrize("runs", ["mlp-256", "mlp-512,mlp-256"])
def test_included_networks_are_neither_renamed_nor_deleted_and_it_says_why(app: AppTest, runs: str):
    open_page(app, PAGE, runs=runs)

    assert button(app, "Delete").disabled
    assert not app.text_input
    assert any("cannot be renamed or deleted" in caption.value for caption in app.caption)


def test_deleting_leaves_the_included_networks_chosen(app: AppTest, store: RunStore):
    first, second = add_finished(store, "first"), add_finished(store, "second")
    open_page(app, PAGE, run=first.id, runs=f"{first.id},mlp-256,{second.id}")

    button(app, "Delete 2 runs").click().run()

    assert list(store.list()) == []
    assert app.query_params["runs"] == "mlp-256"
    assert "run" not in app.query_params
    assert chosen(app) == ["mlp-256"]
    assert r"Deleted: first \#1, second \#2." in sentences(app)
    assert not app.warning


def test_undo_brings_everything_back(app: AppTest, store: RunStore):
    run = add_finished(store)
    before = store.get(run.id)
    open_page(app, PAGE, runs=f"{run.id},mlp-256")
    button(app, "Delete 1 run").click().run()

    button(app, "Undo").click().run()

    assert store.get(run.id) == before
    assert store.network(run.id).weights
    assert set(chosen(app)) == {run.title, "mlp-256"}
    assert "Deleted" not in sentences(app)


def test_undo_is_offered_until_the_page_is_left(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=run.id)
    button(app, "Delete 1 run").click().run()
    tick(app, "mlp-256")
    assert button(app, "Undo")

    app.switch_page("pages/1_Samples.py").run()
    app.switch_page(PAGE).run()

    assert "Deleted" not in sentences(app)


def test_undo_brings_back_the_latest_deletion_only(app: AppTest, store: RunStore):
    first, second = add_finished(store, "first"), add_finished(store, "second")
    open_page(app, PAGE, runs=first.id)
    button(app, "Delete 1 run").click().run()
    tick(app, second.title)
    button(app, "Delete 1 run").click().run()

    button(app, "Undo").click().run()

    assert [run.id for run in store.list()] == [second.id]


def test_deleting_what_somebody_else_has_deleted_is_a_sentence(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=f"{run.id},mlp-256")
    store.delete(run.id)

    button(app, "Delete 1 run").click().run()

    assert not app.exception
    assert [warning.value for warning in app.warning] == [f"There is no run {run.id}"]
    assert chosen(app) == ["mlp-256"]


@contextmanager
def locked(store: RunStore) -> Iterator[None]:
    """Let somebody else hold the database for writing."""
    database = sqlite3.connect(store.url.removeprefix("sqlite:///"))
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
    finally:
        database.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once after a wait in vain."""
    monkeypatch.setattr("mnist_core.store.database._REFUSAL_SECONDS", 0.0)


@pytest.mark.usefixtures("impatient")
def test_undo_stays_offered_while_the_store_is_locked(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=run.id)
    button(app, "Delete 1 run").click().run()

    with locked(store):
        button(app, "Undo").click().run()

    assert "locked" in app.warning[0].value
    assert r"Deleted: mine \#1." in sentences(app)
    button(app, "Undo").click().run()
    assert [run.id for run in store.list()] == [run.id]
    assert chosen(app) == [run.title]
    assert "Deleted" not in sentences(app)


def test_undo_stays_offered_for_what_could_not_be_restored(
    app: AppTest, store: RunStore, monkeypatch: pytest.MonkeyPatch
):
    first, second = add_finished(store, "first"), add_finished(store, "second")
    open_page(app, PAGE, runs=f"{first.id},{second.id}")
    button(app, "Delete 2 runs").click().run()
    original = RunStore.restore

    def restore(self, run_id: str) -> None:
        if run_id == first.id:
            raise RunStoreError("the database is locked")
        original(self, run_id)

    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "restore", restore)
        button(app, "Undo").click().run()

    assert chosen(app) == [second.title]
    assert r"Deleted: first \#1." in sentences(app)
    button(app, "Undo").click().run()
    assert set(chosen(app)) == {first.title, second.title}


def test_undo_is_over_for_what_cannot_be_restored_any_more(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=run.id)
    button(app, "Delete 1 run").click().run()
    store.restore(run.id)

    button(app, "Undo").click().run()

    assert [warning.value for warning in app.warning] == [f"There is no run {run.id}"]
    assert "Deleted" not in sentences(app)


@pytest.mark.usefixtures("impatient")
def test_what_could_not_be_deleted_stays_chosen(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, run=run.id, runs=f"{run.id},mlp-256")

    with locked(store):
        button(app, "Delete 1 run").click().run()

    assert "locked" in app.warning[0].value
    assert app.query_params["runs"] == f"{run.id},mlp-256"
    assert app.query_params["run"] == run.id
    assert "Deleted" not in sentences(app)


@pytest.mark.usefixtures("impatient")
def test_a_deletion_that_fails_leaves_the_way_back_from_the_one_before(
    app: AppTest, store: RunStore
):
    first, second = add_finished(store, "first"), add_finished(store, "second")
    open_page(app, PAGE, runs=first.id)
    button(app, "Delete 1 run").click().run()
    tick(app, second.title)

    with locked(store):
        button(app, "Delete 1 run").click().run()

    assert r"Deleted: first \#1." in sentences(app)


def test_renaming_what_somebody_else_has_deleted_is_a_sentence(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=f"{run.id},mlp-256")
    store.delete(run.id)

    app.text_input[0].set_value("new")
    button(app, "Rename").click().run()

    assert not app.exception
    assert f"There is no run {run.id}" in [warning.value for warning in app.warning]


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


def test_the_room_of_the_runs_is_told(app: AppTest, store: RunStore, monkeypatch):
    monkeypatch.setenv("MNIST_STORE_MB", "500")
    open_page(app, PAGE)
    assert not [text for text in captions(app) if "that they may" in text]

    add_finished(store)
    app.run()

    (room,) = [text for text in captions(app) if "that they may" in text]
    assert re.match(r"Your stored runs take 0\.\d\sMB of the 500\sMB that they may", room)
