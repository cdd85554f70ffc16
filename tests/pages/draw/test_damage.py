"""The section that breaks a digit."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.network.damage import Damage, placement, slide_map
from mnist_core.network.forward import Network, reading
from mnist_core.store.run_store import RunStore
from pages.ui.base import cache
from tests.pages.conftest import app_from_function

SEVEN = load_dataset().test_images[0]
# One value for each widget, other than its first.
VALUES = {
    "transposed": True,
    "thicker": 1.0,
    "turned": 40,
    "right": 4,
    "down": -3,
    "noise": 0.1,
    "inverted": True,
    "unscaled": True,
}


def script() -> None:
    import streamlit as st

    from mnist_core.data.dataset import load_dataset
    from pages.ui.base import cache, language
    from pages.ui.draw import damage

    language.settle()
    if st.checkbox("here", True):
        damage.show(cache.store().get("mlp-512"), load_dataset().test_images[0])


@pytest.fixture
def section(runs_url: str) -> AppTest:
    return app_from_function(script).run()


def widget(section: AppTest, name: str):
    kind = section.toggle if isinstance(VALUES[name], bool) else section.slider
    return kind(key=f"draw.break.{name}")


def texts(section: AppTest) -> str:
    return "\n".join(element.value for element in (*section.markdown, *section.caption))


def pictures(section: AppTest) -> list[str]:
    return [element.proto.body for element in section.get("html")]


def network() -> Network:
    return RunStore().network("mlp-512")


def heading(damage: Damage) -> str:
    found = reading(damage.probabilities(network(), SEVEN))
    assert found is not None
    return f"It reads {found.digit}, {found.confidence:.1%} sure"


def test_at_first_nothing_is_broken(section: AppTest):
    assert not section.exception
    assert heading(Damage()) in texts(section)
    assert "Before: 7, " in texts(section)


@pytest.mark.parametrize("name", VALUES)
def test_each_widget_breaks_what_it_says(section: AppTest, name: str):
    before = pictures(section)

    widget(section, name).set_value(VALUES[name]).run()

    assert not section.exception
    assert heading(Damage(**{name: VALUES[name]})) in texts(section)
    assert "Before: 7, " in texts(section)
    # Without division the picture is the same, but not what is said of its numbers.
    assert (pictures(section) != before) == (name != "unscaled")
    assert ("white as 255" in texts(section)) == (name == "unscaled")


@pytest.mark.parametrize("name", VALUES)
def test_each_widget_says_what_it_teaches(section: AppTest, name: str):
    assert widget(section, name).help.endswith(".")


def break_all(section: AppTest) -> None:
    for name, value in VALUES.items():
        widget(section, name).set_value(value)
    section.run()


def values(section: AppTest) -> dict[str, object]:
    return {name: widget(section, name).value for name in VALUES}


def test_all_at_once_is_put_back_by_one_click(section: AppTest):
    break_all(section)
    assert heading(Damage(**VALUES)) in texts(section)

    section.button(key="draw.break.put_back").click().run()

    assert Damage(**values(section)) == Damage()
    assert heading(Damage()) in texts(section)


def test_what_is_broken_stays_so_while_the_section_is_away(section: AppTest):
    break_all(section)

    section.checkbox[0].uncheck().run()
    section.checkbox[0].check().run()

    assert values(section) == VALUES

    section.button(key="draw.break.put_back").click().run()

    assert Damage(**values(section)) == Damage()


def test_scores_too_large_for_numbers_get_a_sentence(section: AppTest, monkeypatch):
    weights = tuple(array * np.float32(1e18) for array in network().weights)
    huge = Network(network().config, weights)
    monkeypatch.setattr(cache, "network", lambda run: huge)

    widget(section, "unscaled").set_value(True).run()

    assert not section.exception
    assert "too large to be numbers" in texts(section)
    assert "It reads 7" not in texts(section)


def test_the_slide_map_says_how_often_the_digit_is_read_elsewhere(section: AppTest):
    found = placement(slide_map(network(), SEVEN))

    assert f"read as 7 in {found.n_alike} of 169 places" in texts(section)


def test_the_slide_map_is_of_the_digit_as_it_was_given(section: AppTest):
    (sentence,) = (text.value for text in section.markdown if "169 places" in text.value)

    break_all(section)

    assert sentence in texts(section)
