"""What distortions do to eight digits, shown beside their sliders."""

from typing import Final

import streamlit as st

from mnist_core.data.augmentation import Distorter
from mnist_core.data.dataset import load_preview
from mnist_core.settings.config import Augmentation
from pages.ui.base.language import _
from pages.ui.widgets import tile_captions, tiles

_N_DIGITS: Final = 8
_DRAWN: Final = "mnist.train.preview"


def show(augmentation: Augmentation) -> None:
    """Show eight distorted digits, and a button for others; nothing when none are distorted."""
    if not augmentation.is_on:
        return
    n_drawn = st.session_state.setdefault(_DRAWN, 0)
    images, labels = load_preview(_N_DIGITS)
    tiles.show(
        tile_captions.labelled_tiles(
            Distorter(images, augmentation).distort(seed=(n_drawn,)), labels
        ),
        label=_("Eight distorted digits"),
        width=48,
    )
    if st.button(
        _("Other distortions"), icon=":material/casino:", key="train.distort", width="stretch"
    ):
        st.session_state[_DRAWN] += 1
        st.rerun()
