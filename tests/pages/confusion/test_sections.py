"""The sections about all answers together, and the link to one of them."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.ui.confusion import reveal
from tests.pages.conftest import app_from_function


def script(*, is_alone: bool) -> None:
    import streamlit as st

    from pages.ui.confusion import sections

    with sections.mark_section(is_alone=is_alone):
        st.text(sections.choose_section())


def opened(section: str | None, *, is_alone: bool = True) -> AppTest:
    app = app_from_function(script, is_alone=is_alone)
    if section is not None:
        app.query_params["section"] = section
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("asked", "shown"),
    [(None, "digits"), ("nonsense", "digits"), ("confidence", "confidence")],
)
def test_the_section_that_the_link_names_is_open(asked: str | None, shown: str):
    assert opened(asked).text[0].value == shown


def test_the_section_that_is_chosen_stands_in_the_url():
    app = opened(None)

    app.segmented_control(key="confusion.section").set_value("networks").run()

    assert app.text[0].value == "networks"
    assert app.query_params["section"] == "networks"


@pytest.mark.parametrize(
    ("section", "is_alone", "is_marked"),
    [("networks", True, True), ("networks", False, False), (None, True, False)],
)
def test_a_link_leads_to_its_section_unless_something_else_is_chosen(
    monkeypatch, section: str | None, *, is_alone: bool, is_marked: bool
):
    monkeypatch.setattr(reveal, "_mark", lambda **_options: st.caption("the mark"))

    app = opened(section, is_alone=is_alone)

    assert bool(app.caption) is is_marked
