"""One image that two networks read: what each of them does with it, side by side."""

from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist_core.data.parts import LabelledImages, Part
from mnist_core.runs.run import Run
from pages.ui.base import url
from pages.ui.base.language import plain
from pages.ui.confusion import reveal
from pages.ui.confusion.scope import image_title
from pages.ui.widgets import inspection, stepper

_PARAMETER: Final = "compared"
_MARK: Final = "compared"
_IN_SIGHT: Final = 400  # pixels: the title and the pictures


def asked_index(images: LabelledImages) -> int | None:
    """Return the index of the image that the URL names; None for none, or one of another part."""
    index = url.whole(_PARAMETER, below=images.first_index + len(images.images))
    return None if index is None or index < images.first_index else index


def keep_index(index: int) -> None:
    """Write the image that was chosen into the URL, and let the page scroll to it."""
    reveal.ask(_MARK)
    url.put(**{_PARAMETER: index})


def show(
    run_a: Run,
    run_b: Run,
    part: Part,
    images: LabelledImages,
    *,
    indices: NDArray[np.integer],
    index: int,
) -> None:
    """Show what two networks do with an image: beside each other, or below on a narrow screen.

    Args:
        run_a: Network A.
        run_b: Network B.
        part: Where the image comes from.
        images: The images of that part.
        indices: The images of its gallery in their order, shape (n,), to step through.
        index: The image, one of these: its row in MNIST's training or test images.
    """
    with reveal.mark(_MARK, height=_IN_SIGHT):
        stepper.step(
            indices,
            index,
            key="confusion.compared.step",
            # Nothing is scrolled: what was clicked stays under the pointer.
            on_choice=lambda following: url.put(**{_PARAMETER: following}),
        )
        st.subheader(image_title(part, index), anchor=False)
        row = index - images.first_index
        for column, letter, run in zip(
            st.columns(2, gap="large"), "AB", (run_a, run_b), strict=True
        ):
            with column:
                inspection.show(
                    run,
                    images.images[row],
                    title=f"{letter}: {plain(run.title)}",
                    key=f"confusion.compared.{letter}",
                    true=int(images.labels[row]),
                    train_row=None if part is Part.TEST else index,
                )
