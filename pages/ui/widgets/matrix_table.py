"""A matrix as a table of cells."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

import streamlit as st

from pages.ui.base.language import _

_STYLE: Final = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def show_cells(cells: Sequence[Sequence[str]], *, label: str) -> None:
    """Show rows of table cells, each as HTML, between the digits of a confusion matrix."""
    head = "".join(f'<th scope="col">{digit}</th>' for digit in range(len(cells)))
    rows = "".join(
        f'<tr><th scope="row">{true}</th>{"".join(row)}</tr>' for true, row in enumerate(cells)
    )
    st.html(f"<style>{_STYLE}</style>")
    st.html(
        f'<div class="mnist-matrix"><p>{escape(_("↓ true digit"))}</p>'
        f"<p>{escape(_('predicted digit →'))}</p>"
        f'<table aria-label="{escape(label)}">'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
