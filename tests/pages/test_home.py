"""The home page."""

from streamlit.testing.v1 import AppTest

from mnist_core.store.run_store import RunStore
from tests.conftest import add_finished
from tests.pages.conftest import open_page


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def test_before_any_training_it_says_that_networks_are_included(app: AppTest):
    open_page(app, "app.py")

    assert "Nothing has been trained here yet" in texts(app)


def test_after_trainings_it_names_the_best(app: AppTest, store: RunStore):
    add_finished(store, "good", test_accuracy=0.97)
    add_finished(store, "ruined", test_accuracy=0.1)

    open_page(app, "app.py")

    assert "it reads 97.00% of the test images" in texts(app)
    assert "is good " in texts(app)


def test_the_best_network_and_not_the_newest_is_the_first_choice(app: AppTest, store: RunStore):
    best = add_finished(store, "good", test_accuracy=0.995)
    add_finished(store, "ruined", test_accuracy=0.1)

    open_page(app, "pages/5_Draw.py")

    assert app.query_params["run"] == best.id
