"""Lesson 4: the confusion matrix and the images behind each cell."""

import streamlit as st

from pages.ui import confidence, confusion, gallery, image, layout, per_class, two_networks
from pages.ui.base import run_choice
from pages.ui.base.language import _
from pages.ui.confusion import Section
from pages.ui.view import choose_epoch, choose_part, choose_view
from pages.ui.widgets import inspection

with layout.page("confusion"):
    st.write(_("Guess first: which two digits will be confused most?"))
    network, part = st.columns(2)
    with network:
        run = run_choice.choose()
    with part:
        part = choose_part(run)
    headline = st.container()
    matrix, aside = st.columns([2, 1], gap="large")
    with aside:
        pairs = st.container()
        epoch = choose_epoch(run, part)
        view = choose_view(run, part, epoch)
        gallery.offer_csv(view)
    with headline:
        confusion.headline(view)
        confusion.sure_headline(view)
    choice = confusion.asked_choice()
    with matrix:
        confusion.matrix(view, choice)
    with pairs:
        confusion.most_confused(view, choice)
    index = gallery.asked_index(view, choice)
    if choice is not None:
        inspection.prepare(run)
        gallery.show(view, choice, index)
    image.show(view, index)
    st.divider()
    match confusion.choose_section(is_alone=choice is None):
        case Section.DIGITS:
            per_class.show(view.result, part)
        case Section.CONFIDENCE:
            confidence.show(view.everything, view.threshold)
        case Section.TWO_NETWORKS:
            if view.threshold or view.epoch is not None:
                st.info(_("Compared are all answers of the trained networks, however sure."))
            two_networks.show(run, part, without=view.left_out)
