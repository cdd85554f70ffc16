"""What the network is made of, in numbers."""

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import open_page
from tests.pages.train.helpers import PAGE, texts


def test_the_summary_follows_the_settings(app: AppTest):
    open_page(app, PAGE)
    app.selectbox(key="train.preset").set_value("mlp-256").run()

    assert app.table[0].value["Parameters"].tolist() == ["200,960", "2,570"]
    assert "203,530 numbers" in texts(app)

    app.number_input(key="train.mlp-256.units.1").set_value(10).run()

    assert app.table[0].value["Parameters"].tolist() == ["7,850", "110"]
