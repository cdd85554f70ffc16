"""Back and on through images in their order."""

import pytest

from tests.pages.conftest import app_from_function, component


def script(indices: list[int], index: int) -> None:
    import numpy as np

    from pages.ui.widgets import stepper

    stepper.step(np.array(indices), index, key="test.step", on_choice=print)


@pytest.mark.parametrize(
    ("index", "previous", "following", "place"),
    [(30, None, 10, "1 of 3"), (10, 30, 20, "2 of 3"), (20, 10, None, "3 of 3")],
)
def test_an_image_has_those_before_and_after_it(index, previous, following, place):
    app = app_from_function(script, [30, 10, 20], index).run()

    assert not app.exception
    data = component(app, "test.step")
    assert (data["previous"], data["next"]) == (previous, following)
    assert data["labels"]["place"] == place


def test_one_image_alone_has_none():
    app = app_from_function(script, [30], 30).run()

    assert not app.exception
    assert not list(app.main.children.values())
