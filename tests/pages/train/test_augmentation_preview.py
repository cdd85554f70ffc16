"""The preview of distorted digits."""

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import open_page
from tests.pages.train.helpers import PAGE


def test_distorted_digits_are_shown_as_soon_as_a_distortion_is_on(app: AppTest):
    open_page(app, PAGE)
    assert not has_preview(app)

    app.slider(key="train.mlp-512.elastic.0").set_value(1.2).run()
    first = preview(app)
    assert first.count("<img") == 8

    app.button(key="train.distort").click().run()
    assert preview(app).count("<img") == 8
    assert preview(app) != first
    assert not app.exception


def has_preview(app: AppTest) -> bool:
    return any("Eight distorted digits" in html.proto.body for html in app.get("html"))


def preview(app: AppTest) -> str:
    (html,) = (
        html.proto.body for html in app.get("html") if "Eight distorted digits" in html.proto.body
    )
    return html
