"""A picture from the clipboard."""

from pathlib import Path

import streamlit as st

from mnist_core.pictures.files import MAX_FILE_BYTES, from_base64
from pages.ui.base.language import _

_paste = st.components.v2.component(
    "mnist_paste",
    html=(
        '<div class="paste"><button type="button" hidden></button><span class="hint"></span>'
        '<div class="status" role="status"></div></div>'
    ),
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def show(*, key: str) -> bytes | None:
    """Let a person paste a picture, by Ctrl+V anywhere on the page or by a button.

    Returns:
        The picture's file in the one run after it was pasted, else None.

    Raises:
        InvalidImageError: What came is no file, or is too large.
    """
    pasted = _paste(
        key=key,
        data={
            "limit": MAX_FILE_BYTES,
            "texts": {
                "button": _("Paste a picture"),
                "hint": _("Ctrl+V (⌘V on a Mac) pastes a picture anywhere on this page."),
                "empty": _("The clipboard holds no picture. Copy one first."),
                "large": _("The picture is larger than 10 MB; choose a smaller one."),
                "denied": _("The browser did not let this page read the clipboard."),
            },
        },
        on_picture_change=_take_note,
        width="stretch",
        height="content",
    ).picture
    return None if pasted is None else from_base64(pasted)


def _take_note() -> None:
    """Streamlit passes on what has a callback; the picture is what `show` returns."""
