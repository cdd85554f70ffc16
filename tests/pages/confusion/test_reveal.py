"""What is scrolled to is there before the browser is told to."""

import pytest
import streamlit as st

from pages.ui.confusion import reveal
from tests.pages.conftest import app_from_function


def script(*, is_on: bool) -> None:
    import streamlit as st

    from pages.ui.confusion import reveal

    st.session_state["sent"] = []
    with reveal.mark("image", height=400, is_on=is_on):
        st.text("what is to be seen")
        st.session_state["sent"].append("content")


@pytest.mark.parametrize(("is_on", "sent"), [(True, ["content", "mark"]), (False, ["content"])])
def test_a_mark_is_sent_after_what_it_leads_to(monkeypatch, *, is_on: bool, sent: list[str]):
    monkeypatch.setattr(reveal, "_mark", lambda **_options: st.session_state["sent"].append("mark"))

    app = app_from_function(script, is_on=is_on).run()

    assert not app.exception
    assert app.session_state["sent"] == sent


def test_a_mark_stands_above_what_it_leads_to(monkeypatch):
    monkeypatch.setattr(reveal, "_mark", lambda **_options: st.caption("the mark"))

    app = app_from_function(script, is_on=True).run()

    shown = [element.value for element in app.main if element.type in ("caption", "text")]
    assert shown == ["the mark", "what is to be seen"]
