"""One chosen image of the Confusion page: what the network does with it, and since when."""

from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist_core.data.dataset import DisputedLabel
from mnist_core.data.parts import Part
from pages.ui.base.language import _
from pages.ui.confusion import gallery, reveal, when_learned
from pages.ui.confusion.scope import View, image_title
from pages.ui.widgets import inspection

_IN_SIGHT: Final = 400  # pixels: the title and the pictures


def show(view: View, positions: NDArray[np.int64] | None, index: int | None) -> None:
    """Show an image, or say that the image in the link is not here.

    Args:
        view: The answers.
        positions: Where the images of a choice stand among the answers, of which it is one; None
            where nothing is chosen in the matrix.
        index: Its row in MNIST's training or test images; None for none.
    """
    if index is None:
        if "index" in st.query_params:
            st.caption(_("The image in the link is not among these."))
        return
    with reveal.mark("image", height=_IN_SIGHT):
        if positions is not None:
            gallery.step(view, positions, index)
        _show(view, index)


def _show(view: View, index: int) -> None:
    row = index - view.images.first_index
    inspection.show(
        view.run,
        view.images.images[row],
        title=image_title(view.part, index),
        note=""
        if view.epoch is None
        else _("This is the trained network, not the one after epoch {epoch}.", epoch=view.epoch),
        key="confusion.image",
        true=int(view.images.labels[row]),
        train_row=None if view.part is Part.TEST else index,
    )
    if index in view.disputed:
        _show_votes(view.disputed[index])
    if view.can_replay:
        when_learned.show(view, index)


def _show_votes(label: DisputedLabel) -> None:
    st.markdown(_("**A disputed label**"))
    st.write(
        _(
            "MNIST says {given}. Of five people who looked at this image, {votes_given} agreed, "
            "{votes_suggested} said {suggested}, and {votes_neither} said neither.",
            given=label.given,
            suggested=label.suggested,
            votes_given=label.votes_given,
            votes_suggested=label.votes_suggested,
            votes_neither=label.votes_neither,
        )
    )
    st.caption(_("Source: Northcutt, Athalye and Mueller 2021, arXiv:2103.14749."))
