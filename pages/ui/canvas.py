"""The canvas to draw on, with its pen, eraser, undo and clear."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image
from streamlit.delta_generator import DeltaGenerator
from streamlit_drawable_canvas import st_canvas

from mnist_core.picture_files import read_picture
from mnist_core.strokes import Stroke, draw_strokes
from pages.ui import layout
from pages.ui.language import _

_help_canvas = st.components.v2.component(
    "mnist_canvas_help",
    html="<div></div>",
    js=(Path(__file__).parent / "frontend" / "canvas_help.js").read_text(encoding="utf-8"),
)

SIZE: Final = 280  # px, both sides
_PEN: Final = 22
_PENS: Final = (4, 48)
_PAPER: Final = "#000000"
_INK: Final = "#FFFFFF"
_N_UNDO: Final = 20

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
    """
    state = st.session_state
    if state.get(_MOUNTED_AT) != layout.visit():
        # Once for each time the canvas appears: another initial drawing loads it anew.
        state[_MOUNTED_AT] = layout.visit()
        _load_last()
    st.caption(_("Draw a digit from 0 to 9, large or small, anywhere on the black square."))
    place = st.container()
    tools = st.container(horizontal=True, gap="xsmall")
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
    if result.image_bytes is not None:
        # Read as any file: what comes from a browser need not be what a canvas sends.
        image = np.asarray(read_picture(result.image_bytes).convert("L"))
        _keep(_Drawing(image, result.json_data))
    with tools:
        _offer_to_take_back()
    # A restored drawing does not report its image, so the kept one counts.
    image = _last_image()
    return None if image is None else Image.fromarray(image)


def leave() -> None:
    """Note that the canvas is not shown, and comes back another time."""
    st.session_state[_MOUNTED_AT] = None


def draw(strokes: Sequence[Stroke], *, pen: int) -> None:
    """Put a drawing on the canvas in place of the one there, which undo brings back."""
    paths = [
        {
            "type": "Path",
            "path": [["M" if not number else "L", *point] for number, point in enumerate(stroke)],
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


def _offer_to_take_back() -> None:
    st.button(
        _("Undo"),
        key="draw.undo",
        on_click=_undo,
        disabled=not st.session_state.get(_DRAWINGS),
    )
    st.button(
        _("Clear"),
        key="draw.clear",
        on_click=_clear,
        disabled=_last_image() is None,
    )


def _undo() -> None:
    st.session_state[_DRAWINGS] = st.session_state[_DRAWINGS][:-1]
    _load_anew()


def _clear() -> None:
    _keep(_Drawing(np.zeros((SIZE, SIZE), dtype=np.uint8), {"objects": []}))
    _load_anew()


def _keep(drawing: _Drawing) -> None:
    drawings: list[_Drawing] = st.session_state.get(_DRAWINGS, [])
    before = drawings[-1].image if drawings else np.zeros_like(drawing.image)
    if not np.array_equal(drawing.image, before):
        st.session_state[_DRAWINGS] = [*drawings, drawing][-_N_UNDO:]


def _load_anew() -> None:
    """Let a new canvas take the place of this one, with the drawing kept last."""
    st.session_state[_GENERATION] = st.session_state.get(_GENERATION, 0) + 1
    _load_last()


def _load_last() -> None:
    drawings = st.session_state.get(_DRAWINGS)
    st.session_state[_INITIAL] = drawings[-1].objects if drawings else None


def _last_image() -> NDArray[np.uint8] | None:
    """Return what is drawn; None when nothing is."""
    drawings: list[_Drawing] = st.session_state.get(_DRAWINGS, [])
    return drawings[-1].image if drawings and drawings[-1].image.any() else None
