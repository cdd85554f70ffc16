"""Lesson 4: the confusion matrix and the images behind each cell."""

import streamlit as st

from pages.ui import layout
from pages.ui.base import run_choice
from pages.ui.base.language import _
from pages.ui.confusion import (
    calibration,
    chosen_image,
    gallery,
    headline,
    matrix,
    per_class,
    sections,
    two_networks,
)
from pages.ui.confusion.scope import choose_epoch, choose_part, choose_view
from pages.ui.confusion.sections import Section
from pages.ui.widgets import inspection

with layout.page("confusion"):
    st.write(_("Guess first: which two digits will be confused most?"))
    left, right = st.columns(2)
    with left:
        run = run_choice.choose()
    with right:
        part = choose_part(run)
    top = st.container()
    middle, aside = st.columns([2, 1], gap="large")
    with aside:
        pairs = st.container()
        epoch = choose_epoch(run, part)
        view = choose_view(run, part, epoch)
        gallery.offer_csv(view)
    with top:
        headline.headline(view)
        headline.sure_headline(view)
    choice = matrix.asked_choice()
    with middle:
        matrix.show(view, choice)
    with pairs:
        matrix.most_confused(view, choice)
    positions = gallery.positions_of(view, choice)
    index = gallery.asked_index(view, positions)
    if choice is not None and positions is not None:
        inspection.prepare(run)
        gallery.show(view, choice, positions, index)
    chosen_image.show(view, positions, index)
    st.divider()
    with sections.mark_section(is_alone=choice is None and "compared" not in st.query_params):
        match sections.choose_section():
            case Section.DIGITS:
                per_class.show(view.answers, part)
            case Section.CONFIDENCE:
                calibration.show(view.everything, view.threshold)
            case Section.TWO_NETWORKS:
                if view.threshold or view.epoch is not None:
                    st.info(
                        _(
                            "This compares all answers of the trained networks, unsure ones "
                            "included."
                        )
                    )
                two_networks.show(run, part, without=view.left_out)
