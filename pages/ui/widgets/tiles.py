"""Digits on a page: the same tile everywhere, sharp pixels, bright on dark."""

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

STYLE: Final = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")

_digit_tiles = st.components.v2.component(
    "mnist_digit_tiles",
    html='<div class="tiles"></div>',
    css=STYLE,
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One digit with its caption.

    Attributes:
        index: Its row in MNIST's training or test images; a choice returns it.
        src: The picture as a data URI.
        title: The strong part of the caption.
        detail: The rest of the caption.
        label: What a screen reader says, and the tooltip shows.
        note: A second line of the caption.
        mark: "miss" frames the tile; the title then carries the mark in words or a sign.
        badge: A sign in the corner; the label says what it means.
    """

    index: int
    src: str
    title: str
    label: str
    detail: str = ""
    note: str = ""
    mark: str = ""
    badge: str = ""


def data_uri(image: NDArray[np.uint8]) -> str:
    """Encode a grey image as a PNG data URI."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def show(tiles: Sequence[Tile], *, label: str, width: int = 64) -> None:
    """Show tiles to look at, at least `width` pixels wide."""
    figures = "".join(_figure(tile) for tile in tiles)
    st.html(
        f'<div class="tiles" role="group" aria-label="{escape(label)}" style="--tile:{width}px">'
        f"{figures}</div>"
    )


def _figure(tile: Tile) -> str:
    label = escape(tile.label)
    return (
        f'<div class="tile {tile.mark}" title="{label}" data-badge="{escape(tile.badge)}">'
        f'<img src="{tile.src}" alt="{label}">'
        f'<div class="caption"><strong>{escape(tile.title)}</strong> {escape(tile.detail)}</div>'
        f'<div class="note">{escape(tile.note)}</div></div>'
    )


def choose(
    tiles: Sequence[Tile],
    *,
    label: str,
    key: str,
    chosen: int | None,
    on_choice: Callable[[int], None],
    width: int = 64,
) -> None:
    """Show tiles to choose from, by mouse or keyboard.

    Args:
        tiles: What there is to choose.
        label: What the group is called.
        key: The widget's key.
        chosen: Index of the chosen tile; None when none is.
        on_choice: Called with the index of the tile that a person chose, before the page reruns.
        width: Least width of a tile in pixels.
    """

    def tell() -> None:
        on_choice(int(st.session_state[key]["index"]))

    _digit_tiles(
        key=key,
        data={
            # A tuple: in lists, Streamlit looks for data frames, and loads pandas for it.
            "tiles": tuple(asdict(tile) for tile in tiles),
            "label": label,
            "width": width,
            "chosen": chosen,
        },
        on_index_change=tell,
        width="stretch",
        height="content",
    )


def picture_html(image: NDArray[np.uint8], *, label: str, width: int) -> str:
    """Return one large digit as HTML."""
    return (
        f'<img class="mnist-pixels" src="{data_uri(image)}" alt="{escape(label)}" '
        f'style="width:{width}px;max-width:100%">'
    )


def framed_html(image: NDArray[np.uint8], *, label: str, width: int) -> str:
    """Return a grey image of any shape as HTML: whole, in the middle of a dark square."""
    picture = Image.fromarray(image)
    picture.thumbnail((2 * width, 2 * width))  # more than a fine screen has
    sharp = " mnist-sharp" if max(image.shape) < width else ""
    return (
        f'<div class="mnist-frame{sharp}" style="width:{width}px"><img '
        f'src="{data_uri(np.asarray(picture))}" alt="{escape(label)}"></div>'
    )
