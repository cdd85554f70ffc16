"""Pictures for the tests of Draw, how they get there, and what is read on the page."""

import base64
import io

import numpy as np
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.pictures.steps import to_digit
from mnist_core.store.run_store import RunStore
from tests.pages.conftest import component, open_page

PAGE = "pages/5_Draw.py"


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def seven(colour: str, paper: str, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (280, 280), paper)
    ImageDraw.Draw(image).line([(90, 60), (190, 60), (130, 220)], colour, 22, joint="curve")
    return image


def two_ones() -> Image.Image:
    """Two upright strokes, apart: 11."""
    image = Image.new("RGBA", (280, 280), "black")
    for x in (80, 190):
        ImageDraw.Draw(image).line([(x, 60), (x, 220)], "white", 22)
    return image


def lines(*strokes: list[tuple[int, int]]) -> Image.Image:
    """Black lines on white paper."""
    image = Image.new("L", (500, 200), "white")
    for stroke in strokes:
        ImageDraw.Draw(image).line(stroke, "black", 10)
    return image


def draw(app: AppTest, image: Image.Image, *, canvas: int = 0) -> AppTest:
    """Put a drawing on the canvas, as its component reports it."""
    uri = "data:image/png;base64," + base64.b64encode(png(image)).decode()
    app.session_state[f"draw.canvas.{canvas}"] = {
        "drawing": {"raw": {"objects": [{}]}, "data": uri},
        "backgroundFit": None,
    }
    return app.run()


def drawn_again(app: AppTest) -> list[object]:
    """The objects that the canvas is to show when it appears."""
    return component(app, "draw.canvas.0")["initialDrawing"]["objects"]


def headings(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def pictures(app: AppTest) -> str:
    """All HTML of the page, where the pictures are."""
    return "".join(element.proto.body for element in app.get("html"))


def reading_of(probabilities: np.ndarray) -> str:
    return f"It reads {probabilities.argmax()}, {probabilities.max():.1%} sure"


def disputed_digit() -> tuple[Image.Image, dict[str, int]]:
    """A digit of MNIST on which two networks do not agree, and what each of them reads."""
    store = RunStore()
    images = load_dataset().test_images
    networks = {slug: store.network(slug) for slug in ("mlp-256", "mlp-512")}
    small, large = (each.probabilities(images).argmax(axis=1) for each in networks.values())
    for index in np.flatnonzero(small != large):
        picture = Image.fromarray(images[index])
        digit = to_digit(picture).digit[np.newaxis]
        answers = {
            slug: int(network.probabilities(digit).argmax()) for slug, network in networks.items()
        }
        if len(set(answers.values())) == 2:
            return picture, answers
    raise AssertionError


def upload(app: AppTest, *files: tuple[str, bytes], **parameters: str) -> AppTest:
    open_page(app, PAGE, **parameters)
    app.segmented_control(key="draw.source").set_value("upload").run()
    app.file_uploader(key="draw.upload.0").set_value(
        [(name, content, "image/png") for name, content in files]
    )
    return app.run()


UNREADABLE = "This is not a picture that can be read; try PNG or JPEG"


EMPTY = "No digit was found: the ink needs more contrast with its background"


TOO_MANY = "The picture has more than 24 megapixels; choose a smaller one"
