"""The parts of the Draw page."""

from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image
from streamlit_drawable_canvas import st_canvas

from mnist_core import figures
from mnist_core.drawing import DrawingSteps, to_digit
from mnist_core.picture_files import read_picture
from mnist_core.records import Run
from pages.ui import cache, layout, tiles
from pages.ui.language import _
from pages.ui.runs import percent

_SIZE: Final = 280
_PREVIEW: Final = 224
_ANSWER: Final = 310
_PEN: Final = 22
_TYPES: Final = ("png", "jpg", "jpeg", "webp", "bmp", "gif", "heic", "heif")

# The canvas forgets its drawing when the page is left; these keep it.
_GENERATION: Final = "mnist.draw.generation"
_INITIAL: Final = "mnist.draw.initial"
_OBJECTS: Final = "mnist.draw.objects"
_IMAGE: Final = "mnist.draw.image"
_MOUNTED_AT: Final = "mnist.draw.mounted_at"


@st.fragment
def pad(run: Run) -> None:
    """Show the canvas or the upload, and what the network makes of it."""
    with layout.shown_errors():
        titles = {"draw": _("Draw"), "upload": _("Upload a picture")}
        source = st.segmented_control(
            _("Where the digit comes from"),
            list(titles),
            default="draw",
            format_func=lambda name: titles[name],
            required=True,
            key="draw.source",
            persist_state="session",
            label_visibility="collapsed",
        )
        # A row that wraps: the canvas has a fixed size, and on a phone all stand below it.
        with st.container(horizontal=True, gap="medium"):
            given = st.container(width=_SIZE + 4)
            received = st.container(width=_PREVIEW)
            answer = st.container(width=_ANSWER)
        with given:
            picture = _canvas() if source == "draw" else _upload()
        if picture is None:
            received.info(
                _("Draw a digit from 0 to 9, large or small, anywhere on the black square.")
                if source == "draw"
                else _("Choose a picture of one digit.")
            )
            return
        # The canvas is white on black, however much ink is on its rim.
        steps = to_digit(picture, is_dark_on_bright=False if source == "draw" else None)
        with received:
            _what_it_receives(steps)
        with answer:
            _what_it_answers(run, steps)


def _canvas() -> Image.Image | None:
    state = st.session_state
    if state.get(_MOUNTED_AT) != layout.visit():
        # Once for each time the canvas appears: another initial drawing loads it anew.
        state[_MOUNTED_AT] = layout.visit()
        state[_INITIAL] = state.get(_OBJECTS)
    generation = state.setdefault(_GENERATION, 0)
    st.space("medium")  # the canvas' own tools appear here
    result = st_canvas(
        stroke_width=_PEN,
        stroke_color="#FFFFFF",
        background_color="#000000",
        width=_SIZE,
        height=_SIZE,
        return_image_data=True,
        initial_drawing=state.get(_INITIAL),
        key=f"draw.canvas.{generation}",
    )
    if result.image_data is not None:
        state[_IMAGE] = result.image_data[..., 0].copy()
        state[_OBJECTS] = result.json_data
    if st.button(_("Clear"), icon=":material/delete:", key="draw.clear"):
        state[_GENERATION] = generation + 1
        state[_IMAGE] = state[_OBJECTS] = state[_INITIAL] = None
        st.rerun(scope="fragment")
    # A restored drawing does not report its image, so the kept one counts.
    image: NDArray[np.uint8] | None = state.get(_IMAGE)
    return None if image is None or not image.any() else Image.fromarray(image)


def _upload() -> Image.Image | None:
    st.session_state[_MOUNTED_AT] = None  # the canvas is gone, and comes back another time
    file = st.file_uploader(
        _("A picture of one digit, dark on bright or bright on dark"),
        type=_TYPES,
        key="draw.upload",
    )
    if file is None:
        return None
    picture = read_picture(file.getvalue())
    st.image(picture, width=_SIZE, alt=_("The uploaded picture"))
    return picture


def _what_it_receives(steps: DrawingSteps) -> None:
    st.markdown(_("**What the network receives**"))
    st.html(tiles.picture_html(steps.digit, label=_("The digit as 28 × 28 pixels"), width=_PREVIEW))
    st.caption(
        _(
            "28 × 28 pixels, as MNIST has them: the ink cut out, its longer side scaled to "
            "20 pixels, and centred by its centre of mass."
        )
    )


def _what_it_answers(run: Run, steps: DrawingSteps) -> None:
    probabilities = cache.network(run).probabilities(steps.digit[np.newaxis])[0]
    digit = int(probabilities.argmax())
    st.markdown(
        _(
            "### It reads {digit}, {sure} sure",
            digit=digit,
            sure=percent(float(probabilities[digit]), digits=1),
        )
    )
    chart = figures.probabilities_chart(
        probabilities, titles={"digit": _("Digit"), "probability": _("Probability")}
    )
    st.vega_lite_chart(
        chart.frame,
        chart.spec,
        key="draw.probabilities",
        alt=_("Ten probabilities"),
    )
