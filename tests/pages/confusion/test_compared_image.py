"""One image that two networks read, and what each of them does with it."""

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import component, open_page

PAGE = "pages/4_Confusion.py"


def opened(app: AppTest, **parameters: str) -> AppTest:
    return open_page(app, PAGE, run="mlp-512", section="networks", other="mlp-256", **parameters)


def tiles(app: AppTest, name: str) -> list[int]:
    return [tile["index"] for tile in component(app, f"confusion.compared.{name}")["tiles"]]


def titles(app: AppTest) -> list[str]:
    return [text.value.replace("\\", "") for text in app.subheader]


def marks(app: AppTest) -> set[str]:
    """What the page may scroll to."""
    keys = [each.proto.id.rsplit("-", 1)[-1] for each in app.get("bidi_component")]
    return {key.removeprefix("reveal.") for key in keys if key.startswith("reveal.")}


def test_a_link_opens_an_image_below_the_galleries_and_leads_to_it(app: AppTest):
    opened(app)
    assert "section" in marks(app)
    index = tiles(app, "broke")[1]

    app.query_params["compared"] = str(index)
    app.run()

    assert not app.exception
    assert titles(app)[-3:] == [f"Test image {index}", "A: mlp-512", "B: mlp-256"]
    assert "compared" in marks(app)
    assert "section" not in marks(app)
    step = component(app, "confusion.compared.step")
    assert (step["previous"], step["next"]) == tuple(tiles(app, "broke")[i] for i in (0, 2))


def test_in_another_part_it_is_forgotten(app: AppTest):
    open_page(app, PAGE, run="mlp-512", compared="247")

    app.segmented_control(key="confusion.part").set_value("train").run()

    assert not app.exception
    assert app.query_params["split"] == "train"
    assert "compared" not in app.query_params
