"""The Draw page."""

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from mnist_core.dataset import load_dataset
from mnist_core.drawing import to_digit
from mnist_core.runs import RunStore
from tests.pages.conftest import open_page

PAGE = "pages/5_Draw.py"


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def seven(colour: str, paper: str, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (280, 280), paper)
    ImageDraw.Draw(image).line([(90, 60), (190, 60), (130, 220)], colour, 22, joint="curve")
    return image


def draw(app: AppTest, image: Image.Image) -> AppTest:
    """Put a drawing on the canvas, as its component reports it."""
    uri = "data:image/png;base64," + base64.b64encode(png(image)).decode()
    app.session_state["draw.canvas.0"] = {
        "drawing": {"raw": {"objects": [{}]}, "data": uri},
        "backgroundFit": None,
    }
    return app.run()


def headings(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def test_nothing_drawn_is_not_predicted(app: AppTest):
    open_page(app, PAGE)

    assert "It reads" not in headings(app)
    assert len(app.info) == 1


def test_a_drawn_digit_is_read(app: AppTest):
    open_page(app, PAGE)

    draw(app, seven("white", "black", "RGBA"))

    assert not app.exception
    assert "It reads 7" in headings(app)


def test_a_blank_canvas_after_undo_is_not_predicted(app: AppTest):
    open_page(app, PAGE)

    draw(app, Image.new("RGBA", (280, 280), "black"))

    assert "It reads" not in headings(app)
    assert not app.error


def test_a_speck_gets_a_sentence(app: AppTest):
    speck = Image.new("RGBA", (280, 280), "black")
    speck.putpixel((100, 100), (255, 255, 255, 255))
    open_page(app, PAGE)

    draw(app, speck)

    assert [error.value for error in app.error] == ["That is only a dot: draw a larger digit"]
    assert "It reads" not in headings(app)


def test_the_drawing_survives_a_page_switch(app: AppTest):
    open_page(app, PAGE)
    draw(app, seven("white", "black", "RGBA"))

    app.switch_page("pages/1_Samples.py").run()
    app.switch_page(PAGE).run()

    assert "It reads 7" in headings(app)


def test_clear_forgets_the_drawing(app: AppTest):
    open_page(app, PAGE)
    draw(app, seven("white", "black", "RGBA"))

    app.button(key="draw.clear").click().run()

    assert "It reads" not in headings(app)


def upload(app: AppTest, name: str, content: bytes, **parameters: str) -> AppTest:
    open_page(app, PAGE, **parameters)
    app.segmented_control(key="draw.source").set_value("upload").run()
    app.file_uploader(key="draw.upload").set_value((name, content, "image/png"))
    return app.run()


def test_an_uploaded_picture_dark_on_bright_is_read(app: AppTest):
    upload(app, "seven.png", png(seven("black", "white")))

    assert not app.exception
    assert "It reads 7" in headings(app)


def test_an_uploaded_mnist_image_is_read(app: AppTest):
    upload(app, "two.png", png(Image.fromarray(load_dataset().test_images[1])))

    assert "It reads 2" in headings(app)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This is not a picture that can be read"),
        (b"no picture", "This is not a picture that can be read"),
        (png(seven("black", "white"))[:200], "The picture is damaged"),
        (png(Image.new("L", (300, 300), "white")), "There is nothing to read"),
    ],
    ids=["empty", "text", "truncated", "blank"],
)
def test_a_bad_file_gets_one_sentence(app: AppTest, content: bytes, sentence: str):
    upload(app, "bad.png", content)

    assert not app.exception
    (error,) = app.error
    assert error.value.startswith(sentence)
    assert "It reads" not in headings(app)


def test_the_network_of_the_chosen_run_answers(app: AppTest):
    store = RunStore()
    images = load_dataset().test_images
    small, large = (
        store.network(slug).probabilities(images).argmax(axis=1) for slug in ("mlp-256", "mlp-512")
    )
    for index in np.flatnonzero(small != large):
        digit = to_digit(Image.fromarray(images[index])).digit[np.newaxis]
        answers = {
            slug: int(store.network(slug).probabilities(digit).argmax())
            for slug in ("mlp-256", "mlp-512")
        }
        if len(set(answers.values())) == 2:
            break
    upload(app, "digit.png", png(Image.fromarray(images[index])), run="mlp-256")
    assert f"It reads {answers['mlp-256']}" in headings(app)

    app.selectbox(key="run.choice").set_value("mlp-512").run()

    assert app.query_params["run"] == "mlp-512"
    assert f"It reads {answers['mlp-512']}" in headings(app)
