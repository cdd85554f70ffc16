"""The URL as the memory of a page."""

import pytest
import streamlit as st

from pages.ui.base import url
from tests.pages.conftest import app_from_function


@pytest.fixture
def parameters(monkeypatch: pytest.MonkeyPatch):
    """The parameters of the URL, outside of an app."""

    class Parameters(dict[str, str]):
        n_changes = 0

        def to_dict(self) -> dict[str, str]:
            return dict(self)

        def from_dict(self, values: dict[str, str]) -> None:
            self.clear()
            self.update(values)
            self.n_changes += 1

    parameters = Parameters()
    monkeypatch.setattr(st, "query_params", parameters)
    return parameters


def test_parameters_are_written_and_taken_away_in_one_step(parameters):
    parameters.update(run="a", index="3")

    url.put(run="b", index=None, true=4)

    assert parameters == {"run": "b", "true": "4"}
    assert parameters.n_changes == 1


def test_what_stands_there_already_is_no_step(parameters):
    parameters.update(run="a", true="4")

    url.put(run="a", true=4, index=None)

    assert parameters.n_changes == 0


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("9", 9), ("07", 7), ("10", None)])
def test_a_whole_number_below_the_limit_is_read(parameters, text: str, number: int | None):
    parameters["n"] = text

    assert url.whole("n", below=10) == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", "４", "²", "x", "9" * 5000])
def test_anything_else_is_no_number(parameters, text: str):
    parameters["n"] = text

    assert url.whole("n", below=60_000) is None


def test_a_number_that_is_not_there_is_none(parameters):
    assert url.whole("n", below=10) is None


def switched() -> None:
    import streamlit as st

    from pages.ui.base import url

    st.toggle("On", key="test.on", on_change=url.switch("on", key="test.on"))


def test_a_switch_stands_in_the_url_while_it_is_on():
    app = app_from_function(switched).run()
    assert not app.toggle[0].value

    app.toggle[0].set_value(True).run()
    assert app.query_params["on"] == "1"
    assert app.toggle[0].value

    app.toggle[0].set_value(False).run()
    assert "on" not in app.query_params
