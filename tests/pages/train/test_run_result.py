"""What a run reached, and what it means."""

from streamlit.testing.v1 import AppTest

from mnist_core.store.run_store import RunStore
from tests.conftest import (
    PROGRESS,
    add_finished,
    lose,
)
from tests.pages.conftest import open_page
from tests.pages.train.helpers import PAGE, texts


def test_a_finished_run_shows_its_accuracies_and_what_they_mean(app: AppTest, store: RunStore):
    run = add_finished(store)

    open_page(app, PAGE, run=run.id)

    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Training accuracy"] == f"{run.result.train_accuracy:.2%}"
    assert shown["Validation accuracy"] == f"{run.result.validation_accuracy:.2%}"
    assert shown["Test accuracy"] == f"{run.result.test_accuracy:.2%}"
    assert "(overfitting)" in texts(app)
    assert "20 of 20 read right" in texts(app)


def test_steps_that_were_too_large_are_not_taken_for_too_few_epochs(app: AppTest, store: RunStore):
    history = {"loss": [2.5, 8e14], "accuracy": [0.1, 0.1]}
    run = add_finished(store, history=history)

    open_page(app, PAGE, run=run.id)

    assert "Try a learning rate below 0.001" in texts(app)
    assert "underfitting" not in texts(app)


def test_numbers_of_earlier_weights_say_so(app: AppTest, store: RunStore):
    run = add_finished(store, with_checkpoint=True)
    store.go_on(run.id, n_epochs=5)
    claim = store.claim_next()
    longer = {name: [*values, values[-1]] for name, values in run.history.items()}
    store.update_progress(claim, PROGRESS, longer)
    lose(store, claim)

    open_page(app, PAGE, run=run.id)

    assert "weights after epoch 10; what came later was not measured" in texts(app)


def test_early_stopping_is_said(app: AppTest, store: RunStore):
    run = add_finished(store, kept_epoch=7)

    open_page(app, PAGE, run=run.id)

    assert "weights after epoch 7" in texts(app)
