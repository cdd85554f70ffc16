"""The parts of the home page."""

from typing import Final

import streamlit as st

from mnist_core.data.dataset import load_preview
from mnist_core.i18n import N_
from pages.ui import layout
from pages.ui.base import numbers, run_choice
from pages.ui.base.language import _, plain
from pages.ui.widgets import tile_captions, tiles

_N_STRIP: Final = 20

# The five steps of both tutorials, with the page where each is to be seen.
_STEPS: Final = (
    (
        N_("Prepare"),
        N_("Turn 28 × 28 pixels into 784 numbers from 0 to 1, each label into ten zeros and ones."),
        ("samples",),
    ),
    (
        N_("Build"),
        N_("Choose the layers: 784 inputs, some hidden units, ten outputs."),
        ("train",),
    ),
    (
        N_("Train"),
        N_("Show it 60,000 examples, again and again, and watch the loss fall."),
        ("train", "history"),
    ),
    (
        N_("Evaluate"),
        N_("Test it on 10,000 images it has never seen, and look at every mistake."),
        ("confusion",),
    ),
    (
        N_("Predict"),
        N_("Draw a digit of your own and see ten probabilities."),
        ("draw",),
    ),
)


def digit_strip() -> None:
    """Show the first test digits."""
    images, labels = load_preview(_N_STRIP)  # the whole data set takes too long for a greeting
    tiles.show(
        tile_captions.labelled_tiles(images, labels),
        label=_("The first digits of the test set"),
        width=80,
    )


def steps() -> None:
    """Show the five steps, each with its page, and where the visitor stands."""
    with st.grid(min_column_width=220, gap="small"):
        for number, (title, sentence, slugs) in enumerate(_STEPS, start=1):
            with st.container(border=True, height="stretch"):
                st.markdown(f"**{number} · {_(title)}**")
                st.write(_(sentence))
                with st.container(horizontal=True):
                    for slug in slugs:
                        layout.link(layout.PAGES[slug])

        with st.container(border=True, height="stretch", key="home-standing"):
            st.markdown(_("**Where you stand**"))
            _standing()


def _standing() -> None:
    own = [run for run in run_choice.trained() if not run.is_baseline]
    if not own:
        st.write(
            _(
                "Nothing has been trained here yet. Some trained networks are included, so every "
                "page works now."
            )
        )
        layout.link(layout.PAGES["train"], label=_("Train a network"))
        return
    best = run_choice.best(own)
    st.write(
        _(
            "The best network trained here is {name}: it reads {accuracy} of the test images "
            "right.",
            name=plain(best.title),
            accuracy=numbers.percent(run_choice.test_accuracy(best)),
        )
    )
    layout.link(layout.PAGES["confusion"], label=_("Look at its mistakes"), run=best.id)
