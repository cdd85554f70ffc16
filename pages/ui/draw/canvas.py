"""The canvas to draw on, with its pen, eraser, undo and clear."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image
from streamlit.delta_generator import DeltaGenerator
from streamlit_drawable_canvas import CanvasResult, st_canvas

from mnist_core.errors import InvalidImageError
from mnist_core.i18n import N_
from mnist_core.pictures.files import read_picture
from mnist_core.pictures.strokes import Stroke, draw_strokes
from pages.ui import layout
from pages.ui.base.language import _

_help_canvas = st.components.v2.component(
    "mnist_canvas_help",
    html="<div></div>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)

SIZE: Final = 280  # px, both sides
_PEN: Final = 22
_PENS: Final = (4, 48)
_PAPER: Final = "#000000"
_INK: Final = "#FFFFFF"
_N_UNDO: Final = 20
_MAX_OBJECTS: Final = 2_000_000  # characters of JSON; hundreds of strokes

# The canvas forgets its drawing when the page is left; these keep it.
_GENERATION: Final = "mnist.draw.generation"
_INITIAL: Final = "mnist.draw.initial"
_DRAWINGS: Final = "mnist.draw.drawings"
_MOUNTED_AT: Final = "mnist.draw.mounted_at"


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What is drawn, and the objects from which the canvas draws it again."""

    image: NDArray[np.uint8]
    objects: dict[str, Any]


def show(pen: DeltaGenerator) -> Image.Image | None:
    """Show the canvas and its tools; return what is drawn, white on black, None if nothing.

    Args:
        pen: Where the width of the pen is chosen.

    Raises:
        InvalidImageError: What came is not what a canvas sends, or there are far too many strokes.
    """
    state = st.session_state
    if state.get(_MOUNTED_AT) != layout.visit():
        # Once for each time the canvas appears: another initial drawing loads it anew.
        state[_MOUNTED_AT] = layout.visit()
        state[_INITIAL] = _drawings()[-1].objects
    st.caption(_("Draw a digit from 0 to 9, large or small, anywhere on the black square."))
    place = st.container()
    tools = st.container(
        horizontal=True, gap="xsmall", vertical_alignment="center", key="draw-tools"
    )
    with tools:
        colour = _choose_tool()
    width = pen.slider(
        _("Width of the pen"), *_PENS, _PEN, format="%d px", key="draw.pen", persist_state="session"
    )
    key = f"draw.canvas.{state.get(_GENERATION, 0)}"
    with place:
        result = st_canvas(
            stroke_width=width,
            stroke_color=colour,
            background_color=_PAPER,
            width=SIZE,
            height=SIZE,
            return_image_data=True,
            initial_drawing=state.get(_INITIAL),
            key=key,
        )
        css_class = f"st-key-{key.replace('.', '-')}"
        _help_canvas(key=f"{key}.help", data={"canvas": css_class}, height=1)
    try:
        _take_over(result)
    finally:
        with tools:
            _offer_to_take_back()
    # A restored drawing does not report its image, so the kept one counts.
    image = _drawings()[-1].image
    return Image.fromarray(image) if image.any() else None


def leave() -> None:
    """Note that the canvas is not shown, and comes back another time."""
    st.session_state[_MOUNTED_AT] = None


def draw(strokes: Sequence[Stroke], *, pen: int) -> None:
    """Put a drawing on the canvas in place of the one there, which undo brings back."""
    paths = [
        {
            "type": "Path",
            "path": [["L" if number else "M", *point] for number, point in enumerate(stroke)],
            "stroke": _INK,
            "strokeWidth": pen,
            "strokeLineCap": "round",
            "strokeLineJoin": "round",
            "fill": None,
        }
        for stroke in strokes
    ]
    _keep(_Drawing(draw_strokes(strokes, pen=pen, side=SIZE), {"objects": paths}))
    _load_anew()


def _choose_tool() -> str:
    """Show the tools; return the colour of the chosen one."""
    titles = {_INK: _("Pen"), _PAPER: _("Eraser")}
    return str(
        st.segmented_control(
            _("Tool"),
            list(titles),
            default=_INK,
            format_func=lambda colour: titles[colour],
            required=True,
            key="draw.tool",
            label_visibility="collapsed",
        )
    )


def _take_over(result: CanvasResult) -> None:
    """Keep what the canvas reports, which need not come from a canvas."""
    try:
        content = result.image_bytes
    except (AttributeError, TypeError, ValueError):
        content = b""  # is no picture
    if content is None:
        return
    picture = read_picture(content)
    if picture.size != (SIZE, SIZE) or len(json.dumps(result.json_data)) > _MAX_OBJECTS:
        raise InvalidImageError(N_("the drawing is too large to be kept: clear it and begin anew"))
    _keep(_Drawing(np.asarray(picture.convert("L")), result.json_data or {}))


def _offer_to_take_back() -> None:
    st.button(_("Undo"), key="draw.undo", on_click=_undo, disabled=len(_drawings()) == 1)
    st.button(
        _("Clear"), key="draw.clear", on_click=_clear, disabled=not _drawings()[-1].image.any()
    )


def _undo() -> None:
    st.session_state[_DRAWINGS] = _drawings()[:-1]
    _load_anew()


def _clear() -> None:
    _keep(_blank())
    _load_anew()


def _blank() -> _Drawing:
    return _Drawing(np.zeros((SIZE, SIZE), dtype=np.uint8), {"objects": []})


def _drawings() -> Sequence[_Drawing]:
    """Return what was drawn stroke by stroke, the latest last; there is at least one."""
    drawings: Sequence[_Drawing] = st.session_state.get(_DRAWINGS, [_blank()])
    return drawings


def _keep(drawing: _Drawing) -> None:
    if not np.array_equal(drawing.image, _drawings()[-1].image):
        st.session_state[_DRAWINGS] = [*_drawings(), drawing][-_N_UNDO - 1 :]


def _load_anew() -> None:
    """Let a new canvas take the place of this one, with the drawing kept last."""
    st.session_state[_GENERATION] = st.session_state.get(_GENERATION, 0) + 1
    st.session_state[_INITIAL] = _drawings()[-1].objects
