"""Lesson 2: the network and its training."""

import streamlit as st

from pages.ui import layout, settings, training, workers
from pages.ui.language import _

with layout.page("train"):
    workers.jobs().warm_up()
    st.write(_("Guess first: how many of 10,000 new digits will it read right after one pass?"))
    controls, lesson = st.columns([1, 2.6], gap="large")
    with controls:
        name, config = settings.choose()
        if st.button(
            _("Start training"),
            icon=":material/play_arrow:",
            type="primary",
            key="train.start",
            width="stretch",
        ):
            training.start(name, config)
    run = training.looked_at()
    with lesson:
        if run is None:
            training.summary(config)
        else:
            training.show(run)
    if run is not None:
        if run.result:
            training.first_digits(run)
        training.summary(config)
    training.learning_loop()
