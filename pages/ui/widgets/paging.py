"""Long rows of images, page by page."""

import math
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

PAGE_SIZE: Final = 40


def choose_page(
    positions: NDArray[np.integer],
    *,
    key: str,
    shown: int = 0,
    page_size: int = PAGE_SIZE,
    max_visible_pages: int = 7,
) -> NDArray[np.integer]:
    """Let a person turn pages where there are several; return what is on the one that is open.

    Args:
        positions: Images in their order, shape (n,), n at least 1.
        key: Begins the widget's key; other images of another number have other pages.
        shown: Place in `positions` of an image that is on the page opened first, and again when it
            has become one of another page.
        page_size: How many are on a page.
        max_visible_pages: How many numbers there is room for.
    """
    n_pages = math.ceil(len(positions) / page_size)
    page = 1
    if n_pages > 1:
        first = shown // page_size + 1
        page = st.pagination(
            n_pages,
            default=first,
            max_visible_pages=max_visible_pages,
            key=f"{key}.{len(positions)}.{first}",
        )
    return positions[(page - 1) * page_size : page * page_size]
