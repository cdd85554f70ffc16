"""A single choice that stands in the URL."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import app_from_function

WIDGETS = ["radio", "segmented_control", "selectbox", "select_slider"]


def required(widget: str, is_default_written: bool = True) -> None:
    from enum import StrEnum

    import streamlit as st

    from pages.ui.base import choice

    class Colour(StrEnum):
        RED = "red"
        BLUE = "blue"

    chosen = choice.choose(
        getattr(st, widget),
        "Colour",
        {Colour.RED: "Rot", Colour.BLUE: "Blau"},
        parameter="colour",
        key="test.colour",
        default=Colour.RED,
        is_default_written=is_default_written,
        forgets=("shade",),
        then=lambda: st.session_state.update(is_told=True),
    )
    st.code(f"{chosen!r}")


def optional(widget: str) -> None:
    import streamlit as st

    from pages.ui.base import choice

    titles = {"1": "one", "2": "two"}
    look = {"index": None} if widget == "selectbox" else {}
    chosen = choice.choose_any(
        getattr(st, widget), "Number", titles, parameter="n", key="test.n", **look
    )
    st.code(f"{chosen!r}")


def only_asked() -> None:
    import streamlit as st

    from pages.ui.base import choice

    st.code(f"{choice.asked('n', ('1', '2'))!r}")


def opened(script, *args, **parameters: str) -> AppTest:
    app = app_from_function(script, *args)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def widget_of(app: AppTest, name: str):
    (widget,) = app.get(name) or app.get("button_group")
    return widget


def chosen(app: AppTest) -> str:
    return app.code[0].value


@pytest.mark.parametrize("widget", WIDGETS)
def test_the_url_decides(widget: str):
    app = opened(required, widget, colour="blue")

    assert chosen(app) == "<Colour.BLUE: 'blue'>"
    assert widget_of(app, widget).value == "blue"
    assert app.query_params["colour"] == "blue"


@pytest.mark.parametrize("widget", WIDGETS)
def test_without_a_word_of_the_url_it_is_the_default_which_is_not_written(widget: str):
    app = opened(required, widget)

    assert chosen(app) == "<Colour.RED: 'red'>"
    assert "colour" not in app.query_params


def test_what_is_not_offered_is_dropped_from_the_url():
    app = opened(required, "radio", colour="green", shade="dark")

    assert chosen(app) == "<Colour.RED: 'red'>"
    assert "colour" not in app.query_params
    assert app.query_params["shade"] == "dark"


@pytest.mark.parametrize("widget", WIDGETS)
def test_a_choice_is_written_and_takes_away_what_it_makes_meaningless(widget: str):
    app = opened(required, widget, shade="dark")

    widget_of(app, widget).set_value("blue").run()

    assert chosen(app) == "<Colour.BLUE: 'blue'>"
    assert app.query_params["colour"] == "blue"
    assert "shade" not in app.query_params
    assert app.session_state["is_told"]


@pytest.mark.parametrize("is_default_written", [True, False])
def test_the_default_is_written_when_it_is_chosen_unless_it_goes_without_saying(
    is_default_written: bool,
):
    app = opened(required, "radio", is_default_written, colour="blue")

    app.radio[0].set_value("red").run()

    assert chosen(app) == "<Colour.RED: 'red'>"
    assert ("colour" in app.query_params) == is_default_written


def test_going_back_in_the_browser_shows_what_was_chosen_then():
    app = opened(required, "radio", colour="blue")
    app.radio[0].set_value("red").run()

    app.query_params["colour"] = "blue"
    app.run()

    assert app.radio[0].value == "blue"


def test_the_options_are_shown_by_their_titles():
    assert opened(required, "radio").radio[0].options == ["Rot", "Blau"]


@pytest.mark.parametrize("widget", ["pills", "selectbox"])
def test_none_can_be_chosen_where_that_is_allowed(widget: str):
    app = opened(optional, widget, n="2")
    assert chosen(app) == "'2'"

    widget_of(app, widget).set_value(None).run()

    assert chosen(app) == "None"
    assert "n" not in app.query_params


@pytest.mark.parametrize("parameters", [{}, {"n": "3"}])
def test_at_first_nothing_is_chosen_where_that_is_allowed(parameters: dict[str, str]):
    app = opened(optional, "pills", **parameters)

    assert chosen(app) == "None"
    assert "n" not in app.query_params


@pytest.mark.parametrize(
    ("parameters", "expected"), [({"n": "2"}, "'2'"), ({"n": "3"}, "None"), ({}, "None")]
)
def test_what_the_url_names_can_be_asked_without_a_widget(
    parameters: dict[str, str], expected: str
):
    app = opened(only_asked, **parameters)

    assert chosen(app) == expected
    assert set(app.query_params) == set(parameters)
