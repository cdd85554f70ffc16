"""What a callback has to say."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import app_from_function


def script(is_error: bool) -> None:
    import streamlit as st

    from mnist_core.errors import InvalidConfigError
    from pages.ui.base.notice import Notice

    notice = Notice(key="test.notice", is_error=is_error)

    def fail() -> None:
        raise InvalidConfigError("{n} is too much", n=7)

    def attempt(action) -> None:
        st.session_state["error"] = notice.attempt(action)

    st.button("leave", on_click=notice.leave, args=("A sentence.",))
    st.button("fail", on_click=attempt, args=(fail,))
    st.button("succeed", on_click=attempt, args=(lambda: None,))
    st.button("nothing")
    notice.tell()


def clicked(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def opened(*, is_error: bool = True) -> AppTest:
    return app_from_function(script, is_error).run()


def told(app: AppTest) -> list[str]:
    return [each.value for each in (*app.error, *app.warning)]


def test_a_sentence_is_told_once():
    app = opened()
    assert told(app) == []

    assert told(clicked(app, "leave")) == ["A sentence."]
    assert told(clicked(app, "nothing")) == []


@pytest.mark.parametrize("is_error", [True, False])
def test_it_looks_like_an_error_where_it_is_said_to_be_one(is_error: bool):
    app = clicked(opened(is_error=is_error), "leave")

    assert (len(app.error), len(app.warning)) == ((1, 0) if is_error else (0, 1))


def test_what_fails_as_expected_is_told_in_a_sentence():
    app = clicked(opened(), "fail")

    assert told(app) == ["7 is too much"]
    assert app.session_state["error"] is not None


def test_what_succeeds_leaves_nothing_to_tell():
    app = clicked(opened(), "succeed")

    assert told(app) == []
    assert app.session_state["error"] is None
